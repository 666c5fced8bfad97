import { CommonsError } from '../errors.js'
import { checkParameters, readList, type Query } from '../http/query.js'
import { operationStates, type Operation, type OperationState } from './operation.js'
import type { OperationQuery } from './operation-store.js'

/** Operations of a page, and failures of a page. */
const pageSize = 50
const maxPageSize = 500

const states: ReadonlySet<string> = new Set(operationStates)

/** Reads which operations a list shows: `?state=running,queued&kind=bulkUpsert&page_size=20&cursor=…`. */
export function readOperationList (query: Query, owner: string): OperationQuery {
  checkParameters(query, ['state', 'kind', 'page_size', 'cursor'])
  const given = readList(query, 'state')
  const unknown = given?.find(state => !states.has(state))
  if (unknown !== undefined) throw invalid('state', `must be of ${operationStates.join(', ')}`)
  const kinds = readList(query, 'kind')
  if (kinds?.every(kind => /^[\w-]{1,100}$/.test(kind)) === false) {
    throw invalid('kind', 'must be names of actions, e.g. bulkUpsert')
  }
  const cursor = query['cursor']
  return {
    owner,
    ...(given === undefined ? {} : { states: given as OperationState[] }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(cursor === undefined ? {} : { after: readCursor(cursor) }),
    limit: readPageSize(query)
  }
}

/** Reads which failures a page shows: those behind an index. */
export function readFailurePage (query: Query): { readonly after: number; readonly limit: number } {
  checkParameters(query, ['status', 'page_size', 'after'])
  const { status = 'failed', after = '-1' } = query
  if (status !== 'failed') throw invalid('status', 'must be failed: rows that were written are in their resource')
  if (typeof after !== 'string' || !/^-?\d{1,9}$/.test(after)) throw invalid('after', 'must be the index of an item')
  return { after: Number(after), limit: readPageSize(query) }
}

/** Names the place behind an operation in the list. */
export function cursorOf ({ createdAt, id }: Operation): string {
  return Buffer.from(`${createdAt.getTime()} ${id}`).toString('base64url')
}

function readCursor (cursor: unknown): { readonly createdAt: Date; readonly id: string } {
  const text = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString('latin1') : ''
  const match = /^(\d{1,15}) ([0-9a-f-]{36})$/.exec(text)
  if (match === null) throw invalid('cursor', 'must be the `next_cursor` of a page')
  return { createdAt: new Date(Number(match[1])), id: match[2]! }
}

function readPageSize ({ page_size: given }: Query): number {
  if (given === undefined) return pageSize
  const size = typeof given === 'string' && /^\d{1,4}$/.test(given) ? Number(given) : 0
  if (size < 1 || size > maxPageSize) throw invalid('page_size', `must be an integer from 1 to ${maxPageSize}`)
  return size
}

function invalid (parameter: string, problem: string): CommonsError {
  return new CommonsError('invalid_parameter', { params: { parameter, problem } })
}
