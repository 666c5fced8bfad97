import type { ImportResult } from '../../lib/import/http/import-actions.js'
import { counted } from './progress.js'

const heads = ['total', 'created', 'updated', 'unchanged', 'failed'] as const

/** The counts of an import as a table, those of its models below, and the first rows that failed. */
export function importReport ({
  report,
  failedRows,
  ignored
}: Pick<ImportResult, 'report' | 'failedRows' | 'ignored'>): string {
  const { models = {}, deleted, failed } = report
  const table = [
    ['', ...heads],
    ['rows', ...heads.map(head => counted(report[head]))],
    ...Object.entries(models).map(([name, { created, updated, unchanged }]) => [
      name,
      '',
      counted(created),
      counted(updated),
      counted(unchanged),
      ''
    ])
  ]
  const left = failed - failedRows.length
  return [
    aligned(table),
    ...(deleted > 0 ? [`${counted(deleted)} rows were deleted first`] : []),
    ...(ignored.length > 0 ? [`Columns that were read over: ${ignored.join(', ')}`] : []),
    ...(failedRows.length > 0
      ? [
          '',
          'Failed:',
          ...failedRows.flatMap(({ row, errors }) =>
            errors.map(
              ({ field, message }) => `  row ${row.number}${field === undefined ? '' : `, ${field}`}: ${message}`
            )
          )
        ]
      : []),
    ...(left > 0 && failedRows.length > 0 ? [`  and ${counted(left)} more`] : [])
  ].join('\n')
}

/** Names on the left, numbers on the right. */
function aligned (table: readonly (readonly string[])[]): string {
  const widths = table[0]!.map((_, column) => Math.max(...table.map(row => row[column]!.length)))
  return table
    .map(row =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]! + 2)))
        .join('')
        .trimEnd()
    )
    .join('\n')
}
