import { CommonsError } from '../errors.js'
import { checkParameters, readText, type Query } from '../http/query.js'
import type { DeletedRows } from '../model/meta.js'
import type { ResourceRequest } from './request.js'
import type { Resource } from './resource.js'

/** The part of a list that a request asks for. */
export interface ListRequest {
  /** From 1. */
  readonly page: number
  readonly pageSize: number
  readonly deleted: DeletedRows
}

/** Pages beyond would start at rows that no database counts to. */
const lastPage = 2 ** 31 - 1

/** Reads the query of a list. */
export function readListRequest (resource: Resource, query: Query): ListRequest {
  checkParameters(query, ['page', 'page_size', ...deletedParameters(resource)])
  return {
    page: readPositive(query, 'page', lastPage) ?? 1,
    pageSize: Math.min(readPositive(query, 'page_size', Infinity) ?? resource.pageSize, resource.maxPageSize),
    deleted: readDeleted(query)
  }
}

/** Reads the query of a request for one row. */
export function readRetrieve (resource: Resource, query: Query): DeletedRows {
  checkParameters(query, deletedParameters(resource))
  return readDeleted(query)
}

/** @throws CommonsError `forbidden` when the request may not see the rows it asks for */
export async function checkVisible (resource: Resource, request: ResourceRequest, deleted: DeletedRows): Promise<void> {
  if (deleted !== 'exclude' && !(await resource.canSeeDeleted(request))) throw new CommonsError('forbidden')
}

/** Where the pages before and after are; null where there is none. `url` is that of the request, its other parameters stay. */
export function pageLinks (url: string, { page, pageSize }: ListRequest, count: number): { readonly next: string | null, readonly previous: string | null } {
  const [path, query] = url.split('?', 2)
  const link = (to: number): string => {
    const parameters = new URLSearchParams(query)
    parameters.set('page', String(to))
    parameters.set('page_size', String(pageSize))
    return `${path}?${parameters.toString()}`
  }
  return { next: page * pageSize < count ? link(page + 1) : null, previous: page > 1 ? link(page - 1) : null }
}

/** On models whose rows cannot be marked there is nothing to choose. */
function deletedParameters ({ isSoftDelete }: Resource): readonly string[] {
  return isSoftDelete ? ['deleted'] : []
}

const choices: readonly DeletedRows[] = ['exclude', 'include', 'only']

function readDeleted (query: Query): DeletedRows {
  const text = readText(query, 'deleted') ?? 'exclude'
  const choice = choices.find(one => one === text)
  if (choice === undefined) throw new CommonsError('invalid_parameter', { params: { parameter: 'deleted', problem: `must be one of ${choices.join(', ')}` } })
  return choice
}

function readPositive (query: Query, parameter: string, max: number): number | undefined {
  const text = readText(query, parameter)
  if (text === undefined) return undefined
  const value = /^\d+$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= max) return value
  throw new CommonsError('invalid_parameter', { params: { parameter, problem: max === Infinity ? 'must be a positive integer' : `must be an integer from 1 to ${max}` } })
}
