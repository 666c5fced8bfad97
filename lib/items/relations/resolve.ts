import type { Candidate } from '../../store/read/lookup.js'
import type { ItemErrors } from '../../store/core/item-errors.js'
import type { Row } from '../../store/read/find.js'
import type { ModelStore } from '../../store/model-store.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { requiredFields } from '../shape/item-mode.js'
import type { ItemShape, Relation } from '../shape/item-shape.js'
import type { ReadItem, ReferringItem, RelatedInput } from '../shape/read-item.js'
import type { ScopeRule } from '../../scope/scope-rule.js'
import type { RelatedScope, Scopes } from '../../scope/scopes.js'
import { placeIn } from './part.js'
import { lookupUnique } from './relation.js'

/** An item of a batch, or one that is nested in it. */
export interface ReferringEntry {
  /** Place of the item in the request. */
  readonly index: number
  /** Where it stands in that item; empty for the item itself. */
  readonly path: string
  readonly item: ReferringItem
}

export interface ResolveOptions {
  /** The rows that the request reaches: others are not there. */
  readonly scopes: Scopes
  /** Keep the rows that are found, whole, for rules of the resource. Default: their keys alone. */
  readonly wantsRows?: boolean
}

/** A row that an entry names, in whatever way. */
interface Wish {
  readonly entry: ReferringEntry
  /** Name of the relation, or path of the row in a list. */
  readonly place: string
  readonly tries: readonly Candidate[]
  /** Absent for keys that stand in the entry's data already. */
  readonly input?: RelatedInput
}

type InputWish = Wish & { readonly input: RelatedInput }

/** Where rows are looked for. */
interface Target {
  readonly name: string
  readonly target: Model
  readonly id: FieldMeta
  readonly scope: ScopeRule
}

/**
 * Finds the rows that items name, one query a relation for all of them: rows that are not there, or not within reach of
 * the request, become faults of their items, and so do nested rows that can be neither found nor made. The keys of
 * those found are put into the data. May be run again for the same entries.
 */
export async function resolveRelated (
  shape: ItemShape,
  store: ModelStore,
  entries: readonly ReferringEntry[],
  itemErrors: ItemErrors,
  options: ResolveOptions
): Promise<void> {
  for (const [name, { relation, key, scope }] of shape.relations) {
    if (shape.related.get(name)?.kind === 'key') continue
    const target = store.registry.model(relation.model)
    await checkKeys(
      store,
      { name, target, id: target.ownField(relation.references[0]!), scope },
      keyWishes(entries, key),
      itemErrors,
      options
    )
  }
  for (const relation of shape.related.values()) {
    const written = entries.flatMap(entry =>
      entry.item.related.filter(one => one.relation === relation).map(({ rows }) => ({ entry, rows }))
    )
    const inputs = written.flatMap(({ entry, rows }) =>
      rows.map((input): InputWish => ({ entry, place: input.path, tries: input.tries, input }))
    )
    forget(relation, inputs)
    const keys = relation.kind === 'key' ? keyWishes(entries, relation.key!) : []
    const others = new Set(written.map(({ entry }) => entry))
    const plain = keys.filter(({ entry }) => !others.has(entry))
    if (inputs.length === 0) await checkKeys(store, relation, plain, itemErrors, options)
    else await findInputs(store, relation, [...plain, ...inputs], itemErrors, options)
    await resolveNested(store, relation, inputs, itemErrors, options)
  }
}

/** What was found by an earlier run does not count. */
function forget ({ key, kind }: Relation, wishes: readonly InputWish[]): void {
  for (const {
    input,
    entry: { item }
  } of wishes) {
    if (input.id === undefined) continue
    if (kind === 'key' && item.data[key!.name] === input.id) item.data[key!.name] = undefined
    input.id = undefined
    delete input.row
  }
}

/** The keys that entries name themselves. */
function keyWishes (entries: readonly ReferringEntry[], field: FieldMeta): readonly Wish[] {
  const wishes: Wish[] = []
  for (const entry of entries) {
    const value = entry.item.data[field.name]
    if (value !== undefined && value !== null) {
      wishes.push({ entry, place: entry.item.names[field.name] ?? field.name, tries: [{ field, value }] })
    }
  }
  return wishes
}

