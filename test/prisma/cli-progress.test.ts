import t from 'tap'
import { errorDetail } from '../../lib/errors.js'
import { importReport } from '../../prisma/cli/import-report.js'
import { duration, ProgressDisplay, progressText } from '../../prisma/cli/progress.js'

await t.test('progress tells how far, how fast, and how long still where that is known', async t => {
  t.equal(progressText({ rows: 5000, fraction: 0.5 }, 2), '50 %, 5,000 rows, 2,500 rows/s, 2 s left')
  t.equal(progressText({ rows: 12_345, fraction: null }, 10), '12,345 rows, 1,235 rows/s')
  t.equal(progressText({ rows: 10, fraction: 1 }, 0), '100 %, 10 rows, 10,000 rows/s, 0 s left')
  t.strictSame([0.2, 59, 60, 125].map(duration), ['1 s', '59 s', '1 min 0 s', '2 min 5 s'])
})

await t.test('a terminal shows a bar that is drawn anew, and taken away', async t => {
  let now = 0
  const written: string[] = []
  const display = new ProgressDisplay({ isTTY: true, write: text => written.push(text) }, () => now)
  now = 1000
  display.tell({ rows: 100, fraction: 0.25 })
  now = 1050
  display.tell({ rows: 200, fraction: 0.5 })
  now = 2000
  display.tell({ rows: 400, fraction: null })
  display.end()
  t.strictSame(written, [
    '\r\x1b[2K[######------------------] 25 %, 100 rows, 100 rows/s, 3 s left',
    '\r\x1b[2K400 rows, 200 rows/s',
    '\r\x1b[2K'
  ])
})

await t.test('a log gets a line every five seconds', async t => {
  let now = 0
  const written: string[] = []
  const display = new ProgressDisplay({ write: text => written.push(text) }, () => now)
  for (now of [1000, 4999, 5000, 9999, 10_000]) display.tell({ rows: now, fraction: 0.5 })
  display.end()
  t.strictSame(written, ['50 %, 5,000 rows, 1,000 rows/s, 5 s left\n', '50 %, 10,000 rows, 1,000 rows/s, 10 s left\n'])
})

await t.test('the report of an import says what there is to say, and no more', async t => {
  const report = { total: 1200, created: 1000, updated: 200, unchanged: 0, failed: 0, deleted: 0 }
  t.equal(
    importReport({ report, failedRows: [], ignored: [] }),
    ['      total  created  updated  unchanged  failed', 'rows  1,200    1,000      200          0       0'].join('\n')
  )
  const failed = { number: 7, cells: [], parts: [], values: null, problems: [] }
  const errors = [
    errorDetail('invalid_value', { field: 'email' }, { problem: 'No address' }),
    errorDetail('malformed_row', {}, { problem: 'Too short' })
  ]
  t.equal(
    importReport({
      report: { ...report, failed: 3, deleted: 5, models: { departments: { created: 2, updated: 0, unchanged: 1 } } },
      failedRows: [{ row: failed, errors }],
      ignored: ['id']
    }),
    [
      '             total  created  updated  unchanged  failed',
      'rows         1,200    1,000      200          0       3',
      'departments               2        0          1',
      '5 rows were deleted first',
      'Columns that were read over: id',
      '',
      'Failed:',
      '  row 7, email: No address',
      '  row 7: Too short',
      '  and 2 more'
    ].join('\n')
  )
})
