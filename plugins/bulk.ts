import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, RegisterOptions } from 'fastify'
import type { BulkStore } from '../lib/bulk/store.js'
import type { Query } from '../lib/http/query.js'
import { checkOptions } from '../lib/options.js'
import { requirePlugin } from '../lib/require-plugin.js'
import type { BulkAction, ResourceAction, SelectAction, WriteAction } from '../lib/resource/actions.js'
import { writeHead } from '../lib/resource/answer.js'
import { BulkActions, type SelectionSummary, type WriteSettings } from '../lib/resource/bulk-actions.js'
import { selectionAnswer } from '../lib/resource/bulk-answer.js'
import { readSelection, type WriteMethod } from '../lib/resource/bulk-request.js'
import { selectionDescription } from '../lib/resource/bulk-schema.js'
import { BulkCatalogue } from '../lib/resource/catalogue.js'
import { perform } from '../lib/resource/perform.js'
import { resourceRegistration } from '../lib/resource/register-options.js'
import { resolveResource, type ResourceDefinition } from '../lib/resource/resource.js'
import { prepareScope, routeOptions, type ResourceRoute } from '../lib/resource/routes.js'
import { readMode } from '../lib/resource/write-mode.js'
import { writeRoute } from '../lib/resource/write-route.js'
import { storeOf } from '../prisma/store.js'

export * from '../lib/resource/index.js'

/** `prefix` is the path of the collection; `logLevel` and `logSerializers` hold for its routes as in any `register`. */
export interface BulkOptions extends RegisterOptions {
  /** The model to serve, as `defineResource` gives it. */
  readonly resource: ResourceDefinition
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The resources registered so far, for routes and jobs of your own. */
    bulk: BulkCatalogue
  }
  interface FastifyRequest {
    /**
     * What a request to a collection is going to do, e.g. `bulkUpsert`: known in `preHandler` and all later hooks. Null
     * before, since it depends on the body, and on other routes. The request may still turn out not to be valid.
     */
    action: ResourceAction | null
  }
}

declare module '../lib/resource/request.js' {
  interface ResourceRequest extends FastifyRequest {}
}

/**
 * Array-aware routes of one collection: POST creates one or many, PUT and PATCH replace and update many by their ids,
 * `unique_fields` in the query upserts, DELETE removes many. All items are checked before the first is written, all
 * are written or none; `Prefer: return=minimal` answers with counts. Needs the plugin `prisma` with an extended client.
 *
 * Hooks of the scope run for these routes too: check permissions in `preHandler`, by `request.action`. Without the plugin
 * `envelope` answers and errors are bare, and the scope's error handler is not asked.
 *
 * @throws TypeError for options that do not exist or do not fit the model
 *
 * @example
 * const contracts = defineResource({ model: 'Contract', maxItems: 10_000 })
 * await app.register(bulk, { prefix: '/contracts', resource: contracts })
 * // POST /contracts?unique_fields=contractNumber,year  [{ … }, { … }]
 */
export const bulk: FastifyPluginAsync<BulkOptions> = fp(async function bulk (app: FastifyInstance, options: BulkOptions) {
  checkOptions('bulk', options, resourceRegistration)
  requirePlugin(app, 'fastify-prisma-commons/prisma', 'bulk')
  const { resource: definition, ...scopeOptions } = options
  const store = storeOf(app.prisma)
  const actions = new BulkActions(resolveResource(definition, store.registry), store)
  if (!app.hasDecorator('bulk')) app.decorate('bulk', new BulkCatalogue())
  if (!app.hasRequestDecorator('action')) app.decorateRequest('action', null)
  app.bulk.add(definition, actions)
  await app.register(async scope => addRoutes(scope, actions, store), scopeOptions)
}, { name: 'fastify-prisma-commons/bulk', fastify: '5.x' })

export default bulk

type Route = ResourceRoute<FastifyRequest, FastifyReply>

function addRoutes (app: FastifyInstance, actions: BulkActions, store: BulkStore): void {
  const { resource } = actions
  const error = prepareScope(app)

  const writing = (method: WriteMethod, url: string, fixed?: WriteAction): Route => writeRoute(actions, store, error, { method, url, fixed })
  const selecting = (method: 'DELETE' | 'POST', url: string, action: SelectAction, select: (actions: BulkActions, ids: readonly unknown[], settings: WriteSettings) => Promise<SelectionSummary>): Route => ({
    method,
    url,
    description: selectionDescription(resource, action, url !== '/', error),
    actionOf: () => action,
    handler: async (request, reply) => {
      const { ids, by } = readSelection(resource, request.query as Query, request.body)
      const mode = readMode(request, { isList: true, isMinimal: false })
      const settings = { by, caller: { action, request }, partial: mode.partial }
      return writeHead(reply, await perform(store, resource, request, mode, async store =>
        selectionAnswer(resource, action, await select(actions.on(store), ids, settings), mode)))
    }
  })
  const deleting = (url: string): Route => selecting('DELETE', url, 'bulkDelete', (actions, ids, settings) => actions.delete(ids, settings))

  const serves = (...actions: readonly BulkAction[]): boolean => actions.some(action => resource.actions.has(action))
  const add = (isServed: boolean, makeRoute: () => Route): void => { if (isServed) app.route(routeOptions(resource, makeRoute())) }
  // Creation of single rows alone is the business of crud.
  add(serves('bulkCreate', 'bulkUpsert'), () => writing('POST', '/'))
  add(serves('bulkReplace', 'bulkUpsert'), () => writing('PUT', '/'))
  add(serves('bulkUpdate', 'bulkUpsert'), () => writing('PATCH', '/'))
  add(serves('bulkDelete'), () => deleting('/'))
  const { actionRoutes } = resource
  add(actionRoutes && serves('bulkCreate'), () => writing('POST', '/bulk-create', 'bulkCreate'))
  add(actionRoutes && serves('bulkReplace'), () => writing('PUT', '/bulk-update', 'bulkReplace'))
  add(actionRoutes && serves('bulkUpdate'), () => writing('PATCH', '/bulk-update', 'bulkUpdate'))
  add(actionRoutes && serves('bulkDelete'), () => deleting('/bulk-delete'))
  // They have no other place in the collection, so that they are there whether actions have routes of their own or not.
  add(serves('bulkSoftDelete'), () => selecting('DELETE', '/bulk-soft-delete', 'bulkSoftDelete', (actions, ids, settings) => actions.softDelete(ids, settings)))
  add(serves('bulkRestore'), () => selecting('POST', '/bulk-restore', 'bulkRestore', (actions, ids, settings) => actions.restore(ids, settings)))
}
