import type { BulkReport } from '../../store/core/report.js'
import type { WriteAction } from '../definition/actions.js'
import type { WriteSettings } from '../write/write-settings.js'
import type { BulkActions } from './bulk-actions.js'
import type { UpsertRequest } from './upsert-batch.js'

/** What a request writes. */
export interface BulkWork {
  readonly action: WriteAction
  readonly items: readonly unknown[]
  /** Only with `bulkUpsert`. */
  readonly upsert: UpsertRequest | null
}

/** Writes what a request asks for, by the action of its name. */
export async function runBulkWork (
  actions: BulkActions,
  { action, items, upsert }: BulkWork,
  wantsRows: boolean,
  settings: WriteSettings
): Promise<BulkReport> {
  if (upsert !== null) return await actions.upsert(items, upsert, wantsRows, settings)
  switch (action) {
    case 'bulkUpdate':
      return await actions.update(items, 'sparse', wantsRows, settings)
    case 'bulkReplace':
      return await actions.update(items, 'replace', wantsRows, settings)
    default:
      return await actions.create(items, wantsRows, settings)
  }
}
