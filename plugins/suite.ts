import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { check, checkOptions } from '../lib/options.js'
import type { ResourceDefinition } from '../lib/resource/definition/core-options.js'
import type { ConnectableClient } from '../prisma/connect.js'
import { mapError } from '../prisma/binding/map-error.js'
import { currentUser, type CurrentUserOptions } from './current-user.js'
import { diagnostics, type DiagnosticsOptions } from './diagnostics.js'
import { envelope, type EnvelopeOptions } from './envelope.js'
import { operations, type OperationsPluginOptions } from './operations.js'
import { prismaPlugin, type PrismaOptions } from './prisma.js'
import { resource } from './resource.js'
import { defaultsCheck, type ResourceDefaults } from '../lib/define/resource-defaults.js'

export * from '../lib/define/index.js'
// Its declarations extend Fastify's types and those of requests in rules: whoever imports this module gets them too.
export type { ResourcePluginOptions } from './resource.js'

export interface SuiteOptions {
  /** An extended Prisma client. */
  readonly prisma: ConnectableClient
  /** Options of the plugin `prisma` beside the client. */
  readonly connection?: Omit<PrismaOptions, 'client' | 'defaults'>
  /**
   * Options of the plugin `envelope`; false leaves it out. Default: those of the plugin, with errors of Prisma told as
   * ours.
   */
  readonly envelope?: EnvelopeOptions | false
  /**
   * Options of the plugin `diagnostics`; true for its defaults, false leaves it out. Default: false. The adapter of the
   * client must be wrapped by `observe`.
   */
  readonly diagnostics?: DiagnosticsOptions | boolean
  /** Options of the plugin `currentUser`; false leaves it out. */
  readonly currentUser?: CurrentUserOptions | false
  /** Options of the plugin `operations`. Default: it is not registered. */
  readonly operations?: OperationsPluginOptions
  /** Options of all resources; what a resource says itself wins. Default: none. */
  readonly defaults?: ResourceDefaults
  /** The resources, by the paths of their collections. */
  readonly resources?: { readonly [prefix: string]: ResourceDefinition }
}

const optionsOrFalse = {
  expected: 'an object of options, or false',
  accepts: (value: unknown) => value === false || (typeof value === 'object' && value !== null)
}

/**
 * The whole suite by one call: envelope, request user, Prisma client and resources, in the order that they need. Each
 * plugin can be registered alone instead.
 *
 * @throws TypeError for options that do not exist
 *
 * @example
 * await app.register(suite, {
 *   prisma: new PrismaClient({ adapter }).$extends(commons({ metadata })),
 *   currentUser: { hook: 'onRequest', resolve: authenticate },
 *   resources: { '/contracts': defineResource({ model: 'Contract', actions: presets.bulk }) }
 * })
 */
export const suite: FastifyPluginAsync<SuiteOptions> = fp(
  async function suite (app: FastifyInstance, options: SuiteOptions) {
    checkOptions('suite', options, {
      prisma: check.required(check.withMethods('a Prisma client', '$connect', '$disconnect', '$queryRawUnsafe')),
      connection: { expected: 'an object of options', accepts: value => typeof value === 'object' && value !== null },
      envelope: optionsOrFalse,
      diagnostics: {
        expected: 'an object of options, true or false',
        accepts: value => typeof value === 'boolean' || optionsOrFalse.accepts(value)
      },
      currentUser: optionsOrFalse,
      operations: check.object('an object of options'),
      defaults: defaultsCheck,
      resources: {
        expected: 'an object of resources by their paths',
        accepts: value => typeof value === 'object' && value !== null
      }
    })
    const {
      prisma,
      connection = {},
      envelope: envelopeOptions = {},
      currentUser: userOptions = {},
      diagnostics: diagnosticsOptions = false,
      operations: operationsOptions,
      defaults,
      resources = {}
    } = options
    if (diagnosticsOptions !== false) {
      await app.register(diagnostics, diagnosticsOptions === true ? {} : diagnosticsOptions)
    }
    if (envelopeOptions !== false) {
      await app.register(envelope, { mapError: error => mapError(error), ...envelopeOptions })
    }
    if (userOptions !== false) await app.register(currentUser, userOptions)
    await app.register(prismaPlugin, { ...connection, client: prisma, ...(defaults && { defaults }) })
    if (operationsOptions !== undefined) await app.register(operations, operationsOptions)
    for (const [prefix, definition] of Object.entries(resources)) {
      await app.register(resource, { prefix, resource: definition })
    }
  },
  { name: 'fastify-prisma-commons/suite', fastify: '5.x' }
)

export default suite
