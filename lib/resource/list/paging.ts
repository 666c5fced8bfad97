import { CommonsError } from '../../errors.js'
import { targetOf } from '../../http/target.js'
import type { ResourceList } from './resource-list.js'
import type { Place } from './place.js'

/** Which part of the list is wanted. */
export type Paging =
  /** `page` counts from 1. */
  | { readonly style: 'page'; readonly page: number; readonly pageSize: number }
  | { readonly style: 'offset'; readonly offset: number; readonly limit: number }
  /** `cursor` is empty for the start. */
  | { readonly style: 'cursor'; readonly cursor: string; readonly pageSize: number }
  /** All rows at once, if they are no more than `limit`. */
  | { readonly style: 'all'; readonly limit: number }

export const pagingParameters: readonly string[] = ['page', 'page_size', 'limit', 'offset', 'cursor', 'paginated']

/** Gives the text of a parameter, if it is there. */
export type TextOf = (parameter: string) => string | undefined

/** Pages beyond would start at rows that no database counts to. */
const lastPage = 2 ** 31 - 1

/** Reads which part of a list is wanted; the ways to say so exclude each other. */
export function readPaging (list: ResourceList, text: TextOf, place: (parameter: string) => Place): Paging {
  const isGiven = (name: string): boolean => text(name) !== undefined
  const [first, second] = ['page', 'limit', 'cursor', 'paginated'].flatMap(name => {
    if (name === 'limit') return ['limit', 'offset'].filter(isGiven).slice(0, 1)
    if (name === 'paginated') return readPaginated(text, place) ? [] : [name]
    return isGiven(name) ? [name] : []
  })
  if (second !== undefined) throw place(second).invalid(`does not go with ${first!}`)
  if (isGiven('page_size') && ['limit', 'offset', 'paginated'].includes(first!)) {
    throw place('page_size').invalid(`does not go with ${first!}`)
  }
  const positive = (name: string, max: number): number | undefined => readInteger(text(name), 1, max, place(name))
  const size = (name: string): number => Math.min(positive(name, Infinity) ?? list.pageSize, list.maxPageSize)
  switch (first) {
    case 'limit':
    case 'offset':
      return {
        style: 'offset',
        offset: readInteger(text('offset'), 0, list.maxOffset, place('offset')) ?? 0,
        limit: size('limit')
      }
    case 'cursor':
      return { style: 'cursor', cursor: text('cursor')!, pageSize: size('page_size') }
    case 'paginated': {
      if (list.unpaginated === null) throw place('paginated').invalid('may not be false here')
      return { style: 'all', limit: list.unpaginated }
    }
    default:
      return withinReach(list, { style: 'page', page: positive('page', lastPage) ?? 1, pageSize: size('page_size') })
  }
}

function readPaginated (text: TextOf, place: (parameter: string) => Place): boolean {
  const value = text('paginated') ?? 'true'
  if (value === 'true' || value === 'false') return value === 'true'
  throw place('paginated').invalid('must be true or false')
}

function withinReach ({ maxOffset }: ResourceList, paging: Extract<Paging, { style: 'page' }>): Paging {
  if ((paging.page - 1) * paging.pageSize <= maxOffset) return paging
  throw noPage(paging.page, `: pages end at row ${maxOffset}, a cursor goes on`)
}

export function noPage (page: number, reason = ''): CommonsError {
  return new CommonsError('not_found', { message: `There is no page ${page}${reason}` })
}

function readInteger (text: string | undefined, min: number, max: number, place: Place): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (value >= min && value <= max) return value
  throw place.invalid(max === Infinity ? 'must be a positive integer' : `must be an integer from ${min} to ${max}`)
}

/**
 * Where the parts before and after are; null where there is none. `url` is that of the request, its other parameters
 * stay.
 */
export function pageLinks (
  url: string,
  paging: Extract<Paging, { style: 'page' | 'offset' }>,
  count: number
): { readonly next: string | null; readonly previous: string | null } {
  if (paging.style === 'page') {
    const { page, pageSize } = paging
    const link = (to: number): string => linkTo(url, { page: to, page_size: pageSize })
    return { next: page * pageSize < count ? link(page + 1) : null, previous: page > 1 ? link(page - 1) : null }
  }
  const { offset, limit } = paging
  const link = (to: number): string => linkTo(url, { limit, offset: to })
  return {
    next: offset + limit < count ? link(offset + limit) : null,
    previous: offset > 0 ? link(Math.max(offset - limit, 0)) : null
  }
}

/** The path and query of a request with other parameters of paging; whatever host a client names is left out. */
export function linkTo (url: string, parameters: Readonly<Record<string, string | number>>): string {
  const { path, query } = targetOf(url)
  const changed = new URLSearchParams(query)
  for (const [name, value] of Object.entries(parameters)) changed.set(name, String(value))
  return `${path}?${changed.toString()}`
}
