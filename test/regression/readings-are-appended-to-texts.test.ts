import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { specimenServer } from '../helpers/import-app.js'
import { workbookOf } from '../helpers/workbook-file.js'

const database = await bulkDatabase(t)
const reading = '<rPh sb="0" eb="2"><t>ヤマ</t></rPh>'
const richReading = '<rPh sb="0" eb="2"><r><t>ヤマ</t></r></rPh>'
const items = [
  `<t>山川</t>${reading}`,
  `<t>山川</t>${richReading}`,
  `<r><t>山</t></r>${richReading}<r><t>川</t></r>`,
  '<r><t>山</t></r><r><t>川</t></r><rPh><is><t>no</t></is></rPh><phoneticPr fontId="1"/>'
]

await t.test('a text is stored without the readings of its characters', async t => {
  const { send, take } = await specimenServer(t, database, ['text'])
  const rows = items.map((_, i) => [`<c t="str"><v>${i}</v></c>`, `<c t="s"><v>${i}</v></c>`])
  const inline = items.map((item, i) => [`<c t="str"><v>inline ${i}</v></c>`, `<c t="inlineStr"><is>${item}</is></c>`])
  const { status } = await send(
    await workbookOf(['code', 'text'], [...rows, ...inline], { texts: items.map(item => `<si>${item}</si>`).join('') })
  )
  t.strictSame([status, await take('text')], [201, [...rows, ...inline].map(() => ['山川'])])
})
