import type { BulkReport } from '../bulk/report.js'
import { participles } from './actions.js'
import type { DeleteSummary } from './bulk-actions.js'
import type { BulkRequest } from './bulk-request.js'
import type { Resource } from './resource.js'

/** What a request is answered with, in whatever envelope. */
export interface BulkAnswer {
  readonly status: number
  readonly message: string
  readonly data: unknown
  readonly meta: Readonly<Record<string, unknown>>
}

/** The answer to a write: the rows, one row, or with `minimal` the counts alone. */
export function writeAnswer ({ singular, plural }: Resource, request: BulkRequest, report: BulkReport, minimal: boolean): BulkAnswer {
  const { action, isSingle } = request
  const { created, updated, unchanged, count } = report
  const meta = { created, updated, unchanged }
  const isCreation = action === 'create' || action === 'bulkCreate' || (isSingle && created === 1)
  const status = isCreation ? 201 : 200
  const participle = participles[action]
  const message = `${isSingle ? singular : plural} ${participle} successfully`
  if (minimal) {
    return { status, message, meta, data: { message: minimalMessage(participle, count), count, ...meta, serialization_skipped: true } }
  }
  return { status, message, meta, data: isSingle ? report.rows?.[0] ?? null : report.rows ?? [] }
}

/** The answer to a bulk delete: what was asked for and what was not there; with `minimal` without the ids. */
export function deleteAnswer ({ plural }: Resource, summary: DeleteSummary, minimal: boolean): BulkAnswer {
  const { missing_ids: missing, ...counts } = summary
  const data = minimal ? { message: minimalMessage('deleted', counts.count), ...counts, serialization_skipped: true } : summary
  return { status: 200, message: `${plural} deleted successfully`, meta: { deleted: counts.count, missing: missing.length }, data }
}

function minimalMessage (participle: string, count: number): string {
  return `Successfully ${participle} ${count} ${count === 1 ? 'instance' : 'instances'}`
}
