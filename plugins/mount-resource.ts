import type { FastifyInstance, FastifyRequest, RegisterOptions } from 'fastify'
import { checkOptions } from '../lib/options.js'
import { requirePlugin } from '../lib/require-plugin.js'
import type { ActionName } from '../lib/resource/definition/actions.js'
import type { ResourceDefinition } from '../lib/resource/definition/core-options.js'
import { RegisteredActions } from '../lib/resource/definition/registered-actions.js'
import { resourceRegistration } from '../lib/resource/definition/register-options.js'
import type { Resource } from '../lib/resource/definition/resource.js'
import type { ModelStore } from '../lib/store/model-store.js'
import { storeOf } from '../prisma/binding/store.js'

// Whoever imports the types of a plugin of resources gets the declarations of these two with them.
export type { CurrentUser } from './current-user.js'
export type { PrismaTypes } from './prisma.js'

/** `prefix` is the path of the collection; `logLevel` and `logSerializers` hold for its routes as in any `register`. */
export interface ResourcePluginOptions extends RegisterOptions {
  /** The model to serve, as `defineResource` gives it. */
  readonly resource: ResourceDefinition
}

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * What a request to a resource is going to do, e.g. `bulkUpsert`: known in `preHandler` and all later hooks. Null
     * before, since it may depend on the body, and on other routes. The request may still turn out not to be valid.
     */
    action: ActionName | null
  }
}

declare module '../lib/scope/resource-request.js' {
  interface ResourceRequest extends FastifyRequest {}
}

/** What a plugin serves. */
export interface MountedResource {
  readonly definition: ResourceDefinition
  readonly resource: Resource
  readonly store: ModelStore
  /** What `register` takes for the scope of the routes. */
  readonly scopeOptions: RegisterOptions
}

/**
 * What every plugin of a resource begins with: checks its options, resolves the resource, decorates requests.
 *
 * @throws TypeError for options that do not exist or do not fit the model
 */
export function mountResource (app: FastifyInstance, plugin: string, options: ResourcePluginOptions): MountedResource {
  checkOptions(plugin, options, resourceRegistration)
  requirePlugin(app, 'fastify-prisma-commons/prisma', plugin)
  const { resource: definition, ...scopeOptions } = options
  if (!app.hasRequestDecorator('action')) app.decorateRequest('action', null)
  return { definition, resource: app.resources.resolve(definition), store: storeOf(app.prisma), scopeOptions }
}

/** What a server can do with its resources without HTTP: `app.bulk`, `app.export` and `app.import`. */
export function registeredActions<Actions> (
  app: FastifyInstance,
  decorator: 'bulk' | 'export' | 'import',
  plugin: string
): RegisteredActions<Actions> {
  if (!app.hasDecorator(decorator)) app.decorate(decorator, new RegisteredActions<never>(plugin))
  return app[decorator] as RegisteredActions<unknown> as RegisteredActions<Actions>
}
