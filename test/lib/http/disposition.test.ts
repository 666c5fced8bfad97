import t from 'tap'
import { attachment } from '../../../lib/http/disposition.js'

const names: readonly (readonly [name: string, header: string])[] = [
  ['contracts.csv', 'attachment; filename=contracts.csv'],
  ['line items.csv', 'attachment; filename="line items.csv"'],
  ['été.csv', 'attachment; filename="?t?.csv"; filename*=UTF-8\'\'%C3%A9t%C3%A9.csv'],
  ['say "hi".csv', 'attachment; filename="say _hi_.csv"'],
  ['../../etc/passwd', 'attachment; filename=_.._etc_passwd'],
  ['C:\\temp\\a.csv', 'attachment; filename=C_temp_a.csv'],
  ['a\r\nSet-Cookie: x.csv', 'attachment; filename="a_Set-Cookie_ x.csv"'],
  ['\ud800.csv', 'attachment; filename=_.csv'],
  ['\u202egnp.csv', 'attachment; filename=_gnp.csv'],
  ['漢字.pdf', 'attachment; filename="??.pdf"; filename*=UTF-8\'\'%E6%BC%A2%E5%AD%97.pdf'],
  ['...', 'attachment; filename=file'],
  [`${'x'.repeat(300)}.xlsx`, `attachment; filename=${'x'.repeat(195)}.xlsx`],
  [
    `${'é'.repeat(300)}.xlsx`,
    `attachment; filename="${'?'.repeat(97)}.xlsx"; filename*=UTF-8''${'%C3%A9'.repeat(97)}.xlsx`
  ]
]

for (const [name, header] of names) {
  await t.test(JSON.stringify(name.slice(0, 30)), async t => {
    t.equal(attachment(name), header)
  })
}
