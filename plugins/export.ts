import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, RegisterOptions } from 'fastify'
import { ExportCatalogue } from '../lib/export/catalogue.js'
import { ExportActions } from '../lib/export/export-actions.js'
import { formats } from '../lib/tabular/formats.js'
import { readExportBody, readExportQuery, type ExportRequest } from '../lib/export/request.js'
import { exportBodyDescription, exportQueryDescription } from '../lib/export/schema.js'
import { fileBody } from '../lib/http/file-body.js'
import type { Query } from '../lib/http/query.js'
import { checkOptions } from '../lib/options.js'
import { requirePlugin } from '../lib/require-plugin.js'
import type { ResourceAction } from '../lib/resource/definition/actions.js'
import { resourceRegistration } from '../lib/resource/definition/register-options.js'
import { resolveResource, type ResourceDefinition } from '../lib/resource/definition/resource.js'
import type { RouteDescription } from '../lib/resource/routes/route-schema.js'
import { prepareScope, routeOptions } from '../lib/resource/routes/routes.js'
import { storeOf, storeOn } from '../prisma/binding/store.js'

export * from '../lib/resource/index.js'
export type { ExportCatalogue, Exporter, ExportWish } from '../lib/export/catalogue.js'

/** `prefix` is the path of the collection; `logLevel` and `logSerializers` hold for its routes as in any `register`. */
export interface ExportPluginOptions extends RegisterOptions {
  /** The model to serve, as `defineResource` gives it. */
  readonly resource: ResourceDefinition
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The resources whose files are served, for routes and jobs of your own. */
    export: ExportCatalogue
  }
  interface FastifyRequest {
    /** What a request to a resource is going to do: `export` here. Null before `preHandler`, and on other routes. */
    action: ResourceAction | null
  }
}

declare module '../lib/scope/resource-request.js' {
  interface ResourceRequest extends FastifyRequest {}
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
    checkOptions('export', options, resourceRegistration)
    requirePlugin(app, 'fastify-prisma-commons/prisma', 'export')
    const { resource: definition, ...scopeOptions } = options
    const store = storeOf(app.prisma)
    const actions = new ExportActions(resolveResource(definition, store.registry, store), store, connection =>
      storeOn(app.prisma, connection)
    )
    if (!app.hasDecorator('export')) app.decorate('export', new ExportCatalogue())
    if (!app.hasRequestDecorator('action')) app.decorateRequest('action', null)
    app.export.add(definition, actions)
    await app.register(async scope => addRoutes(scope, actions), scopeOptions)
  },
  { name: 'fastify-prisma-commons/export', fastify: '5.x' }
)

export default exportPlugin

function addRoutes (app: FastifyInstance, actions: ExportActions): void {
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
          name: `${resource.export.fileName}.${name}`,
          mediaType,
          gzip: isText && resource.export.options.gzip === true
        }
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
