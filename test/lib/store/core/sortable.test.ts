import t from 'tap'
import { sortable } from '../../../../lib/store/core/sortable.js'
import type { FieldMeta } from '../../../../lib/model/meta.js'
import { Registry } from '../../../../lib/model/registry.js'
import { keyText } from '../../../../lib/sql/postgres/values/key-text.js'
import { metadata } from '../../../../prisma/generated/metadata.js'
import { createDatabase } from '../../../helpers/database.js'

const { query } = await createDatabase(t)
const model = new Registry(metadata).model('Specimen')

const samples: Readonly<Record<string, { readonly type: string; readonly values: readonly (string | number)[] }>> = {
  int: { type: 'integer', values: [0, 1, 9, 10, 12, -1, -9, -10, 2147483647, -2147483648] },
  big: { type: 'bigint', values: ['0', '9', '12', '-12', '-9', '9223372036854775807', '-9223372036854775808'] },
  float: { type: 'double precision', values: [0, 9, 12, -9, -12, 1e21, 1e-7, -1e-7, 1.5, 1.25, -1.5, -1.25] },
  decimal: {
    type: 'numeric',
    values: ['0', '9', '12', '1.2', '1.25', '0.001', '-9', '-12', '-1.2', '-1.25', '-0.001', '100', '99.99']
  },
  text: { type: 'text collate "C"', values: ['a', 'B', 'aa', 'z', '', '\u{1f600}', '\uff21', '\ue000', '\ud7ff'] }
}

for (const [name, { type, values }] of Object.entries(samples)) {
  await t.test(`keys of type ${type} sort as PostgreSQL sorts their values`, async t => {
    const field: FieldMeta = model.ownField(name)
    const sorted = [...values]
      .map(value => ({ value, key: sortable(model, field, keyText(field, value)!) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
    const wanted = await query<{ value: string }>(
      `SELECT value::text FROM unnest($1::text[]) AS given(value) ORDER BY value::${type}`,
      [values.map(String)]
    )
    t.strictSame(
      sorted.map(({ value }) => (Number.isNaN(Number(value)) || name === 'text' ? value : Number(value))),
      wanted.map(({ value }) => (name === 'text' || Number.isNaN(Number(value)) ? value : Number(value)))
    )
    t.equal(new Set(sorted.map(({ key }) => key)).size, values.length)
  })
}
