import type { BulkReport, ItemOutcome } from '../../store/core/report.js'
import { rowsByIndex } from '../../store/core/report-sum.js'
import type { ErrorDetail } from '../../errors.js'
import type { ActionName } from '../definition/actions.js'
import { ruleOf } from '../definition/rules.js'
import type { Answer } from './answer.js'
import { shownAs, type ShownRows } from './dry-run.js'
import type { Resource } from '../definition/resource.js'
import { itemFailures } from '../write/item-failures.js'
import { uncapital } from '../../text/capital.js'

/** What became of one item of a request that stores what it can. */
export interface ItemResult {
  readonly index: number
  /** The status that a request about this item alone would have. */
  readonly status: number
  readonly result: ItemOutcome | 'skipped' | 'failed'
  readonly id?: unknown
  readonly data?: unknown
  readonly errors?: readonly Omit<ErrorDetail, 'field'>[]
}

export interface PartialRequest extends ShownRows {
  readonly action: ActionName
  /** What was done, e.g. `created`. */
  readonly participle: string
  /** Number of items in the request. */
  readonly total: number
  /** List the failed items alone. */
  readonly minimal: boolean
  /** The ids that the items are, in requests that list ids. */
  readonly ids?: readonly unknown[]
}

/** The answer to a write of which some items may have failed: always 207, whatever became of them. */
export function partialAnswer (resource: Resource, report: BulkReport, request: PartialRequest): Answer {
  const { action, participle, total, minimal } = request
  const { plural, rules } = resource
  const results = resultsOf(resource, report, request)
  const failed = results.filter(({ result }) => result === 'failed')
  const skipped = results.filter(({ result }) => result === 'skipped').length
  const { created, updated, unchanged, deleted, restored } = report
  return {
    status: 207,
    success: failed.length === 0,
    message:
      failed.length === 0
        ? (ruleOf(rules.messages, action) ?? `${plural} ${participle} successfully`)
        : `${failed.length} of ${total} ${uncapital(plural)} could not be ${participle}`,
    data: {
      results: minimal ? failed : results,
      summary: {
        total,
        created,
        updated,
        unchanged,
        deleted,
        ...(restored === undefined && action !== 'bulkRestore' ? {} : { restored: restored ?? 0 }),
        ...(skipped === 0 ? {} : { skipped }),
        failed: failed.length
      }
    }
  }
}

function resultsOf (resource: Resource, report: BulkReport, request: PartialRequest): readonly ItemResult[] {
  const rows = rowsByIndex(report)
  const failures = itemFailures(resource, report, request.ids)
  return Array.from({ length: request.total }, (_, index): ItemResult => {
    const outcome = report.outcomes?.get(index)
    const id = request.ids === undefined ? undefined : request.ids[index]
    const failure = failures.get(index)
    if (failure !== undefined) {
      const { status, errors } = failure
      return { index, status, result: 'failed', ...(id === undefined ? {} : { id }), errors }
    }
    // Its key stands in an earlier item.
    if (outcome === undefined) return { index, status: 200, result: 'skipped', ...(id === undefined ? {} : { id }) }
    const row = rows.get(index) as Readonly<Record<string, unknown>> | undefined
    const shown = row === undefined ? undefined : shownAs(resource, row, outcome, request)
    const own = id ?? (shown === undefined ? undefined : keyOf(resource, shown))
    return {
      index,
      status: outcome === 'created' ? 201 : 200,
      result: outcome,
      ...(own === undefined ? {} : { id: own }),
      ...(shown === undefined || request.minimal ? {} : { data: shown })
    }
  })
}

/** The id of a shown row; undefined where answers do not show it. */
function keyOf ({ model }: Resource, row: Readonly<Record<string, unknown>>): unknown {
  const { fields } = model.primaryKey
  if (fields.some(name => row[name] === undefined)) return undefined
  return fields.length === 1 ? row[fields[0]!] : Object.fromEntries(fields.map(name => [name, row[name]]))
}
