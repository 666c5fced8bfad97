import type { FieldMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import { check, type OptionTable } from '../../options.js'
import type { Dialect } from '../../sql/port/dialect.js'
import { dialectOf } from '../../sql/dialects.js'
import type { OrderTerm } from '../../sql/port/ordering.js'
import type { ComputedColumn } from '../../items/shape/computed-column.js'
import { CursorSeal } from './cursor.js'
import { filterField, isOrderable, isTextual, pathOf, type FilterField } from './fields.js'
import { listLimits } from './limits.js'
import { orderOfNames } from './order-names.js'
import { fieldChoice, type ComputedOrdering, type ExpressionType, type OrderChoice } from './orderings.js'

/** What the list of a resource offers. */
export interface ListOptions {
  /** Rows on a page of the list. Default: 20. */
  readonly pageSize?: number
  /** Rows that `page_size` may ask for; a larger number is taken for this one. Default: 100. */
  readonly maxPageSize?: number
  /**
   * Fields to filter by, also of related rows: `code`, `customer.code`; `*` stands for every field that is shown.
   * Default: `['*']`.
   */
  readonly filters?: readonly string[]
  /** Text fields that `search` looks in, also of related rows. Default: none, and no `search`. */
  readonly search?: readonly string[]
  /**
   * Fields to order by, also of rows that a to-one relation leads to. Default: every field that is shown and has an
   * order.
   */
  readonly ordering?: readonly string[]
  /**
   * Values to order by that no column holds, `{ commentCount: count('comments') }`, and orders of several names under
   * one,
   * `{ newest: ['-createdAt', 'title'] }`, all of which a minus turns around. Default: none.
   */
  readonly orderings?: Readonly<Record<string, ComputedOrdering | readonly string[]>>
  /** Order of a list that asks for none, `['-createdAt']`. Default: by the primary key. */
  readonly defaultOrdering?: readonly string[]
  /** Ignore parameters, filters and orderings that do not exist instead of answering 400. Default: false. */
  readonly lenientQuery?: boolean
  /** Rows that `paginated=false` may give at once. Default: `paginated=false` is refused. */
  readonly unpaginated?: number
  /** Rows that `offset` and `page` may leave out; `cursor` goes on without end. Default: 1,000,000. */
  readonly maxOffset?: number
  /** Ids that `ids` may name. Default: 1000. */
  readonly maxIds?: number
  /** Number the rows of a list from 1 in `index`: those of the page, or of all pages. Default: neither. */
  readonly appendIndexes?: 'page' | 'absolute'
  /**
   * What cursors are sealed with, for servers that share their clients or outlive a restart. Default: random, made once
   * a process.
   */
  readonly cursorSecret?: string
}

/** The checks of these options that need no metadata. */
export const listOptionTable: OptionTable<ListOptions> = {
  pageSize: check.integer(1),
  maxPageSize: check.integer(1),
  filters: check.names,
  search: check.names,
  ordering: check.names,
  orderings: {
    expected: 'an object of what count, sum, avg, min, max and expression give, or of lists of names',
    accepts: value =>
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every(one => isComputed(one) || check.names.accepts(one))
  },
  defaultOrdering: check.names,
  lenientQuery: check.boolean,
  unpaginated: check.integer(1),
  maxOffset: check.integer(0, 2 ** 31 - 1),
  maxIds: check.integer(1),
  appendIndexes: check.oneOf('page', 'absolute'),
  cursorSecret: {
    expected: 'a string of at least 16 characters',
    accepts: value => typeof value === 'string' && value.length >= 16
  }
}

function isComputed (value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  if (value.kind === 'aggregate') return true
  return value.kind === 'expression' && (!('type' in value) || expressionTypes.some(type => type === value.type))
}

const expressionTypes: readonly ExpressionType[] = [
  'String',
  'Int',
  'BigInt',
  'Float',
  'Decimal',
  'Boolean',
  'DateTime'
]

/** The same checked and completed. */
export interface ResourceList {
  readonly dialect: Dialect
  readonly filters: ReadonlyMap<string, FilterField>
  readonly search: readonly FilterField[]
  /** What `ordering` may name, each with what it orders by when it has no minus. */
  readonly orderings: ReadonlyMap<string, readonly OrderTerm[]>
  readonly defaultOrdering: readonly OrderTerm[]
  readonly pageSize: number
  readonly maxPageSize: number
  /** Null: only in pages. */
  readonly unpaginated: number | null
  readonly maxOffset: number
  readonly maxIds: number
  readonly isLenient: boolean
  readonly appendIndexes: 'page' | 'absolute' | null
  readonly seal: CursorSeal
}

/** True for several names under one. */
function isList (ordering: ComputedOrdering | readonly string[]): ordering is readonly string[] {
  return Array.isArray(ordering)
}

/** Names that group filters in a body. */
export const groups: readonly string[] = ['and', 'or', 'not']

/** What the rows of a list can be asked for by. */
export interface ListColumns {
  /** Fields of an answer. */
  readonly shown: readonly FieldMeta[]
  readonly shownComputed: readonly ComputedColumn[]
  /** Every value that rows can have beside their columns, by its name. */
  readonly computed: ReadonlyMap<string, ComputedColumn>
}

/** Checks the options against the metadata. */
export function resolveList (
  options: ListOptions,
  model: Model,
  { shown, shownComputed, computed }: ListColumns,
  registry: Registry
): ResourceList {
  const refuse = (problem: string): never => {
    throw new TypeError(`resource ${model.name}: ${problem}`)
  }
  const { maxPageSize = 100, pageSize = Math.min(20, maxPageSize), orderings = {} } = options
  if (pageSize > maxPageSize) {
    refuse(`option "pageSize" is ${pageSize}, which is more than "maxPageSize", ${maxPageSize}`)
  }
  if (options.appendIndexes !== undefined && [...shown, ...shownComputed].some(({ name }) => name === 'index')) {
    refuse('option "appendIndexes" adds "index" to rows, which show a field of that name')
  }
  const taken = Object.keys(orderings).find(name => model.field(name) !== undefined || /[.,\s-]/.test(name))
  if (taken !== undefined) {
    refuse(
      `option "orderings" names "${taken}", which is ${model.field(taken) === undefined ? 'no word that a request could order by' : 'a field'}`
    )
  }
  const choiceOf = (name: string, option: string): OrderChoice => {
    const column = computed.get(name)
    if (column === undefined) return fieldChoice(registry, model, name, option)
    if (column.value === null) return refuse(`option "${option}" names "${name}", which the database cannot order by`)
    return { name, value: column.value, nullable: column.field?.required !== true }
  }
  const termOf = (text: string, option: string): OrderTerm => {
    const name = text.replace(/^-/, '')
    return { ...choiceOf(name, option), descending: text !== name }
  }
  const compounds = new Map(
    Object.entries(orderings).flatMap(([name, paths]) =>
      isList(paths) ? [[name, compoundOf(name, paths)] as const] : []
    )
  )
  function compoundOf (name: string, paths: readonly string[]): readonly OrderTerm[] {
    const option = `orderings.${name}`
    if (paths.length === 0 || paths.length > listLimits.ordering) {
      refuse(`option "${option}" has ${paths.length} names: write 1 to ${listLimits.ordering}`)
    }
    const terms = paths.map(path => termOf(path, option))
    const twice = terms.find((term, i) => terms.findIndex(other => other.name === term.name) !== i)
    if (twice !== undefined) refuse(`option "${option}" names "${twice.name}" twice`)
    return terms
  }
  const named =
    options.ordering ??
    [...shown.filter(isOrderable), ...shownComputed.filter(({ value }) => value !== null)].map(({ name }) => name)
  const termsOf = (name: string, option: string): readonly OrderTerm[] => compounds.get(name) ?? [termOf(name, option)]
  const orderable = [...new Set([...named, ...Object.keys(orderings)])]
  return {
    dialect: dialectOf(registry.metadata.provider),
    filters: filtersOf(options, model, { shown, shownComputed, computed }, registry),
    search: [...new Set(options.search)].map(name => {
      const path = pathOf(registry, model, name, 'search')
      if (path.field.list || !isTextual(path.field)) refuse(`option "search" names "${name}", which is no text`)
      return filterField(path)!
    }),
    orderings: new Map(orderable.map(name => [name, termsOf(name, 'ordering')])),
    defaultOrdering: orderOfNames(options.defaultOrdering ?? [], name => termsOf(name, 'defaultOrdering')),
    pageSize,
    maxPageSize,
    unpaginated: options.unpaginated ?? null,
    maxOffset: options.maxOffset ?? 1_000_000,
    maxIds: options.maxIds ?? 1000,
    isLenient: options.lenientQuery ?? false,
    appendIndexes: options.appendIndexes ?? null,
    seal: new CursorSeal(options.cursorSecret)
  }
}

function filtersOf (
  { filters = ['*'] }: ListOptions,
  model: Model,
  { shown, shownComputed, computed }: ListColumns,
  registry: Registry
): ResourceList['filters'] {
  const names = filters.flatMap(name => (name === '*' ? [...shown, ...shownComputed].map(one => one.name) : name))
  const found = [...new Set(names)].map(name => {
    const column = computed.get(name)
    const field =
      column === undefined ? filterField(pathOf(registry, model, name, 'filters')) : computedFilter(model, column)
    if (field === null && filters.includes(name)) {
      throw new TypeError(`resource ${model.name}: option "filters" names "${name}", whose values cannot be compared`)
    }
    return field
  })
  return new Map(
    found.filter(field => field !== null && !groups.includes(field.name)).map(field => [field!.name, field!])
  )
}

/** A computed value to filter by; null where the database does not know it, or nobody its type. */
function computedFilter (model: Model, { name, field, value }: ComputedColumn): FilterField | null {
  if (field === null || value === null) return null
  const filter = filterField({ name, links: [], model, field })
  return filter === null ? null : { ...filter, of: value }
}
