import { bulkOf } from '../write/bulk-options.js'
import { isRow } from '../../store/core/columns.js'
import { CommonsError, errorDetail } from '../../errors.js'
import { checkParameters, readBoolean, readList, type Query } from '../../http/query.js'
import type { UniqueMeta } from '../../model/meta.js'
import { didYouMean } from '../../suggest.js'
import { shortened } from '../../text/shorten.js'
import type { WriteAction, WriteMethod } from '../definition/actions.js'
import type { UpsertRequest } from '../actions/upsert-batch.js'
import { clientFields } from '../../items/shape/ids.js'
import type { ListPlace } from '../../items/shape/list-place.js'
import type { Resource } from '../definition/resource.js'
import { listModeParameters } from './write-mode.js'

/** A write to a collection, as the request asks for it. */
export interface BulkRequest {
  readonly action: WriteAction
  readonly items: readonly unknown[]
  /** The body was one object: the answer is one row. */
  readonly isSingle: boolean
  /** Only with `bulkUpsert`. */
  readonly upsert: UpsertRequest | null
  /** `include_results=false`, which asks for what `Prefer: return=minimal` asks for. */
  readonly withoutRows: boolean
}

/** A request whose action is known. */
export interface WriteRequest {
  readonly action: WriteAction
  /** The route names the action: the query has no say. */
  readonly isFixed: boolean
  readonly method: WriteMethod
  readonly query: Query
  readonly body: unknown
}

/** The parameters of an upsert that its body may carry beside the items. */
export const bodyParameters = ['unique_fields', 'update_fields'] as const

/**
 * A request whose body is `{ "data": […], "unique_fields": […], "update_fields"?: […] }` is the upsert that says the
 * same in its query; any other is as it is.
 */
export function unwrapUpsert (
  { actions }: Resource,
  query: Query,
  body: unknown
): Pick<WriteRequest, 'query' | 'body'> {
  if (
    !actions.has('bulkUpsert') ||
    !isRow(body) ||
    !Array.isArray(body['data']) ||
    body['unique_fields'] === undefined
  ) {
    return { query, body }
  }
  const { data, ...parameters } = body
  const names = Object.keys(parameters)
  const isNamed = names.every(name => bodyParameters.some(known => known === name) && query[name] === undefined)
  const lists = names.map(name => [parameters[name]].flat())
  if (!isNamed || !lists.flat().every(name => typeof name === 'string')) return { query, body }
  return {
    query: { ...query, ...Object.fromEntries(names.map((name, i) => [name, lists[i]!.join(',')])) },
    body: data
  }
}

/**
 * What a POST, PUT or PATCH on a collection is going to do, whether or not the request turns out to be valid: hooks ask
 * before it is read.
 */
export function actionOf (resource: Resource, method: WriteMethod, query: Query, body: unknown): WriteAction {
  if (query['unique_fields'] !== undefined && resource.actions.has('bulkUpsert')) return 'bulkUpsert'
  if (method === 'POST') return Array.isArray(body) ? 'bulkCreate' : 'create'
  if (bulkOf(resource).uniqueFields !== null && ![body].flat().some(item => hasKey(resource, item))) {
    return 'bulkUpsert'
  }
  return method === 'PUT' ? 'bulkReplace' : 'bulkUpdate'
}

/** Items with ids are updates, also where a resource has a unique constraint of its own. */
function hasKey ({ model }: Resource, item: unknown): boolean {
  return isRow(item) && model.primaryKey.fields.every(field => Object.hasOwn(item, field))
}

/** Reads a POST, PUT or PATCH on a collection. */
export function readWrite (resource: Resource, { action, isFixed, method, query, body }: WriteRequest): BulkRequest {
  const isUpsertable = !isFixed && resource.actions.has('bulkUpsert')
  checkParameters(query, [
    ...(isUpsertable ? ['unique_fields', 'update_fields'] : []),
    'include_results',
    ...listModeParameters
  ])
  const isSingle = !Array.isArray(body)
  const items = readItems(action, body)
  if (!resource.actions.has(action) || (isSingle && !bulkOf(resource).allowSingular)) throw unserved(resource, method)
  const withoutRows = readBoolean(query, 'include_results') === false
  const update = readUpdateFields(resource, query)
  if (action === 'bulkUpsert') {
    const upsert = { on: readUnique(resource, query), update, replace: method === 'PUT' }
    return { action, items, isSingle, upsert, withoutRows }
  }
  if (update !== undefined) {
    throw new CommonsError('invalid_parameter', {
      params: { parameter: 'update_fields', problem: 'goes with unique_fields' }
    })
  }
  return { action, items, isSingle, upsert: null, withoutRows }
}

