import { bulkOf } from '../lib/resource/write/bulk-options.js'
import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { ModelStore } from '../lib/store/model-store.js'
import { checkParameters, type Query } from '../lib/http/query.js'
import { createsSinglyOnly, type CrudAction } from '../lib/resource/definition/actions.js'
import { isMinimalByDefault, tagErrors, writeHead, writeTag } from '../lib/resource/routes/answer.js'
import { BulkActions } from '../lib/resource/actions/bulk-actions.js'
import { checkCreations } from '../lib/resource/definition/check-creations.js'
import {
  isNotModified,
  readConditions,
  readWriteConditions,
  type Conditions
} from '../lib/resource/write/conditions.js'
import { CrudActions, type WrittenRow } from '../lib/resource/actions/crud-actions.js'
import { destroyAnswer, rowAnswer, writtenAnswer } from '../lib/resource/routes/crud-answer.js'
import {
  destroyDescription,
  restoreDescription,
  retrieveDescription,
  updateDescription
} from '../lib/resource/routes/schema/crud-schema.js'
import { listAnswer } from '../lib/resource/routes/list-answer.js'
import {
  checkVisible,
  hidesRestored,
  readIdsBody,
  readIdsQuery,
  readListRequest,
  readQueryRequest,
  readRetrieve,
  type ListRequest
} from '../lib/resource/list/list-request.js'
import { getManyDescription, listDescription, queryDescription } from '../lib/resource/routes/schema/list-schema.js'
import { perform } from '../lib/resource/routes/perform.js'
import type { RouteDescription } from '../lib/resource/routes/schema/route-schema.js'
import { prepareScope, routeOptions, type ResourceRoute } from '../lib/resource/routes/routes.js'
import { rowPath, type PathParameters } from '../lib/resource/write/row-key.js'
import { modeParameters, readMode } from '../lib/resource/routes/write-mode.js'
import { writeRoute } from '../lib/resource/routes/write-route.js'
import { mountResource, type ResourcePluginOptions } from './mount-resource.js'

export * from '../lib/define/index.js'

export type CrudOptions = ResourcePluginOptions

/**
 * The list of a resource, and its single rows: GET reads, PATCH and PUT update and replace, DELETE deletes, `POST
 * /:id/restore` brings back what was marked as deleted. Rows with a version carry it as their ETag, and `If-Match`
 * guards every write. Stands beside the plugin `bulk` on one prefix, which has `POST /`; a resource that serves
 * `create` and neither bulk creation nor upsert has it here. Needs the plugin `prisma` with an extended client.
 *
 * @throws TypeError for options that do not exist or do not fit the model
 *
 * @example
 * const contracts = defineResource({ model: 'Contract' })
 * await app.register(crud, { prefix: '/contracts', resource: contracts })
 * // PATCH /contracts/7  If-Match: "3"  { "note": "signed" }
 */
export const crud: FastifyPluginAsync<CrudOptions> = fp(
  async function crud (app: FastifyInstance, options: CrudOptions) {
    const { resource, store, scopeOptions } = mountResource(app, 'crud', options)
    if (createsSinglyOnly(resource.actions)) checkCreations(resource)
    const actions = new CrudActions(resource, store)
    await app.register(async scope => addRoutes(scope, actions, store), scopeOptions)
  },
  { name: 'fastify-prisma-commons/crud', fastify: '5.x' }
)

export default crud

type Route = ResourceRoute<FastifyRequest, FastifyReply>

