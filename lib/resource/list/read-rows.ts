import { listOf } from './resource-list.js'
import type { Position } from '../../store/read/page.js'
import type { ModelStore } from '../../store/model-store.js'
import type { Row } from '../../store/read/find.js'
import { CommonsError } from '../../errors.js'
import { attachRelated, fetchedFields } from '../../items/relations/attach.js'
import { filterKey } from '../../sql/port/filter.js'
import { jsonDigest } from '../../http/json-digest.js'
import { idOf, selectorOf } from '../../items/shape/ids.js'
import { scopeIdentity } from '../../items/shape/link-scopes.js'
import type { Resource } from '../definition/resource.js'
import type { Scopes } from '../../scope/scopes.js'
import type { Cursor } from './cursor.js'
import type { IdsRequest, ListRequest, RowsRequest } from './list-request.js'
import { noPage, type Paging } from './paging.js'
import { parameterPlace } from './place.js'
import { scopedChoice } from './scoped-choice.js'

/** What a list answers with. */
export type Listing =
  | { readonly kind: 'counted'; readonly rows: readonly Row[]; readonly count: number }
  /** The cursors of the parts behind and before; empty for the start of the list, null for none. */
  | {
    readonly kind: 'sought'
    readonly rows: readonly Row[]
    readonly next: string | null
    readonly previous: string | null
  }
  | { readonly kind: 'found'; readonly rows: readonly Row[]; readonly missing: readonly unknown[] }

/**
 * Reads what a request asks for, of the rows that it reaches. One statement, and one for each relation that is shown.
 */
export async function readRows (
  resource: Resource,
  store: ModelStore,
  request: ListRequest,
  scopes: Scopes
): Promise<Listing> {
  const found = await findRows(resource, store, request, scopes)
  return { ...found, rows: await attachRelated(store, resource, found.rows, scopes) }
}

async function findRows (
  resource: Resource,
  store: ModelStore,
  request: ListRequest,
  scopes: Scopes
): Promise<Listing> {
  if (request.kind === 'ids') return await readIds(resource, store, request, scopes)
  const { model } = resource
  const { paging } = request
  const options = {
    rows: { fields: fetchedFields(resource), form: 'json' },
    ...scopedChoice(resource, request, scopes)
  } as const
  switch (paging.style) {
    case 'cursor':
      return await readPart(resource, store, request, paging, scopes)
    case 'page': {
      const { page, pageSize } = paging
      const found = await store.page(model, { ...options, skip: (page - 1) * pageSize, take: pageSize })
      if (page > 1 && found.rows.length === 0) throw noPage(page)
      return { kind: 'counted', ...found }
    }
    case 'offset':
      return { kind: 'counted', ...(await store.page(model, { ...options, skip: paging.offset, take: paging.limit })) }
    case 'all': {
      const { limit } = paging
      const found = await store.page(model, { ...options, skip: 0, take: limit })
      if (found.count <= limit) return { kind: 'counted', ...found }
      throw new CommonsError('batch_size_exceeded', {
        params: { actual: found.count, limit },
        message: `The list has ${found.count} rows, which are more than the limit of ${limit} without pages`
      })
    }
  }
}

async function readIds (
  resource: Resource,
  store: ModelStore,
  { ids, deleted }: IdsRequest,
  { own: scope }: Scopes
): Promise<Listing> {
  const { model } = resource
  const found = await store.find(
    model,
    ids.map(key => selectorOf(resource, key)),
    { rows: { fields: fetchedFields(resource), form: 'json' }, deleted, scope }
  )
  return {
    kind: 'found',
    rows: found.filter(row => row !== null),
    missing: ids.filter((_, i) => found[i] === null).map(key => idOf(resource, key))
  }
}

/** One row more than is wanted tells whether the list goes on. */
async function readPart (
  resource: Resource,
  store: ModelStore,
  request: RowsRequest,
  { cursor, pageSize }: Extract<Paging, { style: 'cursor' }>,
  scopes: Scopes
): Promise<Listing> {
  const { model } = resource
  const { seal } = listOf(resource)
  const name = listKey(resource, request, scopes)
  const opened: Cursor | null = cursor === '' ? null : seal.open(cursor, name)
  if (opened === null && cursor !== '') {
    throw parameterPlace('cursor').invalid(
      'is none of this list: a cursor goes with the filters and the ordering that it was made for'
    )
  }
  const { position, backwards } = opened ?? { position: null, backwards: false }
  const found = await store.seek(model, {
    rows: { fields: fetchedFields(resource), form: 'json' },
    ...scopedChoice(resource, request, scopes),
    take: pageSize + 1,
    position,
    backwards
  })
  const isMore = found.rows.length > pageSize
  const [from, to] = isMore ? (backwards ? [1, pageSize + 1] : [0, pageSize]) : [0, found.rows.length]
  // A list that has become empty at this end goes on from its start.
  const sealed = (position: Position | undefined, backwards: boolean): string =>
    position === undefined ? '' : seal.seal({ position, backwards }, name)
  const next = (): string => sealed(found.positions[to - 1], false)
  const previous = (): string => sealed(found.positions[from], true)
  return {
    kind: 'sought',
    rows: found.rows.slice(from, to),
    next: backwards || isMore ? next() : null,
    previous: backwards ? (isMore ? previous() : null) : position === null ? null : previous()
  }
}

/** Tells lists apart whose rows or order differ. */
function listKey (resource: Resource, { deleted, filter, order }: RowsRequest, scopes: Scopes): string {
  const { model } = resource
  const terms = order.map(({ name, descending }) => `${descending ? '-' : ''}${name}`)
  return JSON.stringify([
    model.name,
    deleted,
    filterKey(filter),
    jsonDigest(scopeIdentity(resource, scopes)),
    ...terms
  ])
}
