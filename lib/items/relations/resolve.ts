import type { Candidate } from '../../store/read/lookup.js'
import type { ItemErrors } from '../../store/core/item-errors.js'
import type { ModelStore } from '../../store/model-store.js'
import { requiredFields } from '../shape/item-mode.js'
import type { ItemShape, Relation } from '../shape/item-shape.js'
import type { ReadItem, RelatedInput } from '../shape/read-item.js'
import type { RelatedScope } from '../../scope/scopes.js'
import { placeIn } from './part.js'
import { lookupUnique } from './relation.js'
import {
  type ResolveOptions,
  type RowReference,
  type InputReference,
  type ReferringEntry,
  reportMissing
} from './row-reference.js'
import { keyReferences, checkKeys, keepRow } from './check-keys.js'

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
      keyReferences(entries, key),
      itemErrors,
      options
    )
  }
  for (const relation of shape.related.values()) {
    const written = entries.flatMap(entry =>
      entry.item.related.filter(one => one.relation === relation).map(({ rows }) => ({ entry, rows }))
    )
    const inputs = written.flatMap(({ entry, rows }) =>
      rows.map((input): InputReference => ({ entry, place: input.path, candidates: input.candidates, input }))
    )
    forget(relation, inputs)
    const keys = relation.kind === 'key' ? keyReferences(entries, relation.key!) : []
    const others = new Set(written.map(({ entry }) => entry))
    const plain = keys.filter(({ entry }) => !others.has(entry))
    if (inputs.length === 0) await checkKeys(store, relation, plain, itemErrors, options)
    else await findInputs(store, relation, [...plain, ...inputs], itemErrors, options)
    await resolveNested(store, relation, inputs, itemErrors, options)
  }
}

/** What was found by an earlier run does not count. */
function forget ({ key, kind }: Relation, references: readonly InputReference[]): void {
  for (const {
    input,
    entry: { item }
  } of references) {
    if (input.id === undefined) continue
    if (kind === 'key' && item.data[key!.name] === input.id) item.data[key!.name] = undefined
    input.id = undefined
    delete input.row
  }
}

async function findInputs (
  store: ModelStore,
  relation: Relation,
  references: readonly RowReference[],
  itemErrors: ItemErrors,
  { scopes, wantsRows = false }: ResolveOptions
): Promise<void> {
  const { name, target, id, kind, scope } = relation
  const related = scopes.of(scope)
  checkLookup(relation, references, related.values !== null)
  const candidates = references.map(reference => candidatesOf(relation, reference, wantsRows))
  const rows = { fields: wantsRows ? target.meta.fields : [id], form: 'prisma' } as const
  const found = candidates.some(one => one.length > 0)
    ? await store.lookUp(target, candidates, { rows, filter: related.nameable })
    : []
  const excluded = await excludedRows(
    store,
    relation,
    references.map((reference, i) =>
      reference.input?.item != null && (found[i] ?? null) === null ? candidates[i]! : []
    ),
    related
  )
  references.forEach((reference, position) => {
    const { input, entry } = reference
    const row = found[position] ?? null
    if (excluded[position] === true) {
      reportMissing(target, { ...reference, candidates: candidates[position]! }, itemErrors)
      return
    }
    if (input === undefined) {
      if (wantsRows || row === null) keepRow(reference, name, target, row, candidates[position]!, itemErrors)
      return
    }
    if (row === null) {
      if (input.item === null || (kind !== 'children' && input.item.key[id.name] !== undefined)) {
        reportMissing(target, { ...reference, candidates: candidates[position]! }, itemErrors)
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
  candidates: readonly (readonly Candidate[])[],
  { visible, nameable }: RelatedScope
): Promise<readonly boolean[]> {
  if (kind === 'children' || nameable === visible || candidates.every(one => one.length === 0)) return []
  const found = await store.lookUp(target, candidates, { rows: { fields: [id], form: 'prisma' }, filter: visible })
  return found.map(row => row !== null)
}

/** What may tell the row of a reference. Children need not be found, but to be shown to rules. */
function candidatesOf (
  { id, kind }: Relation,
  { candidates, input }: RowReference,
  wantsRows: boolean
): readonly Candidate[] {
  if (input === undefined) return [{ field: id, value: candidates[0]!.value }]
  const key = input.item?.key[id.name]
  return wantsRows && kind === 'children' && key !== undefined ? [{ field: id, value: key }] : candidates
}

/** A lookup value that is unique within a scope only names no row without one. */
function checkLookup (
  { name, target, lookup, scope }: Relation,
  references: readonly RowReference[],
  hasScope: boolean
): void {
  if (hasScope || lookup === null || lookupUnique(target, lookup, scope)!.fields.length === 1) return
  if (!references.some(({ candidates }) => candidates.some(({ field }) => field === lookup))) return
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
  references: readonly InputReference[],
  itemErrors: ItemErrors,
  options: ResolveOptions
): Promise<void> {
  const { shape, kind, id, key, target, lookup, createIfNested, updateIfExists } = relation
  const nested: (ReferringEntry & { readonly item: ReadItem })[] = []
  const required = requiredFields(shape, 'create').filter(name => name !== key?.name || kind !== 'children')
  for (const {
    entry: { index, path },
    input
  } of references) {
    const { item } = input
    if (item === null) continue
    const place = placeIn(path, input.path)
    const isNew = input.id === undefined && (kind !== 'children' || item.key[id.name] === undefined)
    if (isNew && !createIfNested) {
      if (input.candidates.length > 0) {
        reportMissing(
          target,
          { entry: { index, path, item }, place: input.path, candidates: input.candidates },
          itemErrors
        )
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
    placedErrors(nested, itemErrors)
  )
}

/** Takes faults of rows by their places in a list, and reports them as those of the entries. */
function placedErrors (entries: readonly ReferringEntry[], itemErrors: ItemErrors): Pick<ItemErrors, 'add'> {
  return {
    add: (code, position, field, params) => {
      const { index, path } = entries[position]!
      itemErrors.add(code, index, field === undefined ? path : `${path}.${field}`, params)
    }
  }
}
