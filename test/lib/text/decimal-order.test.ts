import t from 'tap'
import { compareDecimals, isMultiple, stepProblem } from '../../../lib/text/decimal-order.js'
import { Random } from '../../fuzz/random.js'

await t.test('decimals are compared digit by digit', t => {
  for (const [a, b, order] of [
    ['9007199254740993', '9007199254740992', 1],
    ['-9007199254740993', '-9007199254740992', -1],
    ['0.1', '0.10', 0],
    ['0', '-0.000', 0],
    ['1e3', '999', 1],
    ['1e-3', '0.01', -1],
    ['-1', '0', -1],
    ['0', '-1', 1],
    ['-10', '-9', -1],
    ['12e999', '1.2e1000', 0]
  ] as const) {
    t.equal(Math.sign(compareDecimals(a, b)), order, `${a} and ${b}`)
    t.equal(Math.sign(compareDecimals(b, a)), order === 0 ? 0 : -order, `${b} and ${a}`)
  }
  t.ok(Number.isNaN(compareDecimals('one', '1')))
  t.ok(Number.isNaN(compareDecimals('1', '')))
  t.end()
})

await t.test('small numbers compare as numbers do', t => {
  const random = new Random(1)
  const next = (): number => (random.below(2000) - 1000) / 10 ** random.below(4)
  for (let i = 0; i < 500; i++) {
    const [a, b] = [next(), next()]
    t.equal(Math.sign(compareDecimals(String(a), String(b))), Math.sign(a - b), `${a} and ${b}`)
  }
  t.end()
})

await t.test('multiples are found by division without loss', t => {
  for (const [text, step, isWhole] of [
    ['0.3', 0.1, true],
    ['0.35', 0.1, false],
    ['0', 7, true],
    ['-21', 7, true],
    ['1e20', 3, false],
    ['99999999999999999999', 3, true],
    ['100000000000000000000.05', 0.05, true],
    ['7', 0.5, true],
    ['one', 1, false]
  ] as const) {
    t.equal(isMultiple(text, step), isWhole, `${text} of ${step}`)
  }
  t.end()
})

await t.test('a step must be a positive number of few digits', t => {
  t.equal(stepProblem(0.25), null)
  for (const step of [0, -1, NaN, Infinity]) t.equal(stepProblem(step), 'must be more than 0', String(step))
  t.equal(stepProblem(9.000_000_000_000_01e15), 'has too many digits')
  t.end()
})
