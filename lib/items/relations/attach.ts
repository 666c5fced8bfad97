import { currentActor, type Actor } from '../../actor.js'
import { codedRow } from '../../values/codec.js'
import { isSqlColumn } from '../shape/computed-column.js'
import type { ItemShape, Relation } from '../shape/item-shape.js'
import type { Scopes } from '../../scope/scopes.js'
import type { Row } from '../../store/read/find.js'
import type { ModelStore } from '../../store/model-store.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Filter } from '../../sql/port/filter.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { OutputContext } from '../shape/relation-definition.js'

/**
 * The fields to read of rows that are to be shown: those of the answer, those that lead to related rows, and those that
 * values are computed from.
 */
export function fetchedFields ({ model, shown, related, computed }: ItemShape): readonly FieldMeta[] {
  const anchors = [...related.values()].filter(({ read }) => read !== null).map(({ anchor }) => anchor)
  const needed = computed.flatMap(column =>
    isSqlColumn(column) ? model.primaryKey.fields.map(name => model.ownField(name)) : column.needs
  )
  return anchors.length + needed.length === 0 ? shown : [...new Set([...shown, ...anchors, ...needed])]
}

/**
 * Rows as answers show them, from rows in the form of JSON that have the fetched fields: with their relations, and
 * without what is not shown. One query a relation, however many rows there are.
 *
 * @param scopes the rows that the request reaches: related rows outside are not shown
 * @param kept further fields that the rows have and keep
 */
export async function attachRelated (
  store: ModelStore,
  shape: ItemShape,
  rows: readonly Row[],
  scopes: Scopes,
  kept: readonly FieldMeta[] = []
): Promise<readonly Row[]> {
  const relations = [...shape.related.values()].filter(({ read }) => read !== null)
  if (rows.length === 0) return rows
  const { codecs, computed } = shape
  if (relations.length + computed.length === 0) {
    return codecs.size === 0 ? rows : rows.map(row => codedRow(codecs, row))
  }
  const names = [...new Set([...shape.shown, ...kept])].map(({ name }) => name)
  const shown = rows.map(row => Object.fromEntries(names.map(name => [name, row[name]])))
  for (const relation of relations) {
    const values = await valuesOf(store, relation, rows, scopes)
    shown.forEach((row, position) => {
      row[relation.name] = values[position]
    })
  }
  const coded = codecs.size === 0 ? shown : shown.map(row => codedRow(codecs, row))
  return computed.length === 0 ? coded : await withComputed(store, shape, rows, coded, scopes)
}

/**
 * The shown rows with their computed values, from what was read. Those that only the database knows take one query,
 * however many they are; a row that is gone by then has null in their places.
 */
async function withComputed (
  store: ModelStore,
  { model, computed }: ItemShape,
  rows: readonly Row[],
  shown: readonly Row[],
  scopes: Scopes
): Promise<readonly Row[]> {
  const asked = computed
    .filter(isSqlColumn)
    .map(({ name, field, valueIn }) => ({ name, field, value: valueIn(scopes)! }))
  const keys = rows.map(row => Object.fromEntries(model.primaryKey.fields.map(name => [name, row[name]])))
  const answers = asked.length === 0 ? [] : await store.computed(model, keys, asked)
  return shown.map((row, i) => {
    const values = computed.map(({ name, compute, show }) => [
      name,
      compute === null ? show(answers[i]?.[name] ?? null) : compute(rows[i]!)
    ])
    return { ...row, ...(Object.fromEntries(values) as Row) }
  })
}

/** What each row shows of a relation. */
async function valuesOf (
  store: ModelStore,
  relation: Relation,
  rows: readonly Row[],
  scopes: Scopes
): Promise<readonly unknown[]> {
  const { kind, read, anchor, many } = relation
  const keys = rows.map(row => row[anchor.name])
  // The key itself is in the row.
  if (kind === 'key' && read === 'id') return keys
  const filter = scopes.of(relation.scope).visible
  const found =
    kind === 'key'
      ? await referredRows(store, relation, keys, filter)
      : await belongingRows(store, relation, keys, filter)
  const form = await formOf(store, relation, found.flat(), scopes)
  return found.map((related, position) => {
    const values = related.map(row => form(row, rows[position]!))
    return many ? values : (values[0] ?? null)
  })
}

/**
 * The row that each key refers to. One that is soft-deleted is no row where there may be none; where there must be
 * one it is shown.
 */
async function referredRows (
  store: ModelStore,
  relation: Relation,
  keys: readonly unknown[],
  filter: Filter | null
): Promise<readonly (readonly Row[])[]> {
  const { target, id, nullable } = relation
  const wanted = keys.map(value => (value === null ? [] : [{ field: id, value }]))
  if (wanted.every(candidates => candidates.length === 0)) return wanted.map(() => [])
  const rows = { fields: neededFields(relation), form: 'json' } as const
  const found = await store.lookUp(target, wanted, { rows, deleted: nullable ? 'exclude' : 'include', filter })
  return found.map(row => (row === null ? [] : [row]))
}

async function belongingRows (
  store: ModelStore,
  relation: Relation,
  keys: readonly unknown[],
  filter: Filter | null
): Promise<readonly (readonly Row[])[]> {
  const { target, key, link } = relation
  return await store.related(target, link ?? key!, keys, {
    rows: { fields: neededFields(relation), form: 'json' },
    filter
  })
}

function neededFields ({ read, id, label, shape }: Relation): readonly FieldMeta[] {
  switch (read) {
    case 'id':
      return [id]
    case 'text':
      return label!.fields
    default:
      return fetchedFields(shape)
  }
}

/** Makes what is shown of a related row. */
async function formOf (
  store: ModelStore,
  { read, id, label, output, shape }: Relation,
  related: readonly Row[],
  scopes: Scopes
): Promise<(row: Row, owner: Row) => unknown> {
  if (read === 'id') return row => row[id.name]
  if (read === 'text') return row => label!.textOf(row) ?? null
  // Several rows may refer to one.
  const distinct = [...new Set(related)]
  const attached = await attachRelated(store, shape, distinct, scopes)
  const shownOf = new Map(distinct.map((row, position) => [row, attached[position]!]))
  if (read !== 'custom') return row => shownOf.get(row)
  const context = contextOf(scopes.request)
  return (row, owner) => output!(shownOf.get(row)!, owner, context)
}

/** The user of a request is on it; one that nobody has looked for is the actor of the running code. */
function contextOf (request: ResourceRequest | null): OutputContext {
  const { currentUser } = (request ?? {}) as { readonly currentUser?: Actor | null }
  return { request, user: currentUser === undefined ? currentActor() : currentUser }
}
