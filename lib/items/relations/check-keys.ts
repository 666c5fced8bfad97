import type { Candidate } from '../../store/read/lookup.js'
import type { ItemErrors } from '../../store/core/item-errors.js'
import type { Row } from '../../store/read/find.js'
import type { ModelStore } from '../../store/model-store.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import {
  reportMissing,
  type ResolveOptions,
  type RowReference,
  type Target,
  type ReferringEntry
} from './row-reference.js'

/** The keys that entries name themselves. */
export function keyReferences (entries: readonly ReferringEntry[], field: FieldMeta): readonly RowReference[] {
  const references: RowReference[] = []
  for (const entry of entries) {
    const value = entry.item.data[field.name]
    if (value !== undefined && value !== null) {
      references.push({ entry, place: entry.item.names[field.name] ?? field.name, candidates: [{ field, value }] })
    }
  }
  return references
}

/** Keys alone need not be read: what is asked for is those that are missing. */
export async function checkKeys (
  store: ModelStore,
  at: Target,
  references: readonly RowReference[],
  itemErrors: ItemErrors,
  options: ResolveOptions
): Promise<void> {
  const { target, id, scope } = at
  if (options.wantsRows === true) {
    await readKeys(store, at, references, itemErrors, options)
    return
  }
  const places = new Map<unknown, RowReference[]>()
  for (const reference of references) {
    const { value } = reference.candidates[0]!
    const known = places.get(value)
    if (known === undefined) places.set(value, [reference])
    else known.push(reference)
  }
  if (places.size === 0) return
  const values = [...places.keys()]
  for (const position of await store.missing(target, id.name, values, options.scopes.of(scope).nameable)) {
    for (const reference of places.get(values[position])!) {
      reportMissing(target, { ...reference, candidates: [{ field: id, value: values[position] }] }, itemErrors)
    }
  }
}

async function readKeys (
  store: ModelStore,
  { name, target, id, scope }: Target,
  references: readonly RowReference[],
  itemErrors: ItemErrors,
  { scopes }: ResolveOptions
): Promise<void> {
  if (references.length === 0) return
  const candidates = references.map(reference => [{ field: id, value: reference.candidates[0]!.value }])
  const found = await store.lookUp(target, candidates, {
    rows: { fields: target.meta.fields, form: 'prisma' },
    filter: scopes.of(scope).nameable
  })
  references.forEach((reference, position) =>
    keepRow(reference, name, target, found[position] ?? null, candidates[position]!, itemErrors)
  )
}

export function keepRow (
  reference: RowReference,
  name: string,
  target: Model,
  row: Row | null,
  candidates: readonly Candidate[],
  itemErrors: ItemErrors
): void {
  if (row === null) reportMissing(target, { ...reference, candidates }, itemErrors)
  else (reference.entry.item.rows ??= {})[name] = row
}
