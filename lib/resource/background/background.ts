import { currentActor, type Actor } from '../../actor.js'
import type { Preferences } from '../../http/prefer.js'
import { ownerOf, type Operation } from '../../operations/operation.js'
import type { Operations } from '../../operations/operations.js'
import type { RequestSnapshot } from '../../operations/request-snapshot.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { ModelStore } from '../../store/model-store.js'
import type { Resource } from '../definition/resource.js'
import { bulkOf } from '../write/bulk-options.js'
import { scopesOf } from '../write/caller.js'
import { RuleCall } from '../write/rule-call.js'
import type { BulkActions } from '../actions/bulk-actions.js'
import { asyncOf, type ResourceAsync } from './async-options.js'
import { bulkHandler, type BulkPayload, type RestoreRequest } from './bulk-handler.js'

/** What the plugin `operations` gives to resources. */
export interface OperationsHost {
  readonly operations: Operations
  /** Where an operation is found, e.g. `/operations/<id>`. */
  readonly urlOf: (id: string) => string
  readonly snapshot: (request: ResourceRequest, user: Actor | null) => RequestSnapshot
  readonly restore: RestoreRequest
}

/** A bulk request that could go on after its answer. */
export interface BackgroundRequest {
  readonly preferences: Preferences
  readonly total: number
  readonly isList: boolean
  readonly dryRun: boolean
}

/** What is to be done in the background. */
export interface BackgroundWork extends Omit<BulkPayload, 'snapshot'> {
  readonly request: ResourceRequest
  readonly items: readonly unknown[]
  readonly partial: boolean
}

/** Takes bulk requests to one resource on as operations. */
export class Background {
  readonly host: OperationsHost
  readonly #resource: Resource
  readonly #options: ResourceAsync
  readonly #handler: string

  private constructor (host: OperationsHost, actions: BulkActions, options: ResourceAsync, handler: string) {
    this.host = host
    this.#resource = actions.resource
    this.#options = options
    this.#handler = handler
  }

  /**
   * Null for a resource without the section `async`.
   *
   * @param path of the collection
   */
  static of (
    host: OperationsHost | undefined,
    actions: BulkActions,
    store: ModelStore,
    path: string
  ): Background | null {
    const options = asyncOf(actions.resource)
    if (options === null) return null
    if (host === undefined) {
      throw new TypeError(
        `resource ${actions.resource.model.name}: option "async" needs the plugin operations: register it before`
      )
    }
    const handler = `bulk ${path}`
    host.operations.handle(bulkHandler(handler, actions, store, host.restore))
    return new Background(host, actions, options, handler)
  }

  /** Items that a request may carry for the background. */
  get maxItems (): number {
    return this.#options.maxItems
  }

  /**
   * True for a request that goes on after its answer: it asks for that, or has more items than are written before it.
   * Dry runs, single objects and lists of one item, which may have `If-Match`, are answered at once.
   */
  takes ({ preferences, total, isList, dryRun }: BackgroundRequest): boolean {
    if (!isList || dryRun || total < 2) return false
    return preferences.has('respond-async') || total > this.#options.above
  }

  /**
   * Queues a request in the transaction of the store. All items are written or none where the request does not ask for
   * partial success and they fit into one chunk of `bulk.maxItems`; else each chunk writes the items that it can.
   *
   * Permission is asked for without items here, and for those of each chunk before it is written.
   */
  async start (store: ModelStore, { request, items, partial, ...payload }: BackgroundWork): Promise<Operation> {
    const resource = this.#resource
    const { maxItems } = bulkOf(resource)
    const atomic = !partial && items.length <= maxItems
    const caller = { action: payload.action, request }
    scopesOf(resource, caller)
    await new RuleCall({ resource, caller }, store, []).authorize()
    const user = currentActor()
    const kept: BulkPayload = { ...payload, snapshot: this.host.snapshot(request, user) }
    return await store.transaction(
      async store =>
        await this.host.operations.start(store.client, {
          kind: payload.action,
          handler: this.#handler,
          owner: ownerOf(user),
          atomic,
          request: kept,
          items,
          chunkItems: atomic ? maxItems : this.#options.chunkItems
        })
    )
  }
}
