import t from 'tap'
import { cellText, mayHoldFormula } from '../../../../lib/tabular/table/cell-text.js'
import type { Cell, CellKind } from '../../../../lib/tabular/table/table.js'

await t.test('cells have the text that their kind gives them', async t => {
  const cells: readonly [kind: CellKind, cell: Cell, text: string | null][] = [
    ['text', null, null],
    ['json', undefined, null],
    ['text', '', ''],
    ['text', '00012', '00012'],
    ['text', { a: [1, null] }, '{"a":[1,null]}'],
    ['text', ['a', 'b'], '["a","b"]'],
    ['number', -5, '-5'],
    ['number', '-5.10', '-5.10'],
    ['number', 9007199254740993n, '9007199254740993'],
    ['boolean', false, 'false'],
    ['date', '2026-01-31', '2026-01-31'],
    ['datetime', '2026-01-31T10:00:00.000Z', '2026-01-31T10:00:00.000Z'],
    ['json', 'a "b"', '"a \\"b\\""'],
    ['json', -5, '-5'],
    ['json', true, 'true'],
    ['json', { a: '=1' }, '{"a":"=1"}']
  ]
  t.strictSame(
    cells.map(([kind, cell]) => cellText(kind, cell)),
    cells.map(([, , text]) => text)
  )
})

await t.test('only what people write may be a formula', async t => {
  const kinds: readonly CellKind[] = ['text', 'number', 'boolean', 'date', 'datetime', 'json']
  t.strictSame(kinds.filter(mayHoldFormula), ['text', 'json'])
})
