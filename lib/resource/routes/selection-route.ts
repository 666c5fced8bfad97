import type { Query } from '../../http/query.js'
import { pointed } from '../../items/shape/list-place.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { ModelStore } from '../../store/model-store.js'
import type { BulkActions } from '../actions/bulk-actions.js'
import type { Background } from '../background/background.js'
import type { RowAction } from '../definition/row-action.js'
import { bulkOf } from '../write/bulk-options.js'
import { readItemConditions } from '../write/conditions.js'
import { checkItemCount } from '../write/item-count.js'
import { tagErrors, writeHead, type RouteReply, type RouteRequest } from './answer.js'
import { selectionAnswer } from './bulk-answer.js'
import { readSelection } from './bulk-request.js'
import { backgroundAnswer, takesOver } from './background-answer.js'
import { perform } from './perform.js'
import type { ResourceRoute } from './routes.js'
import { selectionDescription } from './schema/selection-schema.js'
import { readMode } from './write-mode.js'

/**
 * A route of an action on rows that the request names by their ids.
 *
 * @param error the JSON Schema of its errors
 * @param background takes requests over that go on after their answer; null: none does
 */
export function selectionRoute<Request extends RouteRequest & ResourceRequest, Reply extends RouteReply> (
  actions: BulkActions,
  store: ModelStore,
  error: object,
  { action, url }: { readonly action: RowAction; readonly url: string },
  background: Background | null
): ResourceRoute<Request, Reply> {
  const { resource } = actions
  const { method, name } = action
  return {
    method,
    url,
    description: selectionDescription(resource, action, url, error),
    actionOf: () => name,
    handler: async (request, reply) => {
      const { ids, by, place } = readSelection(resource, request.query as Query, request.body)
      const mode = readMode(request, { isList: true, isMinimal: false, isPartial: bulkOf(resource).partialSuccess })
      const inBackground = takesOver(background, request, { total: ids.length, isList: true, mode })
      checkItemCount(resource, ids, background, inBackground)
      const conditions = readItemConditions(resource, name, ids, request.headers)
      if (inBackground) {
        const answer = await backgroundAnswer(background!, store, resource, mode, {
          request,
          items: ids,
          action: name,
          on: by?.name ?? null,
          update: null,
          replace: false,
          mustBeNew: false,
          needsVersions: conditions.needsVersions
        })
        return writeHead(reply, answer)
      }
      const settings = { by, conditions, caller: { action: name, request }, partial: mode.partial }
      const hasFields = by !== undefined || resource.model.primaryKey.fields.length > 1
      const throwing = (error: unknown): never => {
        throw pointed(error, place, hasFields)
      }
      const answer = await tagErrors(reply, () =>
        perform(store, resource, request, mode, async store => {
          const summary = await actions.on(store).run(action, ids, settings).catch(throwing)
          return selectionAnswer(resource, action, summary, mode)
        })
      )
      return writeHead(reply, answer)
    }
  }
}