/** Keys alone need not be read: what is asked for is those that are missing. */
async function checkKeys (
  store: ModelStore,
  at: Target,
  wishes: readonly Wish[],
  itemErrors: ItemErrors,
  options: ResolveOptions
): Promise<void> {
  const { target, id, scope } = at
  if (options.wantsRows === true) {
    await readKeys(store, at, wishes, itemErrors, options)
    return
  }
  const places = new Map<unknown, Wish[]>()
  for (const wish of wishes) {
    const { value } = wish.tries[0]!
    const known = places.get(value)
    if (known === undefined) places.set(value, [wish])
    else known.push(wish)
  }
  if (places.size === 0) return
  const values = [...places.keys()]
  for (const position of await store.missing(target, id.name, values, options.scopes.of(scope).nameable)) {
    for (const wish of places.get(values[position])!) {
      reportMissing(target, { ...wish, tries: [{ field: id, value: values[position] }] }, itemErrors)
    }
  }
}

async function readKeys (
  store: ModelStore,
  { name, target, id, scope }: Target,
  wishes: readonly Wish[],
  itemErrors: ItemErrors,
  { scopes }: ResolveOptions
): Promise<void> {
  if (wishes.length === 0) return
  const tries = wishes.map(wish => [{ field: id, value: wish.tries[0]!.value }])
  const found = await store.lookUp(target, tries, {
    rows: { fields: target.meta.fields, form: 'prisma' },
    filter: scopes.of(scope).nameable
  })
  wishes.forEach((wish, position) =>
    keepRow(wish, name, target, found[position] ?? null, tries[position]!, itemErrors)
  )
}

function keepRow (
  wish: Wish,
  name: string,
  target: Model,
  row: Row | null,
  tries: readonly Candidate[],
  itemErrors: ItemErrors
): void {
  if (row === null) reportMissing(target, { ...wish, tries }, itemErrors)
  else (wish.entry.item.rows ??= {})[name] = row
}

async function findInputs (
  store: ModelStore,
  relation: Relation,
  wishes: readonly Wish[],
  itemErrors: ItemErrors,
  { scopes, wantsRows = false }: ResolveOptions
): Promise<void> {
  const { name, target, id, kind, scope } = relation
  const related = scopes.of(scope)
  checkLookup(relation, wishes, related.values !== null)
  const tries = wishes.map(wish => triesOf(relation, wish, wantsRows))
  const rows = { fields: wantsRows ? target.meta.fields : [id], form: 'prisma' } as const
  const found = tries.some(one => one.length > 0)
    ? await store.lookUp(target, tries, { rows, filter: related.nameable })
    : []
  const excluded = await excludedRows(
    store,
    relation,
    wishes.map((wish, i) => (wish.input?.item != null && (found[i] ?? null) === null ? tries[i]! : [])),
    related
  )
  wishes.forEach((wish, position) => {
    const { input, entry } = wish
    const row = found[position] ?? null
    if (excluded[position] === true) {
      reportMissing(target, { ...wish, tries: tries[position]! }, itemErrors)
      return
    }
    if (input === undefined) {
      if (wantsRows || row === null) keepRow(wish, name, target, row, tries[position]!, itemErrors)
      return
    }
    if (row === null) {
      if (input.item === null || (kind !== 'children' && input.item.key[id.name] !== undefined)) {
        reportMissing(target, { ...wish, tries: tries[position]! }, itemErrors)
      }
      return
    }
    if (wantsRows) input.row = row
    // Children are compared with those of their parent.
    if (kind === 'children' && input.item !== null) return
    input.id = row[id.name]
    if (kind === 'key') setKey(store, relation, entry, input, itemErrors)
  })
}

/** Which of some candidates tell a row that may be seen, and not be named: nested data does not make it once more. */
async function excludedRows (
  store: ModelStore,
  { target, id, kind }: Relation,
  tries: readonly (readonly Candidate[])[],
  { visible, nameable }: RelatedScope
): Promise<readonly boolean[]> {
  if (kind === 'children' || nameable === visible || tries.every(one => one.length === 0)) return []
  const found = await store.lookUp(target, tries, { rows: { fields: [id], form: 'prisma' }, filter: visible })
  return found.map(row => row !== null)
}