/** What a route of a collection can do is its resource's choice. */
function unserved (resource: Resource, method: WriteMethod): CommonsError {
  const { actions } = resource
  if (!bulkOf(resource).allowSingular) {
    return new CommonsError('invalid_type', { params: { expected: 'a list of objects as the ' + 'body' } })
  }
  const bodies = [
    ...(method === 'POST' && actions.has('create') ? ['an object'] : []),
    ...(actions.has(({ POST: 'bulkCreate', PUT: 'bulkReplace', PATCH: 'bulkUpdate' } as const)[method])
      ? ['a list of objects']
      : [])
  ]
  const forms = [
    ...(bodies.length > 0 ? [`${bodies.join(' or ')} as the body`] : []),
    ...(actions.has('bulkUpsert') ? ['unique_fields in the query'] : [])
  ]
  return new CommonsError('invalid_type', { params: { expected: forms.join(', or ') } })
}

function readItems (action: WriteAction, body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body
  if (action !== 'create' && action !== 'bulkUpsert') {
    throw new CommonsError('invalid_type', {
      params: {
        expected:
          action === 'bulkCreate'
            ? 'a list of objects as the body'
            : 'a list of objects with their ids as the body, or unique_fields in the query'
      }
    })
  }
  if (!isRow(body)) {
    throw new CommonsError('invalid_type', { params: { expected: 'an object or a list of objects as the body' } })
  }
  return [body]
}

/** The rows that a request names. */
export interface Selection {
  /** Values of the primary key, or objects of the fields of `by`. */
  readonly ids: readonly unknown[]
  readonly by: UniqueMeta | undefined
  /** Where the ids stand. */
  readonly place: ListPlace
}

/**
 * Reads a request that names rows: by their ids, from the query or from the body as a list or under `ids`, or by
 * objects of the unique constraint that `unique_fields` names.
 */
export function readSelection (resource: Resource, query: Query, body: unknown): Selection {
  checkParameters(query, ['ids', 'unique_fields', ...listModeParameters])
  if (query['unique_fields'] === undefined) return { ...readIds(query, body), by: undefined }
  if (query['ids'] !== undefined) {
    throw new CommonsError('invalid_parameter', {
      params: { parameter: 'ids', problem: 'names rows by their ids, not by unique_fields' }
    })
  }
  const by = readUnique(resource, query)
  if (Array.isArray(body)) return { ids: body, by, place: [] }
  throw new CommonsError('invalid_type', {
    params: { expected: `a list of objects of ${clientFields(resource, by).join(', ')} as the body` }
  })
}

function readIds (query: Query, body: unknown): Pick<Selection, 'ids' | 'place'> {
  const listed = readList(query, 'ids')
  const hasBody = body !== undefined && body !== null
  if (listed !== undefined && hasBody) {
    throw new CommonsError('invalid_parameter', {
      params: { parameter: 'ids', problem: 'and a body exclude each other' }
    })
  }
  const ids = listed ?? (hasBody && isRow(body) ? idsOf(body) : body)
  if (!Array.isArray(ids)) {
    throw new CommonsError('invalid_type', {
      params: { expected: 'a list of ids as the body, under "ids", or in the query' }
    })
  }
  if (listed !== undefined) return { ids, place: null }
  return { ids, place: isRow(body) ? ['ids'] : [] }
}

function idsOf (body: Readonly<Record<string, unknown>>): unknown {
  const unknown = Object.keys(body).find(name => name !== 'ids')
  if (unknown === undefined) return body['ids']
  const params = { field: unknown, hint: didYouMean(unknown, ['ids']) }
  throw new CommonsError('unknown_field', {
    params,
    details: [errorDetail('unknown_field', { field: unknown }, params)]
  })
}

function readUnique (resource: Resource, query: Query): UniqueMeta {
  const names = readList(query, 'unique_fields')
  // The request itself says what the fields of the scope are.
  const fields = new Set([
    ...resource.scopeFields,
    ...(names?.map(name => resource.relations.get(name)?.key.name ?? name) ?? [])
  ])
  const unique =
    names === undefined
      ? bulkOf(resource).uniqueFields
      : resource.uniques.find(one => one.fields.length === fields.size && one.fields.every(field => fields.has(field)))
  if (unique !== null && unique !== undefined) return unique
  throw new CommonsError('invalid_unique_fields', {
    params: {
      fields: names ?? [],
      model: resource.model.name,
      legal: resource.uniques.map(unique => clientFields(resource, unique))
    }
  })
}

function readUpdateFields (resource: Resource, query: Query): readonly string[] | undefined {
  const names = readList(query, 'update_fields')
  return names?.map(name => {
    const field = resource.relations.get(name)?.key.name ?? name
    if (resource.writable.has(field)) return field
    const lists = [...resource.related.values()]
      .filter(({ kind, write }) => kind !== 'key' && write.size > 0)
      .map(relation => relation.name)
    if (lists.includes(field)) return field
    const known = [...resource.writable.keys(), ...resource.relations.keys(), ...lists]
    throw new CommonsError('invalid_parameter', {
      params: {
        parameter: 'update_fields',
        problem: `names no writable field "${shortened(name)}". ${didYouMean(name, known)}`
      }
    })
  })
}
