import type { TSchema } from '@sinclair/typebox'
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler'
import { isRow } from '../bulk/columns.js'
import type { Faults } from '../bulk/faults.js'
import type { FieldMeta } from '../model/meta.js'
import { didYouMean } from '../suggest.js'
import { expectedOf, inputSchema } from './field-schema.js'
import { isRequiredField, type ItemMode } from './item-schema.js'
import type { Resource } from './resource.js'

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
  | { readonly kind: 'key' | 'data' | 'version', readonly field: FieldMeta, readonly check: TypeCheck<TSchema>, readonly expected: string }

/**
 * Makes the reader of one kind of item. Values are checked by compiled schemas, name by name, so that every fault of
 * every item is found and named; known names that a client may not write are read over.
 *
 * @param keys fields that select the row: they are read whether writable or not
 */
export function itemReader (resource: Resource, mode: ItemMode, keys: readonly string[]): ItemReader {
  const entries = entriesOf(resource, mode, keys)
  const required = mode === 'create' || mode === 'replace' ? resource.shown.filter(field => isRequiredField(resource, field)).map(field => field.name) : []
  const decoders = new Map([...entries.values()].flatMap(entry => entry.kind !== 'ignored' && entry.field.type === 'Bytes' ? [[entry.field.name, decodeBytes] as const] : []))

  return (item, index, faults) => {
    const data: Record<string, unknown> = {}
    const key: Record<string, unknown> = {}
    let version: number | undefined
    if (!isRow(item)) {
      faults.add('invalid_type', index, undefined, { expected: 'an object' })
      return { data, key, version }
    }
    for (const name of Object.keys(item)) {
      const value = item[name]
      const entry = entries.get(name)
      if (entry === undefined) {
        faults.add('unknown_field', index, name, { field: name, hint: didYouMean(name, entries.keys()) })
        continue
      }
      if (entry.kind === 'ignored') continue
      const { field } = entry
      if (!entry.check.Check(value)) {
        const isNull = value === null
        faults.add(isNull ? 'not_null' : 'invalid_type', index, name, isNull ? {} : { expected: entry.expected })
        // Named all the same: it is wrong, not missing.
        data[field.name] = null
        continue
      }
      if (entry.kind === 'version') {
        version = value as number
        continue
      }
      const decode = decoders.get(field.name)
      const decoded = decode === undefined ? value : decode(value)
      if (entry.kind === 'key') key[field.name] = decoded
      else if (field.name in data && data[field.name] !== decoded) {
        faults.add('invalid_value', index, name, { problem: `${name} and ${field.name} name different rows` })
      } else data[field.name] = decoded
    }
    for (const name of required) if (!(name in data)) faults.add('required', index, name)
    if (mode !== 'upsert') for (const name of keys) if (!(name in item)) faults.add('required', index, name)
    return { data, key, version }
  }
}

function entriesOf (resource: Resource, mode: ItemMode, keys: readonly string[]): ReadonlyMap<string, Entry> {
  const { model, version } = resource
  // The unique set of an upsert is part of the row that may be created.
  const keyKind = mode === 'upsert' ? 'data' : 'key'
  const entries = new Map<string, Entry>()
  const entry = (kind: 'key' | 'data' | 'version', field: FieldMeta): Entry => {
    return { kind, field, check: checkOf(resource, field), expected: expectedOf(model, field) }
  }
  for (const field of resource.shown) {
    if (keys.includes(field.name)) entries.set(field.name, entry(keyKind, field))
    else if (resource.writable.has(field.name)) entries.set(field.name, entry('data', field))
    else if (field.name === version && mode !== 'create') entries.set(field.name, entry('version', field))
    else entries.set(field.name, { kind: 'ignored' })
  }
  for (const [name, { key }] of resource.relations) entries.set(name, entry(keys.includes(key.name) ? keyKind : 'data', key))
  return entries
}

const checks = new WeakMap<FieldMeta, TypeCheck<TSchema>>()

/** One compiled check a field, whatever the number of readers. */
function checkOf ({ model }: Resource, field: FieldMeta): TypeCheck<TSchema> {
  const known = checks.get(field)
  if (known !== undefined) return known
  const check = TypeCompiler.Compile(inputSchema(model, field))
  checks.set(field, check)
  return check
}

function decodeBytes (value: unknown): unknown {
  return Array.isArray(value) ? value.map(decodeBytes) : value === null ? null : Buffer.from(String(value), 'base64')
}
