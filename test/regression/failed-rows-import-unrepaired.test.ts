import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, specimenServer } from '../helpers/import-app.js'
import { readRows, textCell, workbookOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)
const book = async (cell: string): Promise<Buffer> => await workbookOf(['code', 'text'], [[textCell('a'), cell]])
const long = 'y'.repeat(32_768)

/** The cells of a file of failed rows, or its text. */
async function textOf (t: Test, file: Buffer): Promise<string> {
  if (file.subarray(0, 2).toString() !== 'PK') return file.toString().replaceAll('""', '"')
  const path = join(t.testdir(), 'failed.xlsx')
  await writeFile(path, file)
  return (await readRows(path)).flatMap(({ cells }) => cells).join('|')
}

const files: readonly (readonly [title: string, file: string | Buffer, shown: RegExp])[] = [
  ['an error of a spreadsheet', await book('<c t="e"><v>#N/A</v></c>'), /#INVALID! #N\/A/],
  ['a number that is none', await book('<c><v>0x10</v></c>'), /#INVALID! 0x10/],
  ['a boolean that is none', await book('<c t="b"><v>yes</v></c>'), /#INVALID! yes/],
  ['a date that is none', await book('<c t="d"><v>2026-02-30</v></c>'), /#INVALID! 2026-02-30/],
  ['a formula without a value', await book('<c><f>A1&amp;"x"</f></c>'), /#INVALID! =A1/],
  ['a text that is too long', await book(textCell(long)), /#INVALID! yyyy/],
  [
    'a value beside the header',
    await workbookOf(['code', 'text'], [[textCell('a'), textCell('b'), textCell('c')]]),
    /#INVALID! b,c/
  ],
  ['a comma too many', csv('code,text', 'a,first half, second half'), /#INVALID! first half, second half/],
  ['a long cell of CSV', csv('code,text', `a,${long}`), /#INVALID! yyyy/],
  ['a quote inside a cell', csv('code,text', 'a,5" pipe'), /#INVALID! 5" pipe/],
  ['a text behind quotes', csv('code,text', 'a,"b"c'), /#INVALID! bc/]
]

await t.test('rows that failed for their cells fail again as long as nobody has repaired their file', async t => {
  for (const [title, file, shown] of files) {
    const { send, failures, take } = await specimenServer(t, database, ['text'])
    const first = await send(file)
    const failed = await failures(first)
    t.match(await textOf(t, failed), shown, title)
    const again = await send(failed)
    const third = await send(await failures(again))
    t.strictSame([first.status, again.status, third.status, await take('text')], [422, 422, 422, []], title)
    t.match(again.failed, [/still holds what an earlier import refused/], title)
  }
})

await t.test('a row that is too short fails again where that is strict', async t => {
  const { send, failures, take } = await specimenServer(t, database, ['text'], { csv: { strict: true } })
  const first = await send(csv('code,text', 'a'))
  t.strictSame([first.status, (await send(await failures(first))).status, await take('text')], [422, 422, []])
})

await t.test('a repaired row is stored, though the reasons stand beside it', async t => {
  const { send, take } = await specimenServer(t, database, ['text'])
  t.equal((await send(csv('code,text,import_errors', 'a,"first half, second half",The row has 3 cells'))).status, 201)
  t.strictSame(await take('text'), [['first half, second half']])
})

await t.test('transforms and codecs are not asked about cells in error', async t => {
  const asked: unknown[] = []
  const { send } = await specimenServer(t, database, [], {
    fields: {
      code: 'code',
      text: {
        transform (value) {
          asked.push(value)
          return value
        }
      }
    }
  })
  const { failed } = await send(await book('<c t="e"><v>#N/A</v></c>'))
  t.strictSame([failed, asked], [['2: text The cell holds the error #N/A'], []])
})
