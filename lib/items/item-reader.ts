import { isRow } from '../store/core/columns.js'
import { isSlug } from '../model/is-slug.js'
import type { FieldMeta } from '../model/meta.js'
import { manyReader, oneReader, type ReadMany, type ReadOne } from './relations/input.js'
import { codedReader } from '../values/codec.js'
import { coerceId } from '../values/coerce-id.js'
import { requiredFields, type ItemMode } from './shape/item-mode.js'
import type { ItemShape, Relation } from './shape/item-shape.js'
import { MalformedItem } from './shape/malformed-item.js'
import type { ItemReader, ReadItem, RelatedWrite } from './shape/read-item.js'
import { jsonReader } from '../values/json-reader.js'
import { InvalidValue, valueReader, type ValueReader } from '../values/value-reader.js'
import { ruledReader } from '../values/value-rule.js'

/** How one name in an item is taken. */
type Entry =
  | { readonly kind: 'ignored' }
  | {
    readonly kind: 'key' | 'data' | 'version'
    readonly field: string
    readonly read: ValueReader
    /** Its names, where it has two. */ readonly names?: string
  }
  | {
    readonly kind: 'one'
    readonly relation: Relation
    readonly field: string
    readonly names: string
    readonly readOne: ReadOne
  }
  | { readonly kind: 'many'; readonly relation: Relation; readonly readMany: ReadMany }

const none: ReadItem['related'] = []
const unnamed: ReadItem['names'] = {}

/**
 * Makes the reader of one kind of item. Values are read name by name, so that every fault of every item is found and
 * named; known names that a client may not write are ignored.
 *
 * @param keys fields that select the row: they are read whether shown and writable or not
 */
export function itemReader (resource: ItemShape, mode: ItemMode, keys: readonly string[]): ItemReader {
  const entries = entriesOf(resource, mode, keys)
  const required = requiredFields(resource, mode).filter(name => !keys.includes(name))
  const isUpsert = mode === 'upsert' || mode === 'upsertWhole'

  return (item, index, itemErrors) => {
    const data: Record<string, unknown> = {}
    const key: Record<string, unknown> = {}
    let version: number | undefined
    let related: RelatedWrite[] | undefined
    let names: Record<string, string> | undefined
    const read = (): ReadItem => ({ data, key, version, related: related ?? none, names: names ?? unnamed })
    if (item instanceof MalformedItem) {
      itemErrors.add('malformed_row', index, undefined, { problem: item.problem })
      return read()
    }
    if (!isRow(item)) {
      itemErrors.add('invalid_type', index, undefined, { expected: 'an object' })
      return read()
    }
    for (const name of Object.keys(item)) {
      const entry = entries.get(name)
      if (entry === undefined) {
        itemErrors.addUnknown(index, name, entries.keys())
        continue
      }
      if (entry.kind === 'ignored') continue
      if (entry.kind === 'many') {
        const rows = entry.readMany(item[name], index, itemErrors)
        if (rows !== undefined) (related ??= []).push({ relation: entry.relation, rows })
        continue
      }
      let value: unknown
      if (entry.kind === 'one') {
        if (!Object.hasOwn(item, entry.field)) (names ??= {})[entry.field] = name
        const row = entry.readOne(item[name], index, itemErrors)
        const isKey =
          row === null ||
          (row?.item === null && row.candidates.length === 1 && row.candidates[0]!.field === entry.relation.id)
        if (!isKey) {
          if (row !== undefined) (related ??= []).push({ relation: entry.relation, rows: [row] })
          // Named all the same: which row it is turns out later, or it is wrong, not missing.
          if (!Object.hasOwn(data, entry.field)) data[entry.field] = undefined
          continue
        }
        value = row === null ? null : row.candidates[0]!.value
      } else {
        value = entry.read(item[name])
        if (entry.names !== undefined && name !== entry.field && !Object.hasOwn(item, entry.field)) {
          ;(names ??= {})[entry.field] = name
        }
      }
      const { kind, field } = entry
      if (kind === 'version') {
        if (value instanceof InvalidValue) itemErrors.add(value.code, index, name, value.params)
        else version = value as number
        continue
      }
      const target = kind === 'key' ? key : data
      if (value instanceof InvalidValue) {
        itemErrors.add(value.code, index, name, value.params)
        // Named all the same: it is wrong, not missing.
        target[field] = undefined
      } else if (Object.hasOwn(target, field) && target[field] !== undefined && target[field] !== value) {
        itemErrors.add('invalid_value', index, name, { problem: `${entry.names} name different rows` })
      } else {
        target[field] = value
      }
    }
    for (const name of required) if (!Object.hasOwn(data, name)) itemErrors.add('required', index, name)
    for (const name of keys) {
      if (isUpsert) {
        if (!Object.hasOwn(data, name) || data[name] === null) {
          itemErrors.add('missing_unique_field', index, name, { field: name })
        }
      } else if (mode !== 'nested' && !Object.hasOwn(key, name)) itemErrors.add('required', index, name)
    }
    return read()
  }
}

