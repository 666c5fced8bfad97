import t from 'tap'
import { SheetNames } from '../../../../lib/tabular/xlsx/write/sheet-names.js'

await t.test('titles become names that spreadsheets take, each once', async t => {
  const names = new SheetNames()
  const long = 'A title of more than thirty-one characters'
  t.strictSame(
    [
      'Staff',
      'staff',
      'Staff',
      'a/b\\c?d*e[f]g:h',
      "'quoted'",
      '',
      '\0\t',
      'History',
      long,
      long,
      `${'x'.repeat(30)}😀`
    ].map(title => names.next(title)),
    [
      'Staff',
      'staff (2)',
      'Staff (3)',
      'a b c d e f g h',
      'quoted',
      'Sheet',
      'Sheet (2)',
      'History (2)',
      'A title of more than thirty-one',
      'A title of more than thirty (2)',
      'x'.repeat(30)
    ]
  )
})
