import type { ItemShape, Relation } from '../resource/item-shape.js'
import type { Faults } from '../bulk/faults.js'
import type { BulkStore } from '../bulk/store.js'
import type { FieldMeta } from '../model/meta.js'
import { requiredFields } from '../resource/item-schema.js'
import type { ReadItem } from '../resource/read-item.js'
import type { RelatedInput } from '../resource/read-item.js'
import { placeIn } from './part.js'

/** An item of a batch, or one that is nested in it. */
export interface ReadEntry {
  /** Place of the item in the request. */
  readonly index: number
  /** Where it stands in that item; empty for the item itself. */
  readonly path: string
  readonly item: ReadItem
}

/** A row that an entry names, in whatever way. */
interface Wish {
  readonly entry: ReadEntry
  /** Name of the relation, or path of the row in a list. */
  readonly place: string
  readonly tries: RelatedInput['tries']
  /** Absent for keys that stand in the entry's data already. */
  readonly input?: RelatedInput
}

/**
 * Finds the rows that items name, one query a relation for all of them: keys of relations that are not there become faults
 * of their items, and so do nested rows that can be neither found nor made. The keys of those found are put into the data.
 */
export async function resolveRelated (shape: ItemShape, store: BulkStore, entries: readonly ReadEntry[], faults: Faults): Promise<void> {
  for (const [name, { relation, key }] of shape.relations) {
    if (shape.related.get(name)?.kind === 'key') continue
    const target = store.registry.model(relation.model)
    await checkKeys(store, { target, id: target.ownField(relation.references[0]!) }, keyWishes(entries, key), faults)
  }
  for (const relation of shape.related.values()) {
    const written = entries.flatMap(entry => entry.item.related.filter(one => one.relation === relation).map(({ rows }) => ({ entry, rows })))
    const inputs = written.flatMap(({ entry, rows }) => rows.map((input): Wish & { readonly input: RelatedInput } => ({ entry, place: input.path, tries: input.tries, input })))
    const keys = relation.kind === 'key' ? keyWishes(entries, relation.key!) : []
    const others = new Set(written.map(({ entry }) => entry))
    const plain = keys.filter(({ entry }) => !others.has(entry))
    if (inputs.length === 0) await checkKeys(store, relation, plain, faults)
    else await findInputs(store, relation, [...plain, ...inputs], faults)
    await resolveNested(store, relation, inputs, faults)
  }
}

/** The keys that entries name themselves. */
function keyWishes (entries: readonly ReadEntry[], field: FieldMeta): readonly Wish[] {
  const wishes: Wish[] = []
  for (const entry of entries) {
    const value = entry.item.data[field.name]
    if (value !== undefined && value !== null) wishes.push({ entry, place: entry.item.names[field.name] ?? field.name, tries: [{ field, value }] })
  }
  return wishes
}

/** Keys alone need not be read: what is asked for is those that are missing. */
async function checkKeys (store: BulkStore, { target, id }: Pick<Relation, 'target' | 'id'>, wishes: readonly Wish[], faults: Faults): Promise<void> {
  const places = new Map<unknown, Wish[]>()
  for (const wish of wishes) {
    const { value } = wish.tries[0]!
    const known = places.get(value)
    if (known === undefined) places.set(value, [wish])
    else known.push(wish)
  }
  if (places.size === 0) return
  const values = [...places.keys()]
  for (const position of await store.missing(target, id.name, values)) {
    for (const wish of places.get(values[position])!) reportMissing({ target }, { ...wish, tries: [{ field: id, value: values[position] }] }, faults)
  }
}

async function findInputs (store: BulkStore, relation: Relation, wishes: readonly Wish[], faults: Faults): Promise<void> {
  const { target, id, kind } = relation
  const tries = wishes.map(({ tries, input }) => input === undefined ? [{ field: id, value: tries[0]!.value }] : tries)
  const found = tries.some(one => one.length > 0) ? await store.lookUp(target, tries, { rows: { fields: [id], form: 'prisma' } }) : []
  wishes.forEach((wish, position) => {
    const { input, entry } = wish
    const row = found[position] ?? null
    if (row === null) {
      if (input === undefined || input.item === null || (kind !== 'children' && input.item.key[id.name] !== undefined)) reportMissing(relation, { ...wish, tries: tries[position]! }, faults)
      return
    }
    if (input === undefined) return
    input.id = row[id.name]
    if (kind === 'key') setKey(store, relation, entry, input, faults)
  })
}

/** Puts the key of a row that was found into the data, where it must not be another one already. */
function setKey (store: BulkStore, { name, key }: Relation, { index, path, item }: ReadEntry, { id }: RelatedInput, faults: Faults): void {
  const field = key!
  const named = item.data[field.name]
  if (named !== undefined && store.keyText(field, named) !== store.keyText(field, id)) {
    faults.add('invalid_value', index, placeIn(path, name), { problem: `${name} and ${field.name} name different rows` })
  }
  item.data[field.name] = id
}

/** Checks the rows that are going to be made or written, and finds what they name in their turn. */
async function resolveNested (store: BulkStore, relation: Relation, wishes: readonly (Wish & { readonly input: RelatedInput })[], faults: Faults): Promise<void> {
  const { shape, kind, id, key, target, lookup, createIfNested, updateIfExists } = relation
  const nested: ReadEntry[] = []
  const required = requiredFields(shape, 'create').filter(name => name !== key?.name || kind !== 'children')
  for (const { entry: { index, path }, input } of wishes) {
    const { item } = input
    if (item === null) continue
    const place = placeIn(path, input.path)
    const isNew = input.id === undefined && (kind !== 'children' || item.key[id.name] === undefined)
    if (isNew && !createIfNested) {
      if (input.tries.length > 0) reportMissing(relation, { entry: { index, path, item }, place: input.path, tries: input.tries }, faults)
      else faults.add('required', index, `${place}.${(kind === 'children' ? null : lookup)?.name ?? id.name}`)
      continue
    }
    if (isNew) for (const name of required) if (!Object.hasOwn(item.data, name) && !Object.hasOwn(item.key, name)) faults.add('required', index, `${place}.${name}`)
    if (isNew || kind === 'children' || updateIfExists) nested.push({ index, path: place, item })
  }
  if (nested.length === 0) return
  await resolveRelated(shape, store, nested, faults)
  if (faults.any) return
  // What the columns cannot hold would only be found when other rows are written by then.
  store.reportUnfit(target, nested.map(({ item }) => item.data), placedFaults(nested, faults))
}

/** Takes faults of rows by their places in a list, and reports them as those of the entries. */
function placedFaults (entries: readonly ReadEntry[], faults: Faults): Pick<Faults, 'add'> {
  return {
    add: (code, position, field, params) => {
      const { index, path } = entries[position]!
      faults.add(code, index, field === undefined ? path : `${path}.${field}`, params)
    }
  }
}

function reportMissing ({ target }: Pick<Relation, 'target'>, { entry: { index, path }, place, tries }: Wish, faults: Faults): void {
  const [first] = tries
  const key = [...new Set(tries.map(({ field }) => field.name))].join(' or ')
  faults.add('foreign_key_not_found', index, placeIn(path, place), { model: target.name, key, value: String(first?.value) })
}