/** What may tell the row of a wish. Children need not be found, but to be shown to rules. */
function triesOf ({ id, kind }: Relation, { tries, input }: Wish, wantsRows: boolean): readonly Candidate[] {
  if (input === undefined) return [{ field: id, value: tries[0]!.value }]
  const key = input.item?.key[id.name]
  return wantsRows && kind === 'children' && key !== undefined ? [{ field: id, value: key }] : tries
}

/** A lookup value that is unique within a scope only names no row without one. */
function checkLookup ({ name, target, lookup, scope }: Relation, wishes: readonly Wish[], hasScope: boolean): void {
  if (hasScope || lookup === null || lookupUnique(target, lookup, scope)!.fields.length === 1) return
  if (!wishes.some(({ tries }) => tries.some(({ field }) => field === lookup))) return
  throw new TypeError(
    `relation "${name}": ${target.name}.${lookup.name} names a row within a scope only, and this call has none: ` +
      'name rows by their ids'
  )
}

/** Puts the key of a row that was found into the data, where it must not be another one already. */
function setKey (
  store: ModelStore,
  { name, key }: Relation,
  { index, path, item }: ReferringEntry,
  { id }: RelatedInput,
  itemErrors: ItemErrors
): void {
  const field = key!
  const named = item.data[field.name]
  if (named !== undefined && store.keyText(field, named) !== store.keyText(field, id)) {
    itemErrors.add('invalid_value', index, placeIn(path, name), {
      problem: `${name} and ${field.name} name different rows`
    })
  }
  item.data[field.name] = id
}

/** Checks the rows that are going to be made or written, and finds what they name in their turn. */
async function resolveNested (
  store: ModelStore,
  relation: Relation,
  wishes: readonly InputWish[],
  itemErrors: ItemErrors,
  options: ResolveOptions
): Promise<void> {
  const { shape, kind, id, key, target, lookup, createIfNested, updateIfExists } = relation
  const nested: (ReferringEntry & { readonly item: ReadItem })[] = []
  const required = requiredFields(shape, 'create').filter(name => name !== key?.name || kind !== 'children')
  for (const {
    entry: { index, path },
    input
  } of wishes) {
    const { item } = input
    if (item === null) continue
    const place = placeIn(path, input.path)
    const isNew = input.id === undefined && (kind !== 'children' || item.key[id.name] === undefined)
    if (isNew && !createIfNested) {
      if (input.tries.length > 0) {
        reportMissing(target, { entry: { index, path, item }, place: input.path, tries: input.tries }, itemErrors)
      } else itemErrors.add('required', index, `${place}.${(kind === 'children' ? null : lookup)?.name ?? id.name}`)
      continue
    }
    const lacking = isNew
      ? required.filter(name => !Object.hasOwn(item.data, name) && !Object.hasOwn(item.key, name))
      : []
    for (const name of lacking) itemErrors.add('required', index, `${place}.${name}`)
    if (isNew || kind === 'children' || updateIfExists) nested.push({ index, path: place, item })
  }
  if (nested.length === 0) return
  await resolveRelated(shape, store, nested, itemErrors, options)
  if (itemErrors.any) return
  // What the columns cannot hold would only be found when other rows are written by then.
  store.reportInvalid(
    target,
    nested.map(({ item }) => item.data),
    placedFaults(nested, itemErrors)
  )
}

/** Takes faults of rows by their places in a list, and reports them as those of the entries. */
function placedFaults (entries: readonly ReferringEntry[], itemErrors: ItemErrors): Pick<ItemErrors, 'add'> {
  return {
    add: (code, position, field, params) => {
      const { index, path } = entries[position]!
      itemErrors.add(code, index, field === undefined ? path : `${path}.${field}`, params)
    }
  }
}

function reportMissing (target: Model, { entry: { index, path }, place, tries }: Wish, itemErrors: ItemErrors): void {
  const [first] = tries
  const key = [...new Set(tries.map(({ field }) => field.name))].join(' or ')
  itemErrors.add('foreign_key_not_found', index, placeIn(path, place), {
    model: target.name,
    key,
    value: first?.value
  })
}
