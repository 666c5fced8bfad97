import t from 'tap'
import { formulaPattern, guarded, unguarded } from '../../../../lib/tabular/table/formula-guard.js'
import { randomNumbers, randomText } from '../../../helpers/csv.js'
import { createDatabase } from '../../../helpers/database.js'

const alphabet = [...'=+-@＝＋－＠\'" \t\r\n\v\f\0,;a1|é\u00A0\uFEFF💥']

await t.test('what could be a formula gets an apostrophe, and no other text does', async t => {
  const formulas = [
    '=',
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '＝1',
    '＋1',
    '－1',
    '＠a',
    '\tx',
    '\rx',
    '\nx',
    '\0x',
    ' =1',
    ' \t\v\f\r\n=1',
    "'=1",
    "''=1",
    "'\t",
    "' +"
  ]
  const texts = ['', 'a', 'a=1', '1-1', "'", "'a", "it's", ' a', '\va', '\fa', '"=1"', ',=1', '\u00A0=1', "'\va"]
  t.strictSame(
    formulas.map(guarded),
    formulas.map(text => `'${text}`)
  )
  t.strictSame(texts.map(guarded), texts)
  t.strictSame(texts.map(unguarded), texts)
})

await t.test('what was guarded is given back', async t => {
  const random = randomNumbers(7)
  const texts = Array.from({ length: 50_000 }, () => randomText(random, alphabet, 6))
  t.strictSame(
    texts.filter(text => unguarded(guarded(text)) !== text),
    []
  )
  t.ok(texts.filter(text => guarded(text) !== text).length > 10_000, 'many of them need the guard')
})

await t.test('PostgreSQL finds the same texts by the pattern', async t => {
  const { query } = await createDatabase(t, { empty: true })
  const random = randomNumbers(11)
  const texts = Array.from({ length: 5000 }, () => randomText(random, alphabet, 5).replaceAll('\0', ''))
  const rows = await query<{ text: string; isFormula: boolean }>(
    'SELECT text, text ~ $2 AS "isFormula" FROM unnest($1::text[]) AS text',
    [texts, formulaPattern]
  )
  t.equal(rows.length, texts.length)
  t.strictSame(
    rows.filter(({ text, isFormula }) => isFormula !== (guarded(text) !== text)),
    []
  )
})
