import { detailAt } from '../../error-places.js'

import { ReportBuilder, type BulkReport, type ItemOutcome } from './report.js'

/** A report about items that stand elsewhere: `indexOf` gives their places there. */
export function reportAt (report: BulkReport, indexOf: (index: number) => number): BulkReport {
  const { outcomes, failures } = report
  return {
    ...report,
    missing: report.missing.map(one => ({ ...one, index: indexOf(one.index) })),
    conflicts: report.conflicts.map(one => ({ ...one, index: indexOf(one.index) })),
    ...(outcomes === undefined
      ? {}
      : { outcomes: new Map([...outcomes].map(([index, outcome]) => [indexOf(index), outcome])) }),
    ...(failures === undefined
      ? {}
      : {
          failures: new Map(
            [...failures].map(([index, details]) => [indexOf(index), details.map(detail => detailAt(detail, indexOf))])
          )
        })
  }
}

/** The rows of a report that tells outcomes, by the indexes of their items: each item that has an outcome has a row. */
export function rowsByIndex ({ rows, outcomes }: BulkReport): ReadonlyMap<number, unknown> {
  const indexes = [...(outcomes?.keys() ?? [])].sort((a, b) => a - b)
  return new Map(
    rows === undefined || rows.length !== indexes.length ? [] : indexes.map((index, i) => [index, rows[i]])
  )
}

/** One report of several that tell the outcomes of different items. */
export function sumOf (
  reports: readonly BulkReport[]
): BulkReport & { readonly outcomes: ReadonlyMap<number, ItemOutcome> } {
  const hasRows = reports.some(({ rows }) => rows !== undefined)
  const builder = new ReportBuilder({ rows: hasRows ? { fields: [], form: 'json' } : null, outcomes: true })
  const outcomes = new Map<number, ItemOutcome>()
  for (const report of reports) {
    for (const [index, outcome] of report.outcomes ?? []) {
      builder.count(outcome, [index])
      outcomes.set(index, outcome)
    }
    for (const [index, row] of rowsByIndex(report)) builder.place(index, row)
    builder.missing.push(...report.missing)
    builder.conflicts.push(...report.conflicts)
  }
  return { ...builder.report(), outcomes }
}
