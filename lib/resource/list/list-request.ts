import { isRow } from '../../bulk/columns.js'
import { CommonsError } from '../../errors.js'
import { checkParameters, readList, readText, type Query } from '../../http/query.js'
import type { DeletedRows } from '../../model/meta.js'
import { allOf, type Filter } from '../../sql/filter.js'
import { completeOrder, type OrderTerm } from '../../sql/ordering.js'
import { didYouMean } from '../../suggest.js'
import type { RowKey } from '../ids.js'
import type { ResourceRequest } from '../request.js'
import type { Resource } from '../resource.js'
import { readBodyFilters } from './filter-body.js'
import { readFilters } from './filter-query.js'
import { readIds, splitIds } from './multi-get.js'
import { readOrdering } from './order-request.js'
import { pagingParameters, readPaging, type Paging } from './paging.js'
import { bodyPlace, parameterPlace, type Place } from './place.js'
import { searchFilter } from './search.js'

/** What a request of a list asks for: some rows in an order, or the rows of some ids. */
export type ListRequest = RowsRequest | IdsRequest

export interface RowsRequest {
  readonly kind: 'rows'
  readonly deleted: DeletedRows
  readonly filter: Filter | null
  /** No two rows are alike in it. */
  readonly order: readonly OrderTerm[]
  readonly paging: Paging
}

export interface IdsRequest {
  readonly kind: 'ids'
  readonly deleted: DeletedRows
  /** No two of them are alike. */
  readonly ids: readonly RowKey[]
}

/** Reads the query of a list. */
export function readListRequest (resource: Resource, query: Query): ListRequest {
  const { list } = resource
  if (query['ids'] !== undefined) {
    refuseBeside(Object.keys(query), parameterPlace)
    return { kind: 'ids', deleted: readDeleted(resource, readText(query, 'deleted'), parameterPlace('deleted')), ids: readIds(resource, splitIds(readText(query, 'ids')!), parameterPlace('ids')) }
  }
  const filter = readFilters(list, query, listParameters(resource))
  const words = readText(query, 'search')
  return {
    kind: 'rows',
    deleted: readDeleted(resource, readText(query, 'deleted'), parameterPlace('deleted')),
    filter: allOf([filter, words === undefined ? null : searchFilter(list, words, parameterPlace('search'))]),
    order: orderOf(resource, readList(query, 'ordering') ?? [], parameterPlace('ordering')),
    paging: readPaging(list, name => readText(query, name), parameterPlace)
  }
}

/**
 * Reads the body of a list that is asked for by POST. The query may say which part is wanted, and then has the last
 * word: so `next` of an answer is where the same body goes.
 */
export function readQueryRequest (resource: Resource, query: Query, body: unknown): ListRequest {
  const { list } = resource
  checkParameters(query, pagingParameters)
  if (!isRow(body)) throw bodyPlace([]).invalid('must be an object')
  const known = ['filters', ...listParameters(resource)]
  const at = (name: string): Place => bodyPlace([name])
  const unknown = Object.keys(body).find(name => !known.includes(name))
  if (unknown !== undefined && !list.isLenient) throw at(unknown).unknown(didYouMean(unknown, known))
  const text = (name: string): string | undefined => textOf(body[name], at(name))
  const deleted = readDeleted(resource, text('deleted'), at('deleted'))
  if (body['ids'] !== undefined) {
    refuseBeside(Object.keys(body), at)
    refuseBeside(Object.keys(query), parameterPlace)
    if (!Array.isArray(body['ids'])) throw at('ids').invalid('must be a list of ids')
    return { kind: 'ids', deleted, ids: readIds(resource, body['ids'], at('ids')) }
  }
  const words = list.search.length === 0 ? undefined : text('search')
  const isInQuery = Object.keys(query).length > 0
  return {
    kind: 'rows',
    deleted,
    filter: allOf([body['filters'] === undefined ? null : readBodyFilters(list, body['filters']), words === undefined ? null : searchFilter(list, words, at('search'))]),
    order: orderOf(resource, namesOf(body['ordering'], at('ordering')), at('ordering')),
    paging: isInQuery ? readPaging(list, name => readText(query, name), parameterPlace) : readPaging(list, text, at)
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

/** Parameters of a list that are no filters. */
function listParameters (resource: Resource): readonly string[] {
  return [...pagingParameters, 'ordering', 'ids', ...resource.list.search.length === 0 ? [] : ['search'], ...deletedParameters(resource)]
}

/** On models whose rows cannot be marked there is nothing to choose. */
function deletedParameters ({ isSoftDelete }: Resource): readonly string[] {
  return isSoftDelete ? ['deleted'] : []
}

/** Ids say which rows are wanted: all of them, in their order. */
function refuseBeside (names: readonly string[], place: (name: string) => Place): void {
  const other = names.find(name => name !== 'ids' && name !== 'deleted')
  if (other !== undefined) throw place(other).invalid('does not go with ids')
}

function orderOf ({ list, model }: Resource, names: readonly string[], place: Place): readonly OrderTerm[] {
  return completeOrder(model, names.length === 0 ? list.defaultOrdering : readOrdering(list, names, place))
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
