import t from 'tap'
import { metadata } from '../../../../prisma/generated/metadata.js'
import { cellReader } from '../../../../lib/import/plan/cell-value.js'
import type { FieldMeta } from '../../../../lib/model/meta.js'
import { Registry } from '../../../../lib/model/registry.js'
import { InvalidValue, valueReader } from '../../../../lib/values/value-reader.js'

const model = new Registry(metadata).model('Contract')
const field = (type: string, parts: Partial<FieldMeta> = {}): FieldMeta =>
  ({ ...model.ownField('note'), type, ...parts }) as FieldMeta

await t.test('cells become the values that people mean', async t => {
  const cases: readonly (readonly [FieldMeta, unknown, unknown])[] = [
    [field('String'), '0077', '0077'],
    [field('String'), ' NA ', ' NA '],
    [field('String'), '', ''],
    [field('String'), 77, '77'],
    [field('String'), 1e21, '1000000000000000000000'],
    [field('String'), 1e23, '100000000000000000000000'],
    [field('String'), 1.5e-7, '0.00000015'],
    [field('String'), true, 'true'],
    [field('Int'), ' 12 ', 12],
    [field('Int'), '12.0', 12],
    [field('Int'), 12, 12],
    [field('Int'), '-0', -0],
    [field('BigInt'), '9007199254740993', '9007199254740993'],
    [field('BigInt'), 1e18, '1000000000000000000'],
    [field('Float'), '1.5e3', 1500],
    [field('Float'), 'NaN', NaN],
    [field('Decimal'), ' 10.50 ', '10.50'],
    [field('Decimal'), 10.5, 10.5],
    [field('Boolean'), 'Yes', true],
    [field('Boolean'), ' off ', false],
    [field('Boolean'), 1, true],
    [field('Boolean'), false, false],
    [field('DateTime', { native: ['Date'] }), '2026-02-28', '2026-02-28'],
    [field('DateTime'), '2026-02-28', '2026-02-28T00:00:00.000Z'],
    [field('DateTime'), '2026-02-28 10:30', '2026-02-28T10:30:00.000Z'],
    [field('Json'), '{"a":1}', { a: 1 }],
    [field('Json'), 5, 5],
    [field('Json'), '"null"', 'null'],
    [field('Bytes'), 'aGk=', Buffer.from('hi')],
    [field('Bytes'), 1234, Buffer.from('1234', 'base64')],
    [model.ownField('status'), ' draft ', 'draft'],
    [field('String', { list: true }), 'a, b', ['a', 'b']],
    [field('String', { list: true }), '["a, b",""]', ['a, b', '']],
    [field('Int', { list: true }), '1,2', [1, 2]],
    [field('Int', { list: true }), 3, [3]],
    [field('String', { list: true }), ' ', []]
  ]
  for (const [field, cell, value] of cases) {
    t.strictSame(cellReader(field, valueReader(model, field))(cell), value, `${field.type} ${String(cell)}`)
  }
})

await t.test('other cells are refused with what they must be', async t => {
  const cases: readonly (readonly [FieldMeta, unknown, string])[] = [
    [field('Int'), '12.5', 'invalid_type'],
    [field('Int'), '1,5', 'invalid_type'],
    [field('Int'), '99999999999', 'invalid_type'],
    [field('Float'), 'many', 'invalid_type'],
    [field('Decimal'), '1.000,50', 'invalid_type'],
    [field('Boolean'), 'maybe', 'invalid_type'],
    [field('DateTime', { native: ['Date'] }), '2026-02-30', 'invalid_type'],
    [field('DateTime'), '28.02.2026', 'invalid_type'],
    [field('DateTime'), 45_000, 'invalid_type'],
    [field('Json'), '{a:1}', 'invalid_type'],
    [field('Bytes'), 'hi!', 'invalid_type'],
    [model.ownField('status'), 'Draft', 'invalid_type'],
    [field('String', { list: true }), '["a"', 'invalid_type']
  ]
  for (const [field, cell, code] of cases) {
    const value = cellReader(field, valueReader(model, field))(cell)
    t.equal(value instanceof InvalidValue ? value.code : value, code, `${field.type} ${String(cell)}`)
  }
})
