import { exportOf } from '../lib/export/resource-export.js'
import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { exporterOf, type Exporter } from '../lib/export/exporter.js'
import { ExportActions } from '../lib/export/export-actions.js'
import { formats } from '../lib/tabular/formats.js'
import { readExportBody, readExportQuery, type ExportRequest } from '../lib/export/request.js'
import { exportBodyDescription, exportQueryDescription } from '../lib/export/schema.js'
import { fileBody } from '../lib/http/file-body.js'
import { OpenFiles } from '../lib/http/open-files.js'
import type { Query } from '../lib/http/query.js'
import type { RouteDescription } from '../lib/resource/routes/schema/route-schema.js'
import { prepareScope, routeOptions } from '../lib/resource/routes/routes.js'
import { storeOn } from '../prisma/binding/store.js'
import type { RegisteredActions } from '../lib/resource/definition/registered-actions.js'
import { mountResource, registeredActions, type ResourcePluginOptions } from './mount-resource.js'

export * from '../lib/define/index.js'
export type { Exporter, ExportParameters } from '../lib/export/exporter.js'

export type ExportPluginOptions = ResourcePluginOptions

declare module 'fastify' {
  interface FastifyInstance {
    /** The resources whose files are served, for routes and jobs of your own. */
    export: RegisteredActions<Exporter>
  }
}

/**
 * The rows of a resource as files: `GET /export` takes what the list takes, `POST /export` the same as a body, with the
 * looks of columns. CSV, XLSX, PDF and NDJSON, of all rows that the filters leave, read page by page while they are
 * sent; memory stays flat. Needs the plugin `prisma` with an extended client.
 *
 * @throws TypeError for options that do not exist or do not fit the model
 *
 * @example
 * const contracts = defineResource({ model: 'Contract', export: { fields: { amount: { label: 'Total' } } } })
 * await app.register(exportPlugin, { prefix: '/contracts', resource: contracts })
 * // GET /contracts/export?file_type=xlsx&includes=contractNumber,amount&year=2026
 */
export const exportPlugin: FastifyPluginAsync<ExportPluginOptions> = fp(
  async function exportPlugin (app: FastifyInstance, options: ExportPluginOptions) {
    const { definition, resource, store, scopeOptions } = mountResource(app, 'export', options)
    const actions = new ExportActions(resource, store, connection => storeOn(app.prisma, connection))
    registeredActions<Exporter>(app, 'export', 'exportPlugin').add(definition, exporterOf(actions))
    const files = new OpenFiles(app.server)
    app.addHook('preClose', async () => {
      files.close()
    })
    await app.register(async scope => addRoutes(scope, actions, files), scopeOptions)
  },
  { name: 'fastify-prisma-commons/export', fastify: '5.x' }
)

export default exportPlugin

function addRoutes (app: FastifyInstance, actions: ExportActions, files: OpenFiles): void {
  const { resource } = actions
  const error = prepareScope(app)
  const add = (
    method: 'GET' | 'POST',
    description: RouteDescription,
    read: (request: FastifyRequest) => ExportRequest
  ): void => {
    const route = routeOptions<FastifyRequest, FastifyReply>(resource, {
      method,
      url: '/export',
      description,
      actionOf: () => 'export',
      handler: async (request, reply) => {
        const wanted = read(request)
        const { name, mediaType, isText } = formats[wanted.format]
        const head = {
          name: `${exportOf(resource).fileName}.${name}`,
          mediaType,
          gzip: isText && exportOf(resource).options.gzip === true
        }
        files.add(reply.raw)
        return await fileBody(request, reply, head, signal =>
          actions.bytes(wanted, { action: 'export', request }, signal)
        )
      }
    })
    // The head of a file could only be told by making the file.
    app.route({ ...route, exposeHeadRoute: false })
  }
  add('GET', exportQueryDescription(resource, error), ({ query }) => readExportQuery(resource, query as Query))
  add('POST', exportBodyDescription(resource, error), ({ query, body }) =>
    readExportBody(resource, query as Query, body)
  )
}
