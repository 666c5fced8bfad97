import type { InputRow } from '../bulk/context.js'
import type { Faults } from '../bulk/faults.js'
import type { Row } from '../bulk/find.js'
import type { BulkReport } from '../bulk/report.js'
import type { BulkStore } from '../bulk/store.js'
import type { Version } from '../bulk/versions.js'
import type { DeletedRows } from '../model/meta.js'
import type { RelatedWrite } from './read-item.js'

/** One item of a write, read and checked. */
export interface BatchItem {
  /** 0-based place in the request. */
  readonly index: number
  /** Selects its row by a unique set; null for a row that is to be made. */
  readonly where: InputRow | null
  /** What is to be written, field → value; null for deletions and restorations. */
  readonly data: Record<string, unknown> | null
  /** What it says of related rows, beyond keys that stand in its data. */
  readonly related: readonly RelatedWrite[]
  /** The version that its row must have; undefined takes any. */
  readonly version: Version
  /** Its row as it is, locked; null where there is none, and where nothing of the resource asks for it. */
  readonly current: Row | null
}

/** A write of many items of which nothing is written yet. */
export interface Batch {
  /** What is wrong with items. Those cannot be written. */
  readonly faults: Faults
  readonly items: readonly BatchItem[]
  /** Which rows its items may name. */
  readonly seen: DeletedRows
  /** What an item is that names a row which is not there: an error, told in the report, or a row to be made. */
  readonly absent: 'error' | 'report' | 'create'
  /** Writes some of the items, all of those or none. Errors and reports name them by their positions in this list. */
  readonly write: (store: BulkStore, items: readonly BatchItem[]) => Promise<BulkReport>
}

/** An item that makes a row. */
export function newItem (index: number, data: Readonly<Record<string, unknown>>, related: BatchItem['related']): BatchItem {
  return { index, where: null, data, related, version: undefined, current: null }
}

/** An item that names a row to be deleted or restored. */
export function selectedItem (index: number, where: InputRow): BatchItem {
  return { index, where, data: null, related: [], version: undefined, current: null }
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