function addRoutes (app: FastifyInstance, actions: CrudActions, store: ModelStore): void {
  const { resource } = actions
  const error = prepareScope(app)
  const path = rowPath(resource)

  const listing = (
    method: 'GET' | 'POST',
    url: string,
    description: RouteDescription,
    read: (request: FastifyRequest) => ListRequest
  ): Route => ({
    method,
    url,
    description,
    actionOf: () => 'list',
    handler: async (request, reply) => {
      const wanted = read(request)
      await checkVisible(resource, request, wanted.deleted)
      return writeHead(
        reply,
        listAnswer(resource, wanted, await actions.list(wanted, { action: 'list', request }), request.url)
      )
    }
  })
  const list = listing('GET', '/', listDescription(resource, error), ({ query }) =>
    readListRequest(resource, query as Query)
  )
  const query = listing('POST', '/query', queryDescription(resource, error), ({ query, body }) =>
    readQueryRequest(resource, query as Query, body)
  )
  const getManyByQuery = listing('GET', '/bulk-get', getManyDescription(resource, 'GET', error), ({ query }) =>
    readIdsQuery(resource, query as Query)
  )
  const getManyByBody = listing('POST', '/bulk-get', getManyDescription(resource, 'POST', error), ({ query, body }) =>
    readIdsBody(resource, query as Query, body)
  )
  const lists = [list, query, ...(bulkOf(resource).actionRoutes ? [getManyByQuery, getManyByBody] : [])]
  const retrieve: Route = {
    method: 'GET',
    url: path,
    description: retrieveDescription(resource, error),
    actionOf: () => 'retrieve',
    handler: async (request, reply) => {
      const deleted = readRetrieve(resource, request.query as Query)
      const conditions = readConditions(resource, request.headers)
      await checkVisible(resource, request, deleted)
      const { row, version } = await actions.retrieve(keyOf(request), deleted, { action: 'retrieve', request })
      writeTag(reply, version)
      if (isNotModified(conditions, version)) return reply.code(304).send()
      return writeHead(reply, rowAnswer(resource, 'retrieve', row))
    }
  }
  const writing = (
    method: 'PATCH' | 'PUT' | 'POST',
    url: string,
    action: CrudAction,
    description: RouteDescription,
    write: (actions: CrudActions, request: FastifyRequest, conditions: Conditions) => Promise<WrittenRow>
  ): Route => ({
    method,
    url,
    description,
    actionOf: () => action,
    handler: async (request, reply) => {
      const conditions = conditionsOf(request)
      const mode = readMode(request, { isList: false, isMinimal: isMinimalByDefault(resource, action) })
      const minimal = mode.minimal || (await hidesRestored(resource, action, request, mode))
      return writeHead(
        reply,
        await tagErrors(reply, () =>
          perform(store, resource, request, mode, async store =>
            writtenAnswer(resource, action, await write(actions.on(store), request, conditions), minimal)
          )
        )
      )
    }
  })
  const destroy: Route = {
    method: 'DELETE',
    url: path,
    description: destroyDescription(resource, error),
    actionOf: () => 'destroy',
    handler: async (request, reply) => {
      const conditions = conditionsOf(request)
      const mode = readMode(request, { isList: false, isMinimal: false })
      return writeHead(
        reply,
        await tagErrors(reply, () =>
          perform(store, resource, request, mode, async store => {
            await actions.on(store).destroy(keyOf(request), request.body, conditions, { action: 'destroy', request })
            return destroyAnswer(resource, mode.minimal)
          })
        )
      )
    }
  }
  const conditionsOf = ({ query, headers }: FastifyRequest): Conditions => {
    checkParameters(query as Query, modeParameters)
    return readWriteConditions(resource, headers)
  }
  const update = writing(
    'PATCH',
    path,
    'update',
    updateDescription(resource, 'update', error),
    (actions, request, conditions) =>
      actions.update(keyOf(request), request.body, 'sparse', conditions, { action: 'update', request })
  )
  const replace = writing(
    'PUT',
    path,
    'replace',
    updateDescription(resource, 'replace', error),
    (actions, request, conditions) =>
      actions.update(keyOf(request), request.body, 'replace', conditions, { action: 'replace', request })
  )
  const restore = writing(
    'POST',
    `${path}/restore`,
    'restore',
    restoreDescription(resource, error),
    (actions, request, conditions) =>
      actions.restore(keyOf(request), request.body, conditions, { action: 'restore', request })
  )
  const routes: { readonly [action in CrudAction]: readonly Route[] } = {
    list: lists,
    retrieve: [retrieve],
    update: [update],
    replace: [replace],
    destroy: [destroy],
    restore: [restore]
  }
  for (const [action, served] of Object.entries(routes)) {
    if (resource.actions.has(action as CrudAction)) {
      for (const route of served) app.route(routeOptions(resource, route))
    }
  }
  const create: Route = writeRoute(new BulkActions(resource, store), store, error, { method: 'POST', url: '/' })
  if (createsSinglyOnly(resource.actions)) app.route(routeOptions(resource, create))
}

function keyOf ({ params }: FastifyRequest): PathParameters {
  return params as PathParameters
}
