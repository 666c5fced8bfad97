import { listOf } from './resource-list.js'
import { isRow } from '../../store/core/columns.js'
import { CommonsError } from '../../errors.js'
import { checkParameters, readList, readText, type Query } from '../../http/query.js'
import type { DeletedRows } from '../../model/meta.js'
import { allOf, type Filter } from '../../sql/port/filter.js'
import { completeOrder, type OrderTerm } from '../../sql/port/ordering.js'
import { didYouMean } from '../../suggest.js'
import type { ResourceAction } from '../definition/actions.js'
import type { RowKey } from '../../items/shape/ids.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { Resource } from '../definition/resource.js'
import { readBodyFilters } from './filter-body.js'
import { readFilters } from './filter-query.js'
import { readIds, splitIds } from './multi-get.js'
import { readOrdering } from './order-request.js'
import { pagingParameters, readPaging, type Paging } from './paging.js'
import { bodyPlace, parameterPlace, type Place } from './place.js'
import { searchFilter } from './search.js'

/** What a request of a list asks for: some rows in an order, or the rows of some ids. */
export type ListRequest = RowsRequest | IdsRequest

export interface RowsRequest extends RowsChoice {
  readonly paging: Paging
}

/** Rows in an order, all of them or a part. */
export interface RowsChoice {
  readonly kind: 'rows'
  readonly deleted: DeletedRows
  readonly filter: Filter | null
  /** No two rows are alike in it. */
  readonly order: readonly OrderTerm[]
}

export interface IdsRequest {
  readonly kind: 'ids'
  readonly deleted: DeletedRows
  /** No two of them are alike. */
  readonly ids: readonly RowKey[]
}

/** Reads the query of a list. */
export function readListRequest (resource: Resource, query: Query): ListRequest {
  const choice = readQueryChoice(resource, query, pagingParameters)
  return choice.kind === 'ids'
    ? choice
    : { ...choice, paging: readPaging(listOf(resource), name => readText(query, name), parameterPlace) }
}

/**
 * Reads which rows a query is about.
 *
 * @param others parameters that say something else
 * @param fitting those of them that go with ids
 */
export function readQueryChoice (
  resource: Resource,
  query: Query,
  others: readonly string[],
  fitting: readonly string[] = []
): RowsChoice | IdsRequest {
  const list = listOf(resource)
  const deleted = (): DeletedRows => readDeleted(resource, readText(query, 'deleted'), parameterPlace('deleted'))
  if (query['ids'] !== undefined) {
    refuseBeside(Object.keys(query), parameterPlace, fitting)
    return {
      kind: 'ids',
      deleted: deleted(),
      ids: readIds(resource, splitIds(readText(query, 'ids')!), parameterPlace('ids'), null)
    }
  }
  const filter = readFilters(list, query, [...others, ...choiceParameters(resource)])
  const words = readText(query, 'search')
  return {
    kind: 'rows',
    deleted: deleted(),
    filter: allOf([filter, words === undefined ? null : searchFilter(list, words, parameterPlace('search'))]),
    order: orderOf(resource, readList(query, 'ordering') ?? [], parameterPlace('ordering'))
  }
}

/**
 * Reads the body of a list that is asked for by POST. The query may say which part is wanted, and then has the last
 * word: so `next` of an answer is where the same body goes.
 */
export function readQueryRequest (resource: Resource, query: Query, body: unknown): ListRequest {
  checkParameters(query, pagingParameters)
  const choice = readBodyChoice(resource, body, pagingParameters)
  if (choice.kind === 'ids') {
    refuseBeside(Object.keys(query), parameterPlace)
    return choice
  }
  const isInQuery = Object.keys(query).length > 0
  const text = (name: string): string | undefined =>
    textOf((body as Readonly<Record<string, unknown>>)[name], bodyPlace([name]))
  return {
    ...choice,
    paging: isInQuery
      ? readPaging(listOf(resource), name => readText(query, name), parameterPlace)
      : readPaging(listOf(resource), text, name => bodyPlace([name]))
  }
}

/**
 * Reads which rows a body is about.
 *
 * @param others members that say something else
 * @param fitting those of them that go with ids
 */
export function readBodyChoice (
  resource: Resource,
  body: unknown,
  others: readonly string[],
  fitting: readonly string[] = []
): RowsChoice | IdsRequest {
  const list = listOf(resource)
  if (!isRow(body)) throw bodyPlace([]).invalid('must be an object')
  const known = ['filters', ...others, ...choiceParameters(resource)]
  const at = (name: string): Place => bodyPlace([name])
  const unknown = Object.keys(body).find(name => !known.includes(name))
  if (unknown !== undefined && !list.isLenient) throw at(unknown).unknown(didYouMean(unknown, known))
  const text = (name: string): string | undefined => textOf(body[name], at(name))
  const deleted = readDeleted(resource, text('deleted'), at('deleted'))
  if (body['ids'] !== undefined) {
    refuseBeside(Object.keys(body), at, fitting)
    if (!Array.isArray(body['ids'])) throw at('ids').invalid('must be a list of ids')
    return { kind: 'ids', deleted, ids: readIds(resource, body['ids'], at('ids'), ['ids']) }
  }
  const words = list.search.length === 0 ? undefined : text('search')
  return {
    kind: 'rows',
    deleted,
    filter: allOf([
      body['filters'] === undefined ? null : readBodyFilters(list, body['filters']),
      words === undefined ? null : searchFilter(list, words, at('search'))
    ]),
    order: orderOf(resource, namesOf(body['ordering'], at('ordering')), at('ordering'))
  }
}

