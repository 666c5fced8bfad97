import { check, type OptionTable } from '../../options.js'
import { isDefinition, type RelationDefinitions } from '../../items/shape/relation-definition.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { ValueSchemas } from '../../values/model-rules.js'
import { codecCheck, type FieldCodecs } from '../../values/codec.js'
import type { ResourceAction } from './actions.js'
import { isRowAction, type RowAction } from './row-action.js'
import { isComputedValue, type ComputedValue } from './computed-values.js'
import type { IdempotencyOptions } from './idempotency-options.js'
import { ruleChecks, type RuleOptions } from './rules.js'

/** What a resource is, whatever serves it. */
export interface CoreOptions extends RuleOptions {
  /** Name of the Prisma model. */
  readonly model: string
  /** The actions to serve: one of `presets`, or a list, with those of `defineAction`. Default: all built-in ones. */
  readonly actions?: readonly (ResourceAction | RowAction)[]
  /**
   * Fields to show and to take; `*` stands for every scalar field. Names of `computed`, of `@commons.identity` and
   * `@commons.address` and of the client's `result` extensions show computed values. Default: `['*']`.
   */
  readonly fields?: readonly string[]
  /**
   * Further fields, or relations, that clients cannot write. Default: none; generated keys, stamps and versions are
   * always read-only.
   */
  readonly readOnly?: readonly string[]
  /**
   * Fields that clients write and that no answer, list, filter, order or file shows, such as passwords. A replacement
   * that does not name one keeps it. Default: none.
   */
  readonly writeOnly?: readonly string[]
  /**
   * Rules for the values that clients send, by field: JSON Schema, with the keyword `trim` besides. They hold in
   * bodies, CSV and imports, over those of `@commons.value` in the schema. Default: what the kind of a field says.
   *
   * @example
   * values: { price: { minimum: 0 }, title: { trim: true, minLength: 3 }, email: { format: 'email' } }
   */
  readonly values?: ValueSchemas
  /**
   * Relations to show and to take, each by one of the functions for that: `{ customer: idToData() }`. Default: none are
   * shown, and those with a key are written by id.
   */
  readonly relations?: RelationDefinitions
  /**
   * Values that the database computes for each row, to show, filter and order by, e.g.
   * `{ commentCount: count('comments') }`. Default: none.
   */
  readonly computed?: Readonly<Record<string, ComputedValue>>
  /**
   * Forms of fields of your own in requests and answers, by field. Filters and unique constraints keep the stored form.
   * Default: none.
   */
  readonly codecs?: FieldCodecs
  /** Related rows that one list of an item may name or nest. Default: 1000. */
  readonly maxRelated?: number
  /** Related rows that all items of a request may name or nest. Default: ten times `bulk.maxItems`. */
  readonly maxRelatedTotal?: number
  /** Bytes a request may carry. Default: the server's `bodyLimit`. */
  readonly bodyLimit?: number
  /**
   * Answer 428 to changes of one row that do not say by `If-Match` which version they change. In lists of items each
   * update says it by its version. Default: false.
   */
  readonly requireIfMatch?: boolean
  /**
   * Treat the weak tags that compressing proxies send in `If-Match` as strong ones. Default: false.
   */
  readonly weakIfMatch?: boolean
  /**
   * Remember answers to writes with the header `Idempotency-Key`, so that a request which comes twice is done once:
   * true, or how. Needs a model of the schema to keep them in. Default: false, the header is ignored.
   */
  readonly idempotency?: boolean | IdempotencyOptions
  /**
   * The header `Cache-Control` of answers that no hook has given one, with `Vary: Authorization`; false: neither. Files
   * are never stored. Default: `private, no-cache`.
   */
  readonly cacheControl?: string | false
  /** Who may read soft-deleted rows, with `deleted=include` or `deleted=only`. Default: nobody. */
  readonly canSeeDeleted?: (request: ResourceRequest) => boolean | Promise<boolean>
  /**
   * Decimals with more digits behind the point than their column keeps: `exact` refuses them, `round` lets the database
   * round. Default: `exact`.
   */
  readonly decimals?: 'exact' | 'round'
  /**
   * Answer creations with the rows; switched off, with the counts of `return=minimal`. `Prefer` wins. Default: true.
   */
  readonly returnDataOnCreate?: boolean
  /** The same for updates and upserts. Default: true. */
  readonly returnDataOnUpdate?: boolean
  /** Names in messages. Default: from the model's name, e.g. `Contract`, `Contracts`. */
  readonly singular?: string
  readonly plural?: string
}

/** Options in sections, by the name of the section. */
export type SectionOptions = Readonly<Record<string, object | undefined>>

/** A resource as declared; it is checked against the metadata when it is registered. */
export interface ResourceDefinition {
  readonly options: CoreOptions
  /** The options of the list, of bulk requests, of exports and imports: each room reads its own. */
  readonly sections: SectionOptions
}

/** The checks of the core options that need no metadata. */
export const coreOptionTable: OptionTable<CoreOptions> = {
  model: check.required(check.string),
  actions: {
    expected: 'a list of names of actions, and of actions of defineAction',
    accepts: value => Array.isArray(value) && value.every(isAction)
  },
  fields: check.names,
  readOnly: check.names,
  writeOnly: check.names,
  values: check.object('an object of JSON Schemas'),
  relations: {
    expected: 'an object of relations, e.g. { customer: idToData() }',
    accepts: value => typeof value === 'object' && value !== null && Object.values(value).every(isDefinition)
  },
  computed: {
    expected: 'an object of what count, sum, avg, min, max and expression give',
    accepts: value => typeof value === 'object' && value !== null && Object.values(value).every(isComputedValue)
  },
  codecs: codecCheck,
  maxRelated: check.integer(1),
  maxRelatedTotal: check.integer(1),
  bodyLimit: check.integer(1),
  requireIfMatch: check.boolean,
  weakIfMatch: check.boolean,
  idempotency: {
    expected: 'true, false or an object of options',
    accepts: value => typeof value === 'boolean' || (typeof value === 'object' && value !== null)
  },
  cacheControl: {
    expected: 'the value of a header, or false',
    accepts: value => value === false || (typeof value === 'string' && /^[\x20-\x7e]+$/.test(value))
  },
  canSeeDeleted: check.function,
  decimals: check.oneOf('exact', 'round'),
  returnDataOnCreate: check.boolean,
  returnDataOnUpdate: check.boolean,
  ...ruleChecks,
  singular: check.string,
  plural: check.string
}

function isAction (value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || isRowAction(value)
}
