import type { InputRow } from '../../store/core/write-context.js'
import type { ItemErrors } from '../../store/core/item-errors.js'
import type { Row } from '../../store/read/find.js'
import type { BulkReport } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import type { Version } from '../../store/core/versions.js'
import type { DeletedRows } from '../../model/meta.js'
import type { ReferringItem, RelatedWrite } from '../../items/shape/read-item.js'

/** One item of a write, read and checked. */
export interface BatchItem {
  /** 0-based place in the request. */
  readonly index: number
  /** Selects its row by a unique constraint; null for a row that is to be made. */
  readonly where: InputRow | null
  /** What is to be written, field → value; null for deletions and restorations. */
  readonly data: Record<string, unknown> | null
  /** What it says of related rows, beyond keys that stand in its data. */
  readonly related: readonly RelatedWrite[]
  /** Key fields that it names by their relation: field → relation. */
  readonly names: ReferringItem['names']
  /** Relation → the row that its key in `data` names; only where rules ask for it. */
  rows?: Record<string, Row>
  /** The version that its row must have; undefined takes any. */
  readonly version: Version
  /** Its row as it is, locked; null where there is none, and where nothing of the resource asks for it. */
  readonly current: Row | null
  /** Its row was looked for, and was not there when the caller's right was asked for. */
  readonly isNew?: boolean
}

/** A write of many items of which nothing is written yet. */
export interface Batch {
  /** What is wrong with items as they stand, whatever is stored. Those cannot be written. */
  readonly itemErrors: ItemErrors
  readonly items: readonly BatchItem[]
  /** Whether its items may name soft-deleted rows. */
  readonly deleted: DeletedRows
  /** An item whose row does not exist is an error, is reported as missing, or creates the row. */
  readonly onMissing: 'error' | 'report' | 'create'
  /** Rows are read and locked before the write, also where neither scope nor rules ask for it. Default: false. */
  readonly needsRows?: boolean
  /**
   * Tells the row that an item selects, once its related rows are found; absent where items select rows from the start.
   */
  readonly select?: (data: InputRow) => InputRow
  /**
   * Once something is wrong: adds what else can be known of all items before anything is written, but for what is
   * stored.
   */
  readonly explain?: (items: readonly BatchItem[], itemErrors: ItemErrors) => void
  /** Writes some of the items, all of those or none. Errors and reports name them by their positions in this list. */
  readonly write: (store: ModelStore, items: readonly BatchItem[]) => Promise<BulkReport>
}

/** The items of a batch, read and checked, before it is known how they are written. */
export type UnwrittenBatch = Omit<Batch, 'write'>

/** An item that makes a row, or whose row is not known yet. */
export function newItem (
  index: number,
  data: Record<string, unknown>,
  { related, names }: Pick<ReferringItem, 'related' | 'names'>
): BatchItem {
  return { index, where: null, data, related, names, version: undefined, current: null }
}

/** An item that names a row to be deleted or restored. */
export function selectedItem (index: number, where: InputRow): BatchItem {
  return { index, where, data: null, related: [], names: {}, version: undefined, current: null }
}

/** What the items write. */
export function dataOf (items: readonly BatchItem[]): readonly InputRow[] {
  return items.map(item => item.data!)
}

/** What selects the rows of the items. */
export function selectorsOf (items: readonly BatchItem[]): readonly InputRow[] {
  return items.map(item => item.where!)
}

/** The versions that the items expect; null where none does. */
export function versionsOf (items: readonly BatchItem[]): readonly Version[] | null {
  return items.some(item => item.version !== undefined) ? items.map(item => item.version) : null
}
