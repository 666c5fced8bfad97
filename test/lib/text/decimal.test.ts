import t from 'tap'
import { decimalParts, isDecimalText } from '../../../lib/text/decimal.js'

await t.test('decimal numbers are digits with a sign, a point and an exponent', async t => {
  for (const text of ['0', '1.', '.5', '+1.5', '-01.50e3', '1E-4', '1e+9999', '1'.repeat(131_072)]) {
    t.ok(isDecimalText(text), text.slice(0, 20))
  }
  for (const text of [
    '',
    '.',
    '+',
    'e1',
    '1e',
    '1e12345',
    '1 ',
    ' 1',
    '1.2.3',
    '0x1',
    'NaN',
    '1_000',
    '1'.repeat(200_000)
  ]) {
    t.notOk(isDecimalText(text), text.slice(0, 20))
  }
})

await t.test('a decimal number is taken apart', async t => {
  t.strictSame(decimalParts('-01.50e3'), { isNegative: true, whole: '01', fraction: '50', exponent: 3 })
  t.strictSame(decimalParts('.5'), { isNegative: false, whole: '', fraction: '5', exponent: 0 })
  t.strictSame(decimalParts('7.'), { isNegative: false, whole: '7', fraction: '', exponent: 0 })
  t.equal(decimalParts('1x'), null)
})
