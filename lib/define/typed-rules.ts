import type { ActionName, ResourceAction } from '../resource/definition/actions.js'
import type {
  ActionCall,
  ActionItem,
  ActionResult,
  ItemProblems,
  RelatedItem,
  RuleOptions
} from '../resource/definition/rules.js'
import type { FieldPermission } from '../items/shape/field-permissions.js'
import type { ResourceRequest } from '../scope/resource-request.js'
import type { ScopeValue } from '../scope/scope-rule.js'
import type { FieldName, ModelTypes, RelationName, TargetOf } from './client-types.js'

/** A row with all of its fields, as Prisma gives them. */
export type TypedRow<Model extends ModelTypes> = { readonly [Name in FieldName<Model>]: Model['scalars'][Name] }

/** Values to write: as requests carry them in JSON, or as Prisma takes them. */
export type TypedData<Model extends ModelTypes> = { [Name in FieldName<Model>]?: Written<Model['scalars'][Name]> }

/** A row of an answer: fields that the resource does not show are absent. */
export type TypedAnswerRow<Model extends ModelTypes, Computed extends string> = Partial<TypedRow<Model>> & {
  readonly [Name in RelationName<Model> | Computed]?: unknown
}

type Written<Value> = Value extends readonly (infer One)[] ? WrittenOne<One>[] : WrittenOne<Value>

type WrittenOne<Value> = Value extends string | number | boolean | null | Uint8Array
  ? Value
  : Value extends bigint
    ? Value | number | string
    : Value extends Date
      ? Value | string
      : Value extends DecimalLike
        ? Value | number | string
        : unknown

/** A class of decimals, by the method that it has in all versions of Prisma. */
interface DecimalLike {
  readonly toDecimalPlaces: unknown
}

/** A related row, see `RelatedItem`. */
export interface TypedRelatedItem<Model extends ModelTypes> extends RelatedItem {
  readonly current: TypedRow<Model> | null
  readonly data: Readonly<TypedData<Model>> | null
}

/** The related rows of an item, by relation. */
export type TypedRelated<Model extends ModelTypes> = {
  readonly [Name in RelationName<Model>]?: readonly TypedRelatedItem<TargetOf<Model, Name>>[]
}

/** An item of a request, see `ActionItem`. */
export interface TypedItem<Model extends ModelTypes> extends Pick<ActionItem, 'index'> {
  readonly data: TypedData<Model> | null
  readonly current: TypedRow<Model> | null
  readonly related: TypedRelated<Model>
}

export interface TypedCall<Model extends ModelTypes> extends Omit<ActionCall, 'items'> {
  readonly items: readonly TypedItem<Model>[]
}

export interface TypedResult<Model extends ModelTypes, Computed extends string> extends Omit<
  ActionResult,
  'items' | 'rows'
> {
  readonly items: readonly TypedItem<Model>[]
  readonly rows: readonly TypedAnswerRow<Model, Computed>[]
}

type Awaitable<T> = T | Promise<T>

/** The rules of a resource with the types of its model, see `RuleOptions`. */
export interface TypedRules<Model extends ModelTypes, Computed extends string> extends Pick<RuleOptions, 'messages'> {
  readonly scope?: { readonly [Name in FieldName<Model>]?: ScopeValue }
  readonly authorize?: (
    request: ResourceRequest,
    action: ActionName,
    items: readonly TypedItem<Model>[]
  ) => Awaitable<boolean | void>
  readonly canWrite?: { readonly [Name in FieldName<Model> | RelationName<Model>]?: FieldPermission }
  readonly validate?: (item: TypedItem<Model>, call: Omit<ActionCall, 'items'>) => Awaitable<ItemProblems>
  readonly before?: { readonly [action in ResourceAction]?: (call: TypedCall<Model>) => Awaitable<void> }
  readonly after?: { readonly [action in ResourceAction]?: (result: TypedResult<Model, Computed>) => Awaitable<void> }
}
