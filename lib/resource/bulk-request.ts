import { legalUniques } from '../bulk/selector.js'
import { CommonsError } from '../errors.js'
import { checkParameters, readBoolean, readList, type Query } from '../http/query.js'
import type { UniqueMeta } from '../model/meta.js'
import { didYouMean } from '../suggest.js'
import type { BulkAction } from './actions.js'
import type { UpsertRequest } from './bulk-actions.js'
import type { Resource } from './resource.js'

/** A write to a collection, as the request asks for it. */
export interface BulkRequest {
  readonly action: BulkAction
  readonly items: readonly unknown[]
  /** The body was one object: the answer is one row. */
  readonly isSingle: boolean
  /** Only with `bulkUpsert`. */
  readonly upsert: UpsertRequest | null
  /** `include_results=false`, which asks for what `Prefer: return=minimal` asks for. */
  readonly withoutRows: boolean
}

export const writeParameters = ['unique_fields', 'update_fields', 'include_results'] as const
export const deleteParameters = ['ids'] as const

/** Reads a POST, PUT or PATCH on a collection. */
export function readWrite (resource: Resource, method: 'POST' | 'PUT' | 'PATCH', query: Query, body: unknown): BulkRequest {
  checkParameters(query, writeParameters)
  const isSingle = !Array.isArray(body)
  if (isSingle && (typeof body !== 'object' || body === null)) {
    throw new CommonsError('invalid_type', { params: { expected: 'an object or a list of objects as the body' } })
  }
  const items = isSingle ? [body] : body as readonly unknown[]
  const on = readUnique(resource, query) ?? (method === 'POST' ? null : defaultUnique(resource, items))
  const withoutRows = readBoolean(query, 'include_results') === false
  const update = readUpdateFields(resource, query)
  if (on !== null) return { action: 'bulkUpsert', items, isSingle, upsert: { on, update, replace: method === 'PUT' }, withoutRows }
  if (update !== undefined) throw new CommonsError('invalid_parameter', { params: { parameter: 'update_fields', problem: 'goes with unique_fields' } })
  if (method === 'POST') return { action: isSingle ? 'create' : 'bulkCreate', items, isSingle, upsert: null, withoutRows }
  if (isSingle) {
    throw new CommonsError('validation_failed', { message: `${method} on a collection takes a list of objects with their ids, or unique_fields in the query` })
  }
  return { action: method === 'PUT' ? 'bulkReplace' : 'bulkUpdate', items, isSingle, upsert: null, withoutRows }
}

/** Reads the ids of a DELETE on a collection: from the query, or from the body as a list or under `ids`. */
export function readDelete (query: Query, body: unknown): readonly unknown[] {
  checkParameters(query, deleteParameters)
  const listed = readList(query, 'ids')
  const given = typeof body === 'object' && body !== null && !Array.isArray(body) && 'ids' in body ? body.ids : body
  if (listed !== undefined && given !== undefined && given !== null) {
    throw new CommonsError('invalid_parameter', { params: { parameter: 'ids', problem: 'and a body exclude each other' } })
  }
  const ids = listed ?? given
  if (!Array.isArray(ids)) throw new CommonsError('invalid_type', { params: { expected: 'a list of ids as the body, under "ids", or in the query' } })
  return ids
}

function readUnique (resource: Resource, query: Query): UniqueMeta | null {
  const names = readList(query, 'unique_fields')
  if (names === undefined) return null
  const fields = names.map(name => resource.relations.get(name)?.key.name ?? name)
  const unique = resource.uniques.find(one => one.fields.length === new Set(fields).size && one.fields.every(field => fields.includes(field)))
  if (unique !== undefined) return unique
  throw new CommonsError('invalid_unique_fields', {
    params: { fields: names.join(', '), model: resource.model.name, legal: legalUniques(resource.uniques).join('; ') }
  })
}

/** The resource's own unique set serves items that carry no id. */
function defaultUnique ({ uniqueFields, model }: Resource, items: readonly unknown[]): UniqueMeta | null {
  if (uniqueFields === null) return null
  const hasId = (item: unknown): boolean => typeof item === 'object' && item !== null && model.primaryKey.fields.every(field => field in item)
  return items.some(hasId) ? null : uniqueFields
}

function readUpdateFields (resource: Resource, query: Query): readonly string[] | undefined {
  const names = readList(query, 'update_fields')
  return names?.map(name => {
    const field = resource.relations.get(name)?.key.name ?? name
    if (resource.writable.has(field)) return field
    throw new CommonsError('invalid_parameter', {
      params: { parameter: 'update_fields', problem: `names no writable field "${name}". ${didYouMean(name, resource.writable.keys())}` }
    })
  })
}
