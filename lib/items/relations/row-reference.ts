import type { Scopes } from '../../scope/scopes.js'
import type { Candidate } from '../../store/read/lookup.js'
import type { ItemErrors } from '../../store/core/item-errors.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { ReferringItem, RelatedInput } from '../shape/read-item.js'
import type { ScopeRule } from '../../scope/scope-rule.js'
import { placeIn } from './part.js'

/** An item of a batch, or one that is nested in it. */
export interface ReferringEntry {
  /** Place of the item in the request. */
  readonly index: number
  /** Where it stands in that item; empty for the item itself. */
  readonly path: string
  readonly item: ReferringItem
}

/** A row that an entry names, in whatever way. */
export interface RowReference {
  readonly entry: ReferringEntry
  /** Name of the relation, or path of the row in a list. */
  readonly place: string
  readonly candidates: readonly Candidate[]
  /** Absent for keys that stand in the entry's data already. */
  readonly input?: RelatedInput
}

export type InputReference = RowReference & { readonly input: RelatedInput }

/** Where rows are looked for. */
export interface Target {
  readonly name: string
  readonly target: Model
  readonly id: FieldMeta
  readonly scope: ScopeRule
}

export function reportMissing (
  target: Model,
  { entry: { index, path }, place, candidates }: RowReference,
  itemErrors: ItemErrors
): void {
  const [first] = candidates
  const key = [...new Set(candidates.map(({ field }) => field.name))].join(' or ')
  itemErrors.add('foreign_key_not_found', index, placeIn(path, place), {
    model: target.name,
    key,
    value: first?.value
  })
}

export interface ResolveOptions {
  /** The rows that the request reaches: others are not there. */
  readonly scopes: Scopes
  /** Keep the rows that are found, whole, for rules of the resource. Default: their keys alone. */
  readonly wantsRows?: boolean
}
