import type { Row } from '../../store/read/find.js'
import type { Scope } from '../../store/core/scope.js'
import type { StoreClient } from '../../store/session.js'
import type { Model } from '../../model/registry.js'
import { check, type OptionTable } from '../../options.js'
import { didYouMean } from '../../suggest.js'
import { participles, type ActionName, type ResourceAction } from './actions.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { FieldPermission } from '../../items/shape/field-permissions.js'
import type { ScopeValue } from '../../scope/scope-rule.js'
import { scopeValue } from '../../scope/scopes.js'

/** A related row as permissions and hooks see it. */
export interface RelatedItem {
  /** The row that the item names, with all of its fields; null for one that is to be made. */
  readonly current: Row | null
  /** Nested data that is to be written into it, field → value; null where the item only names it. */
  readonly data: Readonly<Record<string, unknown>> | null
}

/** One item of a request as permissions and hooks see it. */
export interface ActionItem {
  /** 0-based place in the request; 0 for a request about one row. */
  readonly index: number
  /**
   * What is to be written, field → value. A hook `before` may change it: it is not checked again but by the database.
   * Null for reads and deletions.
   */
  readonly data: Record<string, unknown> | null
  /** Its row as it is, locked until the write is done; null for a row that is new. Values are as Prisma gives them. */
  readonly current: Row | null
  /**
   * The related rows that it names or nests, by relation: a list, of one element for a relation to one. Relations that
   * it does not name are absent, and so are those that it clears.
   */
  readonly related: Readonly<Record<string, readonly RelatedItem[]>>
}

/** What a hook is told of an action. */
export interface ActionCall {
  readonly request: ResourceRequest
  readonly action: ActionName
  /** The items of a write; empty for lists. */
  readonly items: readonly ActionItem[]
  /**
   * The Prisma client, in a write bound to its transaction: what a hook writes with it is undone when the write fails.
   */
  readonly client: StoreClient
}

/** The same once the action is done. */
export interface ActionResult extends ActionCall {
  /** The rows of the answer, in the order of the request. Empty for deletions. */
  readonly rows: readonly Row[]
}

type Awaitable<T> = T | Promise<T>

/** Gives false, or throws, for what is not allowed. */
export type Authorize = (
  request: ResourceRequest,
  action: ActionName,
  items: readonly ActionItem[]
) => Awaitable<boolean | void>

/** What is wrong with an item: a text about the whole of it, or field → text. Nothing for an item that is valid. */
export type ItemProblems = string | Readonly<Record<string, string>> | undefined | void

/** Checks one item of a write. */
export type Validate = (item: ActionItem, call: Omit<ActionCall, 'items'>) => Awaitable<ItemProblems>

export type HooksBefore = { readonly [action in ResourceAction]?: (call: ActionCall) => Awaitable<void> }
export type HooksAfter = { readonly [action in ResourceAction]?: (result: ActionResult) => Awaitable<void> }
export type Messages = { readonly [action in ResourceAction]?: string }

/** The hook or message of an action; actions of your own have none. */
export function ruleOf<Rule> (
  rules: { readonly [action in ResourceAction]?: Rule } | undefined,
  action: ActionName
): Rule | undefined {
  return rules?.[action as ResourceAction]
}

/** What a resource asks of requests, and what it does around them. */
export interface RuleOptions {
  /**
   * Fields that say whose a row is, each with a function that gives its value for a request. Other rows do not exist
   * for that request, in reads and writes alike; new rows get the values, and no client writes them. Default: none.
   *
   * @example
   * scope: { ownerId: request => request.currentUser?.id }
   */
  readonly scope?: { readonly [field: string]: ScopeValue }
  /**
   * Asked once for a request, with all its items, before the first is written, and before a read, without items; false
   * answers 403. Items whose row is not there are left out: they are 404 once the request is allowed. Default:
   * everything is allowed.
   */
  readonly authorize?: Authorize
  /**
   * Who may write a field, by field or relation: a request that names it and gets false is answered 403. A replacement
   * that does not name it keeps it. Asked once for a request. Default: everyone may write all writable fields.
   *
   * @example
   * canWrite: { role: request => request.currentUser?.role === 'admin' }
   */
  readonly canWrite?: Readonly<Record<string, FieldPermission>>
  /**
   * Checks each item that writes data once the request is allowed, before the hooks: a text, or field → text, makes the
   * item invalid (400; in a partial request that item alone). A thrown error fails the request. Default: every item is
   * valid.
   *
   * @example
   * validate: ({ data }) => Number(data!['price']) < 0 ? { price: 'must not be negative' } : undefined
   */
  readonly validate?: Validate
  /** Run before an action, a write in its transaction; only for rows that are there or are to be made. */
  readonly before?: HooksBefore
  /** Run after an action, a write in its transaction. */
  readonly after?: HooksAfter
  /** Messages of the envelope, by action. Default: e.g. `Contracts created successfully`. */
  readonly messages?: Messages
}

const functions = {
  expected: 'an object of functions',
  accepts: (value: unknown) => isObject(value) && Object.values(value).every(one => typeof one === 'function')
}

export const ruleChecks: OptionTable<RuleOptions> = {
  scope: functions,
  authorize: check.function,
  canWrite: functions,
  validate: check.function,
  before: functions,
  after: functions,
  messages: {
    expected: 'an object of strings',
    accepts: value => isObject(value) && Object.values(value).every(one => typeof one === 'string')
  }
}

/** Refuses names of actions and fields that do not exist: such rules would never hold. */
export function checkRules ({ scope = {}, before = {}, after = {}, messages = {} }: RuleOptions, model: Model): void {
  for (const name of Object.keys(scope)) {
    if (model.field(name) === undefined) {
      throw new TypeError(
        `resource ${model.name}: option "scope" names the unknown field "${name}". ` +
          `${didYouMean(name, model.fieldNames)}`
      )
    }
  }
  for (const [option, actions] of Object.entries({ before, after, messages })) {
    const unknown = Object.keys(actions).find(action => !Object.hasOwn(participles, action))
    if (unknown !== undefined) {
      throw new TypeError(
        `resource ${model.name}: option "${option}" names the unknown action "${unknown}". ` +
          `${didYouMean(unknown, Object.keys(participles))}`
      )
    }
  }
}

/** The values of the fields that say whose rows a request is about; null: all rows. */
export function scopeOf (model: Model, { scope }: RuleOptions, request: ResourceRequest): Scope | null {
  if (scope === undefined) return null
  return Object.fromEntries(
    Object.entries(scope).map(([field, valueOf]) => [field, scopeValue(model, field, valueOf, request)])
  )
}

function isObject (value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
