import { bulkOf } from '../lib/resource/write/bulk-options.js'
import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { ModelStore } from '../lib/store/model-store.js'
import type { BulkAction, WriteAction, WriteMethod } from '../lib/resource/definition/actions.js'
import { Background, type OperationsHost } from '../lib/resource/background/background.js'
import { BulkActions } from '../lib/resource/actions/bulk-actions.js'
import { rowActionsOf } from '../lib/resource/actions/row-actions.js'
import { selectionRoute } from '../lib/resource/routes/selection-route.js'
import { checkCreations } from '../lib/resource/definition/check-creations.js'
import { prepareCsvScope } from '../lib/resource/csv/scope.js'
import { prepareScope, routeOptions } from '../lib/resource/routes/routes.js'
import { writeRoute } from '../lib/resource/routes/write-route.js'
import { loadPeer } from '../lib/load-peer.js'
import type { RegisteredActions } from '../lib/resource/definition/registered-actions.js'
import { mountResource, registeredActions, type ResourcePluginOptions } from './mount-resource.js'

export * from '../lib/define/index.js'

export type BulkOptions = ResourcePluginOptions

declare module 'fastify' {
  interface FastifyInstance {
    /** The resources registered so far, for routes and jobs of your own. */
    bulk: RegisteredActions<BulkActions>
    /** What the plugin `operations` gives to resources. @internal */
    operationsHost?: OperationsHost
  }
}

/**
 * Array-aware routes of one collection: POST creates one or many, PUT and PATCH replace and update many by their ids,
 * `unique_fields` in the query upserts, DELETE removes many. All items are checked before the first is written, all
 * are written or none; `Prefer: return=minimal` answers with counts. Needs the plugin `prisma` with an extended client.
 *
 * Hooks of the scope run for these routes too: check permissions in `preHandler`, by `request.action`. Without the
 * plugin
 * `envelope` answers and errors are bare, and the scope's error handler is not asked.
 *
 * @throws TypeError for options that do not exist or do not fit the model
 *
 * @example
 * const contracts = defineResource({ model: 'Contract', maxItems: 10_000 })
 * await app.register(bulk, { prefix: '/contracts', resource: contracts })
 * // POST /contracts?unique_fields=contractNumber,year  [{ … }, { … }]
 */
export const bulk: FastifyPluginAsync<BulkOptions> = fp(
  async function bulk (app: FastifyInstance, options: BulkOptions) {
    const { definition, resource, store, scopeOptions } = mountResource(app, 'bulk', options)
    checkCreations(resource)
    const actions = new BulkActions(resource, store)
    registeredActions<BulkActions>(app, 'bulk', 'bulk').add(definition, actions)
    await app.register(async scope => {
      const host = app.hasDecorator('operationsHost') ? app.operationsHost : undefined
      const background = Background.of(host, actions, store, scope.prefix)
      await scope.register(async scope => await addWrites(scope, actions, store, background))
      await scope.register(async scope => addSelections(scope, actions, store, background))
    }, scopeOptions)
  },
  { name: 'fastify-prisma-commons/bulk', fastify: '5.x' }
)

export default bulk

async function addWrites (
  app: FastifyInstance,
  actions: BulkActions,
  store: ModelStore,
  background: Background | null
): Promise<void> {
  const { resource } = actions
  const error = bulkOf(resource).csvBodies
    ? await prepareCsvScope(app, resource, async () => await addForms(app))
    : prepareScope(app)

  const add = (method: WriteMethod, url: string, served: readonly BulkAction[], fixed?: WriteAction): void => {
    if (serves(actions, served)) {
      app.route(
        routeOptions<FastifyRequest, FastifyReply>(
          resource,
          writeRoute(actions, store, error, { method, url, fixed }, background)
        )
      )
    }
  }
  // Creation of single rows alone is the business of crud.
  add('POST', '/', ['bulkCreate', 'bulkUpsert'])
  add('PUT', '/', ['bulkReplace', 'bulkUpsert'])
  add('PATCH', '/', ['bulkUpdate', 'bulkUpsert'])
  if (!bulkOf(resource).actionRoutes) return
  add('POST', '/bulk-create', ['bulkCreate'], 'bulkCreate')
  add('PUT', '/bulk-update', ['bulkReplace'], 'bulkReplace')
  add('PATCH', '/bulk-update', ['bulkUpdate'], 'bulkUpdate')
  add('PUT', '/bulk-replace', ['bulkReplace'], 'bulkReplace')
}

async function addForms (app: FastifyInstance): Promise<void> {
  const { default: multipart } = await loadPeer(
    'multipart/form-data',
    '@fastify/multipart',
    () => import('@fastify/multipart')
  )
  await app.register(multipart)
}

function addSelections (
  app: FastifyInstance,
  actions: BulkActions,
  store: ModelStore,
  background: Background | null
): void {
  const { resource } = actions
  const error = prepareScope(app)
  for (const action of rowActionsOf(resource)) {
    for (const url of action.urls(bulkOf(resource))) {
      app.route(
        routeOptions(
          resource,
          selectionRoute<FastifyRequest, FastifyReply>(actions, store, error, { action, url }, background)
        )
      )
    }
  }
}

function serves ({ resource }: BulkActions, actions: readonly BulkAction[]): boolean {
  return actions.some(action => resource.actions.has(action))
}
