import type { ModelStore } from '../../store/model-store.js'
import type { Answer } from './answer.js'
import type { ItemShape, Relation } from '../../items/shape/item-shape.js'

type ShownRow = Readonly<Record<string, unknown>>

/**
 * The answer of a write that was undone, without the ids of related rows that it had made: they will have others once
 * they are made for good. One query for each relation that takes nested data.
 */
export async function withoutMadeUpIds (shape: ItemShape, store: ModelStore, answer: Answer): Promise<Answer> {
  if (!makesRows(shape)) return answer
  const { data } = answer
  if (Array.isArray(data)) return { ...answer, data: await cleaned(shape, store, data as ShownRow[]) }
  if (!isObject(data)) return answer
  if (!Array.isArray(data['results'])) return { ...answer, data: (await cleaned(shape, store, [data]))[0] }
  const results = data['results'] as ShownRow[]
  const shown = results.filter(result => isObject(result['data']))
  const rows = await cleaned(
    shape,
    store,
    shown.map(result => result['data'] as ShownRow)
  )
  const cleanedOf = new Map(shown.map((result, i) => [result, rows[i]]))
  return {
    ...answer,
    data: {
      ...data,
      results: results.map(result => (cleanedOf.has(result) ? { ...result, data: cleanedOf.get(result) } : result))
    }
  }
}

/** True where rows of some relation can be made with an item, and get keys that are generated. */
function makesRows ({ related }: ItemShape): boolean {
  return [...related.values()].some(
    relation => isMade(relation) || (relation.read === 'data' && makesRows(relation.shape))
  )
}

function isMade ({ write, id }: Relation): boolean {
  return write.has('data') && id.default !== null && id.default.kind !== 'value'
}

async function cleaned (shape: ItemShape, store: ModelStore, rows: readonly ShownRow[]): Promise<readonly ShownRow[]> {
  let shown = rows
  for (const relation of shape.related.values()) shown = await cleanedRelation(relation, store, shown)
  return shown
}

async function cleanedRelation (
  relation: Relation,
  store: ModelStore,
  rows: readonly ShownRow[]
): Promise<readonly ShownRow[]> {
  const { name, read, id, key, kind, many, shape } = relation
  const own = kind === 'key' ? key!.name : null
  const ids = rows.flatMap(row => [
    ...(read === 'id' ? listOf(row[name]) : listOf(row[name]).map(one => idIn(one, id.name))),
    own === null ? undefined : row[own]
  ])
  const madeUp = isMade(relation) ? await madeUpOf(relation, store, ids) : new Set<unknown>()
  const inner =
    read === 'data'
      ? await cleaned(
        shape,
        store,
        rows.flatMap(row => listOf(row[name]) as ShownRow[])
      )
      : []
  let next = 0
  return rows.map(row => {
    const others = own !== null && madeUp.has(row[own]) ? without(row, own) : row
    if (read === 'id') {
      return {
        ...others,
        [name]: many ? listOf(row[name]).filter(one => !madeUp.has(one)) : madeUp.has(row[name]) ? null : row[name]
      }
    }
    if (read !== 'data') return others
    const related = listOf(row[name])
      .map(() => inner[next++]!)
      .map(one => (madeUp.has(one[id.name]) ? without(one, id.name) : one))
    return { ...others, [name]: many ? related : (related[0] ?? null) }
  })
}

/** The ids that no row has, deleted or not. */
async function madeUpOf (
  { target, id }: Relation,
  store: ModelStore,
  ids: readonly unknown[]
): Promise<ReadonlySet<unknown>> {
  const values = [...new Set(ids)].filter(value => value !== undefined && value !== null)
  if (values.length === 0) return new Set()
  const found = await store.lookUp(
    target,
    values.map(value => [{ field: id, value }]),
    { rows: { fields: [id], form: 'json' }, deleted: 'include' }
  )
  return new Set(values.filter((_, i) => found[i] === null))
}

function idIn (row: unknown, name: string): unknown {
  return isObject(row) ? row[name] : undefined
}

function listOf (value: unknown): readonly unknown[] {
  return value === null || value === undefined ? [] : [value].flat()
}

function without (row: ShownRow, name: string): ShownRow {
  return Object.fromEntries(Object.entries(row).filter(([key]) => key !== name))
}

function isObject (value: unknown): value is ShownRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
