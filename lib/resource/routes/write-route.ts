import { bulkOf } from '../write/bulk-options.js'
import type { BulkReport } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import { withoutIndex } from '../../error-places.js'
import { BulkError } from '../../errors.js'
import type { Query } from '../../http/query.js'
import type { WriteAction, WriteMethod } from '../definition/actions.js'
import { isMinimalByDefault, tagErrors, writeHead, type RouteReply, type RouteRequest } from './answer.js'
import type { BulkActions } from '../actions/bulk-actions.js'
import type { WriteSettings } from '../write/write-settings.js'
import { writeAnswer } from './bulk-answer.js'
import { actionOf, readWrite, unwrapUpsert, type BulkRequest } from './bulk-request.js'
import { namedDescription, writeDescription } from './schema/bulk-schema.js'
import { readItemConditions } from '../write/conditions.js'
import { checkItemCount } from '../write/item-count.js'
import { pointed } from '../../items/shape/list-place.js'
import { perform } from './perform.js'
import { backgroundAnswer, takesOver } from './background-answer.js'
import type { Background } from '../background/background.js'
import { runBulkWork } from '../actions/bulk-work.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { ResourceRoute } from './routes.js'
import { readMode } from './write-mode.js'

/** Where a route stands, and what it does; absent, the request says what. */
export interface WritePlace {
  readonly method: WriteMethod
  readonly url: string
  readonly fixed?: WriteAction | undefined
}

/**
 * A route that writes what a body holds: POST, PUT and PATCH on a collection, and the same by name.
 *
 * @param error the JSON Schema of its errors
 * @param background takes requests over that go on after their answer; null: none does
 */
export function writeRoute<Request extends RouteRequest & ResourceRequest, Reply extends RouteReply> (
  actions: BulkActions,
  store: ModelStore,
  error: object,
  { method, url, fixed }: WritePlace,
  background: Background | null = null
): ResourceRoute<Request, Reply> {
  const { resource } = actions
  return {
    method,
    url,
    description:
      fixed === undefined
        ? writeDescription(resource, method, error)
        : namedDescription(resource, { method, url }, fixed, error),
    actionOf: request => {
      if (fixed !== undefined) return fixed
      const { query, body } = unwrapUpsert(resource, request.query as Query, request.body)
      return actionOf(resource, method, query, body)
    },
    handler: async (request, reply) => {
      const given = { query: request.query as Query, body: request.body }
      const asked = fixed === undefined ? unwrapUpsert(resource, given.query, given.body) : given
      const work = readWrite(resource, {
        action: request.action as WriteAction,
        isFixed: fixed !== undefined,
        method,
        ...asked
      })
      const mode = readMode(request, {
        isList: !work.isSingle,
        isMinimal: isMinimalByDefault(resource, work.action),
        isPartial: bulkOf(resource).partialSuccess,
        withoutRows: work.withoutRows
      })
      const inBackground = takesOver(background, request, { total: work.items.length, isList: !work.isSingle, mode })
      checkItemCount(resource, work.items, background, inBackground)
      const conditions = readItemConditions(resource, work.action, work.items, request.headers)
      if (inBackground) {
        const answer = await backgroundAnswer(background!, store, resource, mode, {
          request,
          items: work.items,
          action: work.action,
          on: work.upsert?.on.name ?? null,
          update: work.upsert?.update ?? null,
          replace: work.upsert?.replace ?? false,
          mustBeNew: conditions.mustBeNew,
          needsVersions: conditions.needsVersions
        })
        return writeHead(reply, answer)
      }
      const place = asked.body === given.body ? [] : ['data']
      const throwing = (error: unknown): never => {
        throw work.isSingle ? error : pointed(error, place, true)
      }
      const settings = {
        conditions,
        wantsVersion: work.isSingle,
        caller: { action: work.action, request },
        partial: mode.partial,
        outcomes: mode.partial || mode.dryRun
      }
      return writeHead(
        reply,
        await tagErrors(reply, () =>
          perform(store, resource, request, mode, async store =>
            writeAnswer(
              resource,
              work,
              await write(actions.on(store), work, !mode.minimal, settings).catch(throwing),
              mode
            )
          )
        )
      )
    }
  }
}

async function write (
  actions: BulkActions,
  work: BulkRequest,
  wantsRows: boolean,
  settings: WriteSettings
): Promise<BulkReport> {
  try {
    return await runBulkWork(actions, work, wantsRows, settings)
  } catch (error) {
    throw work.isSingle && error instanceof BulkError ? withoutIndex(error) : error
  }
}
