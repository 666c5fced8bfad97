import type { InputRow } from '../../store/core/write-context.js'
import type { BulkReport, ReportOptions } from '../../store/core/report.js'
import type { Row } from '../../store/read/find.js'
import type { ModelStore } from '../../store/model-store.js'
import type { DeletedRows } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { ResourceRequest } from '../../scope/resource-request.js'

/**
 * An action of a collection on rows that a request names by their ids: `bulkDelete` is one, and so are those of
 * `defineAction`. Routes, permission, partial success, dry run, OpenAPI and messages follow from it.
 */
export interface RowAction {
  /** As `authorize`, `request.action` and OpenAPI name it, e.g. `bulkDelete`. */
  readonly name: string
  readonly method: 'POST' | 'DELETE'
  /**
   * Where it stands below the collection, e.g. `/bulk-restore`.
   *
   * @param options `actionRoutes`: each action has a route of its own name
   */
  readonly urls: (options: { readonly actionRoutes: boolean }) => readonly string[]
  /** Of the summary in OpenAPI: `Delete`. */
  readonly verb: string
  /** Of messages: `deleted`. */
  readonly participle: string
  /** Of the 200 in OpenAPI: one sentence. */
  readonly description: string
  /** Whether ids may name soft-deleted rows. */
  readonly deleted: DeletedRows
  /** The rows are read and locked before they are written, whatever the resource itself needs of them. */
  readonly needsRows: boolean
  /** The counts in `meta`, beside `missing`. */
  readonly counts: (report: BulkReport) => Readonly<Record<string, number>>
  /** Writes the rows; reports name items by their positions in the list. */
  readonly write: (items: readonly SelectedItem[], call: RowActionCall) => Promise<BulkReport>
}

/** A row that a request names. */
export interface SelectedItem {
  /** Selects the row by a unique constraint. */
  readonly where: InputRow | null
  /** The row, locked; null where the action does not need it. */
  readonly current: Row | null
}

/** What an action on rows is run with. */
export interface RowActionCall {
  readonly store: ModelStore
  readonly model: Model
  readonly action: string
  /** Null for calls of the server itself. */
  readonly request: ResourceRequest | null
  readonly report: ReportOptions
}

/** The rows that an action is about, as the store selects them. */
export function whereOf (items: readonly SelectedItem[]): readonly InputRow[] {
  return items.map(({ where }) => where!)
}

/** True for what `defineAction` gives. */
export function isRowAction (value: unknown): value is RowAction {
  return typeof value === 'object' && value !== null && 'participle' in value && 'write' in value
}
