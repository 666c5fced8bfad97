import { checkLinks } from '../../items/shape/link-scopes.js'
import type { ComputedColumn } from '../../items/shape/computed-column.js'
import type { Model } from '../../model/registry.js'
import type { Dialect } from '../../sql/port/dialect.js'
import type { OrderTerm } from '../../sql/port/ordering.js'
import { fieldChoice } from '../definition/computed-values.js'
import { filterField, isOrderable, isTextual, pathOf, type FilterField } from '../definition/field-path.js'
import { listLimits } from '../definition/list-limits.js'
import type { Resource } from '../definition/resource.js'
import { sectionReader } from '../definition/section.js'
import { CursorSeal } from './cursor.js'
import type { ListOptions } from './list-options.js'
import { orderOfNames } from './order-names.js'

/** Names that group filters in a body. */
export const filterGroups: readonly string[] = ['and', 'or', 'not']

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

/** The section `list` of a resource. */
export const listOf: (resource: Resource) => ResourceList = sectionReader('list', resolveList)

function resolveList (resource: Resource, options: ListOptions): ResourceList {
  const { model, shown, computed } = resource
  const { maxPageSize = 100, pageSize = Math.min(20, maxPageSize) } = options
  if (pageSize > maxPageSize) {
    throw refused(model, `"list.pageSize" is ${pageSize}, which is more than "list.maxPageSize", ${maxPageSize}`)
  }
  if (options.appendIndexes !== undefined && [...shown, ...computed].some(({ name }) => name === 'index')) {
    throw refused(model, '"list.appendIndexes" adds "index" to rows, which show a field of that name')
  }
  const compounds = compoundOrders(resource, options.orderings ?? {})
  const termsOf = (name: string, option: string): readonly OrderTerm[] =>
    compounds.get(name) ?? [termOf(resource, name, option)]
  const orderable = new Set([...orderableNames(resource, options), ...compounds.keys()])
  const list = {
    dialect: resource.dialect,
    filters: filtersOf(resource, options),
    search: searchOf(resource, options),
    orderings: new Map([...orderable].map(name => [name, termsOf(name, 'list.ordering')])),
    defaultOrdering: orderOfNames(options.defaultOrdering ?? [], name => termsOf(name, 'list.defaultOrdering')),
    pageSize,
    maxPageSize,
    unpaginated: options.unpaginated ?? null,
    maxOffset: options.maxOffset ?? 1_000_000,
    maxIds: options.maxIds ?? 1000,
    isLenient: options.lenientQuery ?? false,
    appendIndexes: options.appendIndexes ?? null,
    seal: new CursorSeal(options.cursorSecret)
  }
  checkPaths(resource, list)
  checkWriteOnly(resource, list)
  return list
}

function refused (model: Model, problem: string): TypeError {
  return new TypeError(`resource ${model.name}: option ${problem}`)
}

/** What a name orders by; a minus in front reverses it. */
function termOf ({ registry, model, computedColumns }: Resource, text: string, option: string): OrderTerm {
  const name = text.replace(/^-/, '')
  const descending = text !== name
  const column = computedColumns.get(name)
  if (column === undefined) return { ...fieldChoice(registry, model, name, option), descending }
  if (column.value === null) throw refused(model, `"${option}" names "${name}", which the database cannot order by`)
  return { name, value: column.value, nullable: column.field?.required !== true, descending }
}

/** Orders of several names under one. */
function compoundOrders (
  resource: Resource,
  orderings: Readonly<Record<string, readonly string[]>>
): ReadonlyMap<string, readonly OrderTerm[]> {
  const { model, computedColumns } = resource
  return new Map(
    Object.entries(orderings).map(([name, paths]) => {
      const option = `list.orderings.${name}`
      if (model.field(name) !== undefined || computedColumns.has(name)) {
        throw refused(model, `"list.orderings" names "${name}", which is a field`)
      }
      if (/[.,\s-]/.test(name)) {
        throw refused(model, `"list.orderings" names "${name}", which is no word that a request could name`)
      }
      if (paths.length === 0 || paths.length > listLimits.ordering) {
        throw refused(model, `"${option}" has ${paths.length} names: write 1 to ${listLimits.ordering}`)
      }
      const terms = paths.map(path => termOf(resource, path, option))
      const twice = terms.find((term, i) => terms.findIndex(other => other.name === term.name) !== i)
      if (twice !== undefined) throw refused(model, `"${option}" names "${twice.name}" twice`)
      return [name, terms] as const
    })
  )
}

function orderableNames ({ shown, computed, declaredValues }: Resource, { ordering }: ListOptions): readonly string[] {
  if (ordering !== undefined) return [...ordering, ...declaredValues]
  const fields = shown.filter(isOrderable)
  const values = computed.filter(({ value }) => value !== null)
  return [...fields, ...values].map(({ name }) => name).concat(declaredValues)
}

function searchOf ({ registry, model }: Resource, { search = [] }: ListOptions): readonly FilterField[] {
  return [...new Set(search)].map(name => {
    const path = pathOf(registry, model, name, 'list.search')
    if (path.field.list || !isTextual(path.field)) {
      throw refused(model, `"list.search" names "${name}", which is not a text field`)
    }
    return filterField(path)!
  })
}

function filtersOf (resource: Resource, { filters = ['*'] }: ListOptions): ResourceList['filters'] {
  const { registry, model, shown, computed, computedColumns } = resource
  const names = filters.flatMap(name => (name === '*' ? [...shown, ...computed].map(one => one.name) : name))
  const found = new Map<string, FilterField>()
  for (const name of new Set(names)) {
    const column = computedColumns.get(name)
    const isField = column === undefined
    const field = isField ? filterField(pathOf(registry, model, name, 'list.filters')) : computedFilter(model, column)
    if (field === null && filters.includes(name)) {
      throw refused(model, `"list.filters" names "${name}", whose values cannot be compared`)
    }
    if (field !== null && !filterGroups.includes(field.name)) found.set(field.name, field)
  }
  return found
}

/** A computed value to filter by; null where the database does not know it, or its type is not known. */
function computedFilter (model: Model, { name, field, value }: ComputedColumn): FilterField | null {
  if (field === null || value === null) return null
  const filter = filterField({ name, links: [], model, field })
  return filter === null ? null : { ...filter, of: value }
}

/** Refuses fields that are not shown: answers would tell their values, by and by. */
function checkWriteOnly (
  { model, writeOnly }: Resource,
  list: Pick<ResourceList, 'filters' | 'search' | 'orderings' | 'defaultOrdering'>
): void {
  const hidden = new Set([...writeOnly].map(name => model.ownField(name)))
  const ordered = [...list.orderings.values(), list.defaultOrdering].flat()
  const uses = [
    ...[...list.filters.values()].map(({ field }) => ['list.filters', field] as const),
    ...list.search.map(({ field }) => ['list.search', field] as const),
    ...ordered.map(({ value }) => ['list.ordering', value.kind === 'field' ? value.field : null] as const)
  ]
  for (const [option, field] of uses) {
    if (field === null || !hidden.has(field)) continue
    throw refused(model, `"${option}" names "${field.name}", which is write-only`)
  }
}

/** Refuses paths over relations that the scope cannot be laid over. */
function checkPaths (
  { start }: Resource,
  list: Pick<ResourceList, 'filters' | 'search' | 'orderings' | 'defaultOrdering'>
): void {
  for (const { links } of [...list.filters.values(), ...list.search]) checkLinks(start, links)
  for (const { value } of [...list.orderings.values(), list.defaultOrdering].flat()) {
    if (value.kind !== 'expression') checkLinks(start, value.links)
  }
}
