import { exportOf } from '../lib/export/resource-export.js'
import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { ModelStore } from '../lib/store/model-store.js'
import { CommonsError } from '../lib/errors.js'
import { checkParameters, type Query } from '../lib/http/query.js'
import { formats } from '../lib/tabular/formats.js'
import { fileBody } from '../lib/http/file-body.js'
import { OpenFiles } from '../lib/http/open-files.js'
import { targetOf } from '../lib/http/target.js'
import { failedBytes } from '../lib/import/http/failed-bytes.js'
import { FailedRowsStore } from '../lib/import/http/failed-rows-store.js'
import { receiveForm, type FormRequest } from '../lib/http/form.js'
import { ImportActions } from '../lib/import/http/import-actions.js'
import { readImportRequest, readPreview, readSheetName } from '../lib/import/http/request.js'
import { importOf } from '../lib/import/plan/resolve.js'
import { failuresDescription, importDescription, templateDescription } from '../lib/import/http/schema.js'
import { makeTemplate } from '../lib/import/template/template.js'
import { readTemplateRequest } from '../lib/import/template/template-request.js'
import { Uploads } from '../lib/http/uploads.js'
import { writeHead } from '../lib/resource/routes/answer.js'
import { prepareErrors, refuseCodings, routeOptions, type ResourceRoute } from '../lib/resource/routes/routes.js'
import { loadPeer } from '../lib/load-peer.js'
import type { RegisteredActions } from '../lib/resource/definition/registered-actions.js'
import { mountResource, registeredActions, type ResourcePluginOptions } from './mount-resource.js'

export * from '../lib/define/index.js'

export type ImportPluginOptions = ResourcePluginOptions

declare module 'fastify' {
  interface FastifyInstance {
    /** The imports registered so far, for routes and jobs of your own. */
    import: RegisteredActions<ImportActions>
  }
}

/**
 * Files into one resource: `POST /import-from-file` takes a form with a CSV file or an XLSX workbook. Rows that cannot
 * be stored never keep others from it, and are told with the numbers that a spreadsheet shows. `GET /import-template`
 * gives the file to fill in. Needs the plugin `prisma` with an extended client, and for uploads the package
 * `@fastify/multipart`.
 *
 * @throws TypeError for options that do not exist or do not fit the model
 *
 * @example
 * const contracts = defineResource({ model: 'Contract', import: { uniqueFields: ['contractNumber', 'year'] } })
 * await app.register(importPlugin, { prefix: '/contracts', resource: contracts })
 * // curl -F append_data=true -F file=@contracts.csv http://localhost:3000/contracts/import-from-file
 */
export const importPlugin: FastifyPluginAsync<ImportPluginOptions> = fp(
  async function importPlugin (app: FastifyInstance, options: ImportPluginOptions) {
    const { definition, resource, store, scopeOptions } = mountResource(app, 'import', options)
    if (!resource.actions.has('import') && !resource.actions.has('importTemplate')) {
      throw new TypeError(
        `import: the resource ${resource.model.name} has none: give it the option "import", or the action`
      )
    }
    const failedRows = new FailedRowsStore({
      onLost: error => app.log.error({ err: error }, 'The failed rows of an import could not be kept')
    })
    const actions = new ImportActions(resource, importOf(resource), store, failedRows)
    app.addHook('onClose', async () => {
      await failedRows.close()
    })
    registeredActions<ImportActions>(app, 'import', 'importPlugin').add(definition, actions)
    const uploads = new Uploads(actions.plan.uploads)
    const files = new OpenFiles(app.server)
    app.addHook('preClose', async () => {
      uploads.close()
      files.close()
    })
    await app.register(async scope => await addRoutes(scope, actions, store, { uploads, files }), scopeOptions)
  },
  { name: 'fastify-prisma-commons/import', fastify: '5.x' }
)

export default importPlugin

type Route = ResourceRoute<FastifyRequest, FastifyReply>

/** What of an import is on its way to or from clients. */
interface Transfers {
  readonly uploads: Uploads
  readonly files: OpenFiles
}

async function addRoutes (
  app: FastifyInstance,
  actions: ImportActions,
  store: ModelStore,
  { uploads, files }: Transfers
): Promise<void> {
  const { resource, plan } = actions
  const error = prepareErrors(app)
  refuseCodings(app)
  if (resource.actions.has('import') && !app.hasRequestDecorator('isMultipart')) {
    const { default: multipart } = await loadPeer('import', '@fastify/multipart', () => import('@fastify/multipart'))
    await app.register(multipart)
  }

  const importing: Route = {
    method: 'POST',
    url: '/import-from-file',
    description: importDescription(resource, plan, error),
    actionOf: () => 'import',
    handler: async (request, reply) => {
      const query = request.query as Query
      const isPreview = readPreview(query)
      const caller = { action: 'import', request } as const
      await actions.enter(caller)
      const { fields, upload } = await receiveForm(uploads, request as unknown as FormRequest, reply, plan.limits)
      try {
        if (isPreview) return await actions.preview(upload.path, { sheet: readSheetName(fields) })
        const collection = targetOf(request.url).path.replace(/\/import-from-file\/?$/, '')
        return writeHead(
          reply,
          await actions.answer(
            upload.path,
            readImportRequest(query, fields),
            {
              caller,
              onError: (err, column) => {
                request.log.error({ err, column }, 'A function of the import failed')
              }
            },
            {
              failures: name => `${collection}/import-failures/${name}`,
              template: resource.actions.has('importTemplate') ? `${collection}/import-template` : undefined
            }
          )
        )
      } finally {
        await upload.remove()
      }
    }
  }
  const failures: Route = {
    method: 'GET',
    url: '/import-failures/:name',
    description: failuresDescription(resource, error),
    actionOf: () => 'import',
    handler: async (request, reply) => {
      checkParameters(request.query as Query, [])
      const found = await actions.failures((request.params as { readonly name: string }).name, {
        action: 'import',
        request
      })
      if (found === null) throw new CommonsError('not_found')
      const { name, mediaType } = formats[found.format]
      files.add(reply.raw)
      return await fileBody(
        request,
        reply,
        { name: `failed-${exportOf(resource).fileName}.${name}`, mediaType, gzip: false },
        () => failedBytes(resource.plural, found, plan)
      )
    }
  }
  const template: Route = {
    method: 'GET',
    url: '/import-template',
    description: templateDescription(resource, plan, error),
    actionOf: () => 'importTemplate',
    handler: async (request, reply) => {
      const wanted = readTemplateRequest(plan, request.query as Query)
      const { name, format, bytes } = await makeTemplate(resource, plan, store, wanted, {
        action: 'importTemplate',
        request
      })
      files.add(reply.raw)
      return await fileBody(
        request,
        reply,
        { name, mediaType: formats[format].mediaType, gzip: false },
        async function * () {
          yield bytes
        }
      )
    }
  }
  if (resource.actions.has('import')) {
    for (const route of [importing, failures]) app.route(routeOptions(resource, route))
  }
  if (resource.actions.has('importTemplate')) app.route(routeOptions(resource, template))
}
