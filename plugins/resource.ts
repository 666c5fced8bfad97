import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { checkOptions } from '../lib/options.js'
import { servedBy } from '../lib/resource/definition/actions.js'
import { resourceRegistration } from '../lib/resource/definition/register-options.js'
import { servedActions } from '../lib/resource/definition/resource.js'
import { bulk } from './bulk.js'
import { crud } from './crud.js'
import { exportPlugin } from './export.js'
import { importPlugin } from './import.js'
import type { ResourcePluginOptions } from './mount-resource.js'

export * from '../lib/define/index.js'
export type { ResourcePluginOptions } from './mount-resource.js'
// Their declarations extend Fastify's types and those of requests in rules: whoever imports this module gets them too.
export type { BulkOptions } from './bulk.js'
export type { CrudOptions } from './crud.js'
export type { ExportPluginOptions } from './export.js'
export type { ImportPluginOptions } from './import.js'

/**
 * All routes of one resource: those of the plugins `crud`, `bulk`, `export` and `import` that its actions ask for.
 * Needs the plugin `prisma` with an extended client.
 *
 * @throws TypeError for options that do not exist or do not fit the model
 *
 * @example
 * const tags = defineResource({ model: 'Tag', actions: presets.readOnly })
 * await app.register(resource, { prefix: '/tags', resource: tags })
 */
export const resource: FastifyPluginAsync<ResourcePluginOptions> = fp(
  async function resource (app: FastifyInstance, options: ResourcePluginOptions) {
    checkOptions('resource', options, resourceRegistration)
    const served = servedBy(servedActions(options.resource))
    if (served.crud) await app.register(crud, options)
    if (served.bulk) await app.register(bulk, options)
    if (served.export) await app.register(exportPlugin, options)
    if (served.import) await app.register(importPlugin, options)
  },
  { name: 'fastify-prisma-commons/resource', fastify: '5.x' }
)

export default resource
