import type { ErrorSink } from '../../store/core/item-errors.js'
import type { Row } from '../../store/read/find.js'
import type { Candidate } from '../../store/read/lookup.js'
import type { Relation } from './item-shape.js'

/** What of an item leads to related rows. */
export interface ReferringItem {
  /** Field → value; the keys of related rows are put in once they are found. */
  readonly data: Record<string, unknown>
  /** What it says of declared relations, beyond keys that stand in `data`. */
  readonly related: readonly RelatedWrite[]
  /** Key fields that it names by their relation: field → relation. */
  readonly names: Readonly<Record<string, string>>
  /** Relation → the row that its key in `data` names; only where they are asked for. */
  rows?: Record<string, Row>
}

/** An item read: the fields to write, the key that selects its row, the version it expects. */
export interface ReadItem extends ReferringItem {
  readonly key: Readonly<Record<string, unknown>>
  readonly version: number | undefined
}

/** Checks items of one kind of request and turns them into rows. */
export type ItemReader = (item: unknown, index: number, itemErrors: ErrorSink) => ReadItem

/** A related row as an item names it. */
export interface RelatedInput {
  /** Where it stands below its item: `customer`, `tags.1`. */
  readonly path: string
  /** What may tell the row, to be tried in this order; empty for a row that is to be made. */
  readonly candidates: readonly Candidate[]
  /** Nested data. */
  readonly item: ReadItem | null
  /** The key of the row it names; undefined until it is found. */
  id?: unknown
  /** The row it names; only where rows are asked for. */
  row?: Row
}

/** What an item says of one relation. */
export interface RelatedWrite {
  readonly relation: Relation
  /** One row for a relation that is no list. */
  readonly rows: readonly RelatedInput[]
}