/** Reads the query of a request for rows by their ids. */
export function readIdsQuery (resource: Resource, query: Query): IdsRequest {
  checkParameters(query, ['ids', ...deletedParameters(resource)])
  const ids = readText(query, 'ids')
  const place = parameterPlace('ids')
  if (ids === undefined) throw place.invalid('is missing')
  return {
    kind: 'ids',
    deleted: readDeleted(resource, readText(query, 'deleted'), parameterPlace('deleted')),
    ids: readIds(resource, splitIds(ids), place, null)
  }
}

/** Reads a request for rows by the ids in its body: a list of them, or an object with `ids`. */
export function readIdsBody (resource: Resource, query: Query, body: unknown): IdsRequest {
  checkParameters(query, [])
  const members = Array.isArray(body) ? { ids: body as unknown } : body
  if (!isRow(members)) throw bodyPlace([]).invalid('must be a list of ids or an object')
  const known = ['ids', ...deletedParameters(resource)]
  const unknown = Object.keys(members).find(name => !known.includes(name))
  if (unknown !== undefined) throw bodyPlace([unknown]).unknown(didYouMean(unknown, known))
  const place = bodyPlace(Array.isArray(body) ? [] : ['ids'])
  if (!Array.isArray(members['ids'])) throw place.invalid('must be a list of ids')
  const deletedPlace = bodyPlace(['deleted'])
  return {
    kind: 'ids',
    deleted: readDeleted(resource, textOf(members['deleted'], deletedPlace), deletedPlace),
    ids: readIds(resource, members['ids'], place, Array.isArray(body) ? [] : ['ids'])
  }
}

/** Reads the query of a request for one row. */
export function readRetrieve (resource: Resource, query: Query): DeletedRows {
  checkParameters(query, deletedParameters(resource))
  return readDeleted(resource, readText(query, 'deleted'), parameterPlace('deleted'))
}

/** @throws CommonsError `forbidden` when the request may not see the rows it asks for */
export async function checkVisible (resource: Resource, request: ResourceRequest, deleted: DeletedRows): Promise<void> {
  if (deleted !== 'exclude' && !(await resource.canSeeDeleted(request))) throw new CommonsError('forbidden')
}

/**
 * True for a dry restore by somebody who may not see deleted rows: the row stays deleted, so that its answer has counts
 * alone.
 */
export async function hidesRestored (
  resource: Resource,
  action: ResourceAction,
  request: ResourceRequest,
  { dryRun }: { readonly dryRun: boolean }
): Promise<boolean> {
  return action === 'restore' && dryRun && !(await resource.canSeeDeleted(request))
}

/** Parameters that say which rows are meant, filters left out. */
function choiceParameters (resource: Resource): readonly string[] {
  return [
    'ordering',
    'ids',
    ...(listOf(resource).search.length === 0 ? [] : ['search']),
    ...deletedParameters(resource)
  ]
}

/** On models without soft delete there is nothing to choose. */
function deletedParameters ({ isSoftDelete }: Resource): readonly string[] {
  return isSoftDelete ? ['deleted'] : []
}

/** Ids say which rows are wanted: all of them, in their order. */
function refuseBeside (
  names: readonly string[],
  place: (name: string) => Place,
  fitting: readonly string[] = []
): void {
  const other = names.find(name => name !== 'ids' && name !== 'deleted' && !fitting.includes(name))
  if (other !== undefined) throw place(other).invalid('does not go with ids')
}

function orderOf (resource: Resource, names: readonly string[], place: Place): readonly OrderTerm[] {
  const list = listOf(resource)
  return completeOrder(resource.model, names.length === 0 ? list.defaultOrdering : readOrdering(list, names, place))
}

/** A list of names, or one text of them with commas. */
function namesOf (value: unknown, place: Place): readonly string[] {
  if (value === undefined) return []
  const names: unknown = typeof value === 'string' ? value.split(',').map(name => name.trim()) : value
  if (Array.isArray(names) && names.every(name => typeof name === 'string' && name !== '')) return names
  throw place.invalid('must be a list of names')
}

/** What a body says as a query would. */
function textOf (value: unknown, place: Place): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw place.invalid('must be a string, a number, true or false')
}

const choices: readonly DeletedRows[] = ['exclude', 'include', 'only']

function readDeleted ({ isSoftDelete }: Resource, text: string | undefined, place: Place): DeletedRows {
  if (text === undefined || !isSoftDelete) return 'exclude'
  const choice = choices.find(one => one === text)
  if (choice === undefined) throw place.invalid(`must be one of ${choices.join(', ')}`)
  return choice
}
