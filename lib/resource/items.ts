import { isRow } from '../bulk/columns.js'
import type { Faults } from '../bulk/faults.js'
import { isSlug } from '../model/is-slug.js'
import type { FieldMeta } from '../model/meta.js'
import { coerceId } from './ids.js'
import { requiredFields, type ItemMode } from './item-schema.js'
import type { Resource } from './resource.js'
import { ValueFault, valueReader, type ValueReader } from './value-reader.js'

/** An item read: the fields to write, the key that selects its row, the version it expects. */
export interface ReadItem {
  readonly data: Readonly<Record<string, unknown>>
  readonly key: Readonly<Record<string, unknown>>
  readonly version: number | undefined
}

/** Checks items of one kind of request and turns them into rows. */
export type ItemReader = (item: unknown, index: number, faults: Faults) => ReadItem

/** How one name in an item is taken. */
type Entry =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'key' | 'data' | 'version', readonly field: string, readonly read: ValueReader, /** Its names, where it has two. */ readonly names?: string }

/**
 * Makes the reader of one kind of item. Values are read name by name, so that every fault of every item is found and
 * named; known names that a client may not write are read over.
 *
 * @param keys fields that select the row: they are read whether shown and writable or not
 */
export function itemReader (resource: Resource, mode: ItemMode, keys: readonly string[]): ItemReader {
  const entries = entriesOf(resource, mode, keys)
  const required = requiredFields(resource, mode).filter(name => !keys.includes(name))
  const isUpsert = mode === 'upsert' || mode === 'upsertWhole'

  return (item, index, faults) => {
    const data: Record<string, unknown> = {}
    const key: Record<string, unknown> = {}
    let version: number | undefined
    if (!isRow(item)) {
      faults.add('invalid_type', index, undefined, { expected: 'an object' })
      return { data, key, version }
    }
    for (const name of Object.keys(item)) {
      const entry = entries.get(name)
      if (entry === undefined) {
        faults.addUnknown(index, name, entries.keys())
        continue
      }
      if (entry.kind === 'ignored') continue
      const { kind, field } = entry
      const value = entry.read(item[name])
      if (kind === 'version') {
        if (value instanceof ValueFault) faults.add(value.code, index, name, value.params)
        else version = value as number
        continue
      }
      const target = kind === 'key' ? key : data
      if (value instanceof ValueFault) {
        faults.add(value.code, index, name, value.params)
        // Named all the same: it is wrong, not missing.
        target[field] = undefined
      } else if (Object.hasOwn(target, field) && target[field] !== undefined && target[field] !== value) {
        faults.add('invalid_value', index, name, { problem: `${entry.names} name different rows` })
      } else {
        target[field] = value
      }
    }
    for (const name of required) if (!Object.hasOwn(data, name)) faults.add('required', index, name)
    for (const name of keys) {
      if (isUpsert) {
        if (!Object.hasOwn(data, name) || data[name] === null) faults.add('missing_unique_field', index, name, { field: name })
      } else if (!Object.hasOwn(key, name)) faults.add('required', index, name)
    }
    return { data, key, version }
  }
}

function entriesOf (resource: Resource, mode: ItemMode, keys: readonly string[]): ReadonlyMap<string, Entry> {
  const { model, version } = resource
  // The unique set of an upsert is part of the row that may be created.
  const keyKind = mode === 'update' || mode === 'replace' ? 'key' : 'data'
  const entries = new Map<string, Entry>()
  const entry = (kind: 'key' | 'data' | 'version', field: FieldMeta): Entry => ({ kind, field: field.name, read: valueReader(model, field) })
  const idEntry = (kind: 'key' | 'data', field: FieldMeta): Entry => {
    const read = valueReader(model, field)
    return { kind, field: field.name, read: value => read(coerceId(field, value)) }
  }
  const slugEntry = (field: FieldMeta): Entry => {
    const read = valueReader(model, field)
    // A form that leaves it empty wants one to be generated.
    return { kind: 'data', field: field.name, read: value => value === null || value === '' ? undefined : read(value) }
  }
  for (const field of resource.shown) {
    if (keyKind === 'data' && isSlug(model, field.name) && resource.writable.has(field.name)) entries.set(field.name, slugEntry(field))
    else if (resource.writable.has(field.name)) entries.set(field.name, entry('data', field))
    else if (field.name === version && mode !== 'create') entries.set(field.name, entry('version', field))
    else entries.set(field.name, { kind: 'ignored' })
  }
  for (const name of keys) entries.set(name, idEntry(keyKind, model.ownField(name)))
  for (const [name, { key }] of resource.relations) {
    const one = { ...idEntry(keys.includes(key.name) ? keyKind : 'data', key), names: `${name} and ${key.name}` }
    entries.set(name, one).set(key.name, one)
  }
  return entries
}
