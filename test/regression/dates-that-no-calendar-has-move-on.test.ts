import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { specimenServer } from '../helpers/import-app.js'
import { textCell, workbookOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)
const date = (code: string, cells: string): string[] => [textCell(code), cells]

await t.test('a cell with a date that the calendar does not have fails its row', async t => {
  const { send, take } = await specimenServer(t, database, ['date'])
  const wrong = [
    '2026-02-30',
    '2026-02-30T10:00:00',
    '2025-02-29',
    '2026-13-01',
    '2026-01-01T24:00',
    '2026-01-01T10:60'
  ]
  const { status, failed } = await send(
    await workbookOf(
      ['code', 'date'],
      wrong.map(value => date(value, `<c t="d"><v>${value}</v></c>`))
    )
  )
  t.strictSame([status, failed.length, await take('date')], [422, wrong.length, []])
})

await t.test('the leap day of 1900 that never was is no date', async t => {
  const { send, take } = await specimenServer(t, database, ['date'])
  const { status } = await send(
    await workbookOf(['code', 'date'], [date('a', '<c s="1"><v>60</v></c>')], { formats: [14] })
  )
  t.strictSame([status, await take('date')], [422, []])
  await send(
    await workbookOf(['code', 'date'], [date('a', '<c s="1"><v>59</v></c>'), date('b', '<c s="1"><v>61</v></c>')], {
      formats: [14]
    })
  )
  t.strictSame(await take('date'), [['1900-02-28'], ['1900-03-01']])
})

await t.test('times of day may leave out the seconds, and must be on the clock', async t => {
  const { send, take } = await specimenServer(t, database, ['time'])
  const right = await send(
    await workbookOf(
      ['code', 'time'],
      [date('a', '<c t="d"><v>08:30</v></c>'), date('b', '<c t="d"><v>T08:30:15.25</v></c>')]
    )
  )
  t.strictSame([right.status, await take('time')], [201, [['08:30:00'], ['08:30:15.25']]])
  const wrong = await send(
    await workbookOf(
      ['code', 'time'],
      [date('a', '<c t="d"><v>25:00</v></c>'), date('b', '<c t="d"><v>08:60:00</v></c>')]
    )
  )
  t.strictSame([wrong.status, wrong.failed.length, await take('time')], [422, 2, []])
})
