import type { BulkReport } from '../bulk/report.js'
import { participles, type SelectAction } from './actions.js'
import { minimalData, type Answer } from './answer.js'
import type { SelectionSummary } from './bulk-actions.js'
import type { BulkRequest } from './bulk-request.js'
import type { Resource } from './resource.js'

/** The answer to a write: the rows, one row, or with `minimal` the counts alone. */
export function writeAnswer ({ singular, plural, rules }: Resource, request: BulkRequest, report: BulkReport, minimal: boolean): Answer {
  const { action, isSingle } = request
  const { created, updated, unchanged, count } = report
  const meta = { created, updated, unchanged }
  const isCreation = action === 'create' || action === 'bulkCreate' || (isSingle && created === 1)
  const status = isCreation ? 201 : 200
  const participle = participles[action]
  const message = rules.messages?.[action] ?? `${isSingle ? singular : plural} ${participle} successfully`
  if (minimal) {
    return { status, message, meta, data: minimalData(participle, { count, ...meta }) }
  }
  return { status, message, meta, data: isSingle ? report.rows?.[0] ?? null : report.rows ?? [] }
}

/** The answer to a request that names rows by their ids: what was asked for and what was not there; with `minimal` without the ids. */
export function selectionAnswer ({ plural, rules }: Resource, action: SelectAction, { requested, report, missing }: SelectionSummary, minimal: boolean): Answer {
  const { count, deleted, unchanged } = report
  const counts = { requested_count: requested, count, missing_count: missing.length }
  const participle = participles[action]
  return {
    status: 200,
    message: rules.messages?.[action] ?? `${plural} ${participle} successfully`,
    meta: {
      ...(action === 'bulkRestore' ? { restored: report.restored ?? 0 } : { deleted }),
      ...(action === 'bulkDelete' ? {} : { unchanged }),
      missing: missing.length
    },
    data: minimal ? minimalData(participle, counts) : { requested_count: requested, count, missing_ids: missing, missing_count: missing.length }
  }
}
