import type { ItemErrors } from '../../store/core/item-errors.js'
import type { Row } from '../../store/read/find.js'
import type { ModelStore } from '../../store/model-store.js'
import { CommonsError } from '../../errors.js'
import type { BatchItem } from './batch.js'
import type { Caller } from './caller.js'
import type { RelatedInput } from '../../items/shape/read-item.js'
import type { Resource } from '../definition/resource.js'
import { ruleOf, type ActionCall, type ActionItem, type RelatedItem } from '../definition/rules.js'

/** Whose rules are asked. */
export interface RuleContext {
  readonly resource: Resource
  readonly caller: Caller
}

/** True where some rule of an action is told of its items. */
export function seesItems (
  { rules: { authorize, validate, before, after } }: Resource,
  { request, action }: Caller
): boolean {
  return (
    request !== null &&
    [authorize, validate, ruleOf(before, action), ruleOf(after, action)].some(rule => rule !== undefined)
  )
}

/**
 * Asks the rules of a resource about one request, in the order that a write has them. For code of the server itself
 * none is asked.
 */
export class RuleCall {
  readonly #context: RuleContext
  readonly #store: ModelStore
  readonly #items: ReadonlyMap<number, ActionItem>

  constructor (context: RuleContext, store: ModelStore, items: readonly BatchItem[]) {
    this.#context = context
    this.#store = store
    const isSeen = seesItems(context.resource, context.caller)
    this.#items = new Map(isSeen ? items.map(item => [item.index, actionItem(item)]) : [])
  }

  /** @throws CommonsError `forbidden` */
  async authorize (): Promise<void> {
    const {
      resource: {
        rules: { authorize }
      },
      caller: { request, action }
    } = this.#context
    if (request === null || authorize === undefined) return
    if ((await authorize(request, action, [...this.#items.values()])) === false) throw new CommonsError('forbidden')
  }

  /** Adds what the resource's own check finds wrong with each item. */
  async validate (itemErrors: ItemErrors): Promise<void> {
    const {
      resource: {
        rules: { validate }
      }
    } = this.#context
    const call = this.#call()
    if (call === null || validate === undefined) return
    for (const item of this.#items.values()) {
      if (item.data === null) continue
      const problems = (await validate(item, call)) ?? {}
      const entries = typeof problems === 'string' ? [[undefined, problems] as const] : Object.entries(problems)
      for (const [field, problem] of entries) itemErrors.add('invalid_value', item.index, field, { problem })
    }
  }

  async before (items: readonly BatchItem[]): Promise<void> {
    const call = this.#call()
    if (call !== null) {
      await ruleOf(this.#context.resource.rules.before, call.action)?.({ ...call, items: this.#shown(items) })
    }
  }

  async after (items: readonly BatchItem[], rows: readonly Row[]): Promise<void> {
    const call = this.#call()
    if (call !== null) {
      await ruleOf(this.#context.resource.rules.after, call.action)?.({ ...call, items: this.#shown(items), rows })
    }
  }

  #call (): Omit<ActionCall, 'items'> | null {
    const { request, action } = this.#context.caller
    return request === null ? null : { request, action, client: this.#store.client }
  }

  #shown (items: readonly BatchItem[]): readonly ActionItem[] {
    return items.flatMap(({ index }) => this.#items.get(index) ?? [])
  }
}

/** An item as rules see it. Its data is the very object that is written. */
function actionItem ({ index, data, current, related, rows }: BatchItem): ActionItem {
  const named = Object.entries(rows ?? {}).map(
    ([relation, row]) => [relation, [{ current: row, data: null }]] as const
  )
  const written = related.map(({ relation, rows }) => [relation.name, rows.map(relatedItem)] as const)
  return {
    index,
    data,
    current,
    related: Object.fromEntries<readonly RelatedItem[]>([...named, ...written])
  }
}

function relatedItem ({ row, item }: RelatedInput): RelatedItem {
  return { current: row ?? null, data: item === null ? null : item.data }
}

/** Asks whether a read is allowed, and runs the hook before it. */
export async function enterRead (resource: Resource, store: ModelStore, caller: Caller): Promise<void> {
  const call = new RuleCall({ resource, caller }, store, [])
  await call.authorize()
  await call.before([])
}

/** Runs the hook after a read. */
export async function leaveRead (
  resource: Resource,
  store: ModelStore,
  caller: Caller,
  rows: readonly Row[]
): Promise<void> {
  await new RuleCall({ resource, caller }, store, []).after([], rows)
}