function entriesOf (resource: ItemShape, mode: ItemMode, keys: readonly string[]): ReadonlyMap<string, Entry> {
  const { model, version } = resource
  // The unique constraint of an upsert is part of the row that may be created.
  const keyKind = mode === 'update' || mode === 'replace' || mode === 'nested' ? 'key' : 'data'
  const entries = new Map<string, Entry>()
  const entry = (kind: 'key' | 'data' | 'version', field: FieldMeta): Entry => {
    const codec = resource.codecs.get(field.name)
    const read = jsonReader(resource, field)
    return { kind, field: field.name, read: codec === undefined ? read : codedReader(codec, read) }
  }
  const idEntry = (kind: 'key' | 'data', field: FieldMeta): Entry => {
    const given = valueReader(model, field)
    // A key that only selects a row is not stored.
    const read = kind === 'key' ? given : ruledReader(resource.valueRules.get(field.name), field, given)
    return { kind, field: field.name, read: value => read(coerceId(field, value)) }
  }
  const slugEntry = (field: FieldMeta): Entry => {
    const read = ruledReader(resource.valueRules.get(field.name), field, valueReader(model, field))
    // A form that leaves it empty wants the one that is there, or one to be generated.
    return {
      kind: 'data',
      field: field.name,
      read: value => (value === null || value === '' ? undefined : read(value))
    }
  }
  for (const field of new Set([...resource.shown, ...resource.writable.values()])) {
    if (isSlug(model, field.name) && resource.writable.has(field.name)) entries.set(field.name, slugEntry(field))
    else if (resource.writable.has(field.name)) entries.set(field.name, entry('data', field))
    else if (field.name === version && mode !== 'create') entries.set(field.name, entry('version', field))
    else entries.set(field.name, { kind: 'ignored' })
  }
  for (const { name } of resource.computed) entries.set(name, { kind: 'ignored' })
  for (const name of keys) {
    // No row has an empty slug, so that it names none.
    if (isSlug(model, name) && keyKind === 'data') entries.set(name, slugEntry(model.ownField(name)))
    else entries.set(name, idEntry(keyKind, model.ownField(name)))
  }
  for (const [name, { key }] of resource.relations) {
    const one = { ...idEntry(keys.includes(key.name) ? keyKind : 'data', key), names: `${name} and ${key.name}` }
    entries.set(name, one).set(key.name, one)
  }
  for (const relation of resource.related.values()) {
    const { name, many, key, write } = relation
    if (write.size === 0) {
      entries.set(name, { kind: 'ignored' })
      continue
    }
    const readNested = write.has('data') ? nestedReader(relation, mode) : null
    if (many) entries.set(name, { kind: 'many', relation, readMany: manyReader(relation, readNested) })
    // A relation whose key selects the row is written by its id alone.
    else if (keyKind === 'data' || !keys.includes(key!.name)) {
      entries.set(name, {
        kind: 'one',
        relation,
        field: key!.name,
        names: `${name} and ${key!.name}`,
        readOne: oneReader(relation, readNested)
      })
    }
  }
  return entries
}

/** Reads rows that are nested in items. The children of a row that is made are new, whatever keys they carry. */
function nestedReader ({ shape, kind, id }: Relation, mode: ItemMode): ItemReader {
  return itemReader(shape, 'nested', kind === 'children' && mode === 'create' ? [] : [id.name])
}
