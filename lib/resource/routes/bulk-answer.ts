import type { Row } from '../../store/read/find.js'
import type { BulkReport } from '../../store/core/report.js'
import { participles } from '../definition/actions.js'
import type { RowAction } from '../definition/row-action.js'
import { ruleOf } from '../definition/rules.js'
import { minimalData, tagHeaders, type Answer } from './answer.js'
import type { SelectionSummary } from '../actions/select-batch.js'
import type { BulkRequest } from './bulk-request.js'
import { shownAs } from './dry-run.js'
import { partialAnswer } from './partial-answer.js'
import type { Resource } from '../definition/resource.js'
import { versionOf } from '../write/shown-row.js'
import type { WriteMode } from './write-mode.js'

/**
 * The answer to a write: the rows, one row, or with `minimal` the counts alone; with `partial` what became of each
 * item.
 */
export function writeAnswer (resource: Resource, request: BulkRequest, report: BulkReport, mode: WriteMode): Answer {
  const { singular, plural, rules } = resource
  const { action, isSingle, items, upsert } = request
  const { partial, minimal, dryRun } = mode
  const on = upsert?.on
  if (partial) {
    return partialAnswer(resource, report, {
      action,
      participle: participles[action],
      total: items.length,
      minimal,
      dryRun,
      on
    })
  }
  const { created, updated, unchanged, count } = report
  const meta = { created, updated, unchanged }
  const isCreation = action === 'create' || action === 'bulkCreate' || (isSingle && created === 1)
  const status = isCreation ? 201 : 200
  const participle = participles[action]
  const message = rules.messages?.[action] ?? `${isSingle ? singular : plural} ${participle} successfully`
  if (minimal) {
    return {
      status,
      message,
      meta,
      data: minimalData(participle, { count, ...meta }),
      headers: tagHeaders(isSingle ? versionOf(resource, report) : null)
    }
  }
  const rows = (report.rows ?? []) as readonly Row[]
  const outcomes = dryRun ? new Map(report.outcomes) : null
  const shown =
    outcomes === null ? rows : rows.map((row, index) => shownAs(resource, row, outcomes.get(index), { dryRun, on }))
  return {
    status,
    message,
    meta,
    data: isSingle ? (shown[0] ?? null) : shown,
    headers: tagHeaders(isSingle ? versionOf(resource, report) : null)
  }
}

/**
 * The answer to a request that names rows by their ids: what was asked for and what was not there; with `minimal`
 * without the ids.
 */
export function selectionAnswer (
  resource: Resource,
  { name, participle, counts: countsOf }: RowAction,
  { requested, report, missing, ids }: SelectionSummary,
  mode: WriteMode
): Answer {
  const { plural, rules } = resource
  const { partial, minimal, dryRun } = mode
  if (partial) {
    return partialAnswer(resource, report, { action: name, participle, total: requested, minimal, dryRun, ids })
  }
  const { count } = report
  const counts = { requested_count: requested, count, missing_count: missing.length }
  return {
    status: 200,
    message: ruleOf(rules.messages, name) ?? `${plural} ${participle} successfully`,
    meta: { ...countsOf(report), missing: missing.length },
    data: minimal
      ? minimalData(participle, counts)
      : { requested_count: requested, count, missing_ids: missing, missing_count: missing.length }
  }
}
