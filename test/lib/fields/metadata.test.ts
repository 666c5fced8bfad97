import { metadataValue, withMetadataValue } from 'fastify-prisma-commons/fields'
import t from 'tap'

const row = {
  metadata: JSON.parse(
    '{ "a": 1, "none": null, "seo": { "title": "News", "tags": ["x", { "y": 2 }] }, "a.b": 3, "__proto__": { ' +
      '"own": true } }'
  ) as object
}
const stored = JSON.stringify(row)

t.afterEach(() => {
  if (JSON.stringify(row) !== stored) throw new Error('The row was changed')
})

await t.test('a value is found by its key or its path', t => {
  t.strictSame([metadataValue(row, 'a'), metadataValue(row, 'a.b'), metadataValue(row, ['a'])], [1, 3, 1])
  t.strictSame(metadataValue(row, ['seo', 'tags', 1, 'y']), 2)
  t.strictSame(metadataValue(row, 'seo'), { title: 'News', tags: ['x', { y: 2 }] })
  t.strictSame(metadataValue({ extra: { a: 1 } }, 'a', undefined, { metadata: 'extra' }), 1)
  t.end()
})

await t.test('what is not there gives the fallback; null is there', t => {
  t.strictSame(
    [
      metadataValue(row, 'b'),
      metadataValue(row, 'b', 'x'),
      metadataValue(row, ['a', 'b'], 'x'),
      metadataValue(row, ['none', 'b'], 'x')
    ],
    [undefined, 'x', 'x', 'x']
  )
  t.strictSame(
    [metadataValue(row, 'none', 'x'), metadataValue({ metadata: null }, 'a', 'x'), metadataValue({}, 'a', 'x')],
    [null, 'x', 'x']
  )
  t.strictSame(
    ['constructor', 'toString', 'length'].map(key => metadataValue(row, key, 'x')),
    ['x', 'x', 'x']
  )
  t.strictSame(
    [metadataValue({ metadata: {} }, '__proto__', 'x'), metadataValue(row, ['__proto__', 'own'], 'x')],
    ['x', true]
  )
  t.strictSame(metadataValue({ metadata: { a: 1 } }, 'a', 'x', { metadata: null }), 'x')
  t.end()
})

await t.test('a value is set in a copy, the objects on its way are made', t => {
  t.strictSame(withMetadataValue({ metadata: { a: 1, b: 2 } }, 'a', [1]), { a: [1], b: 2 })
  t.strictSame(withMetadataValue({ metadata: null }, 'a', null), { a: null })
  t.strictSame(withMetadataValue({ metadata: { seo: { title: 'x' }, none: null } }, ['seo', 'more', 'deep'], true), {
    seo: { title: 'x', more: { deep: true } },
    none: null
  })
  t.strictSame(withMetadataValue({ metadata: { none: null } }, ['none', 'a'], 1), { none: { a: 1 } })
  t.strictSame(withMetadataValue({ extra: null }, 'a', 1, { metadata: 'extra' }), { a: 1 })
  t.ok(withMetadataValue(row, ['seo', 'title'], 'other'))
  t.end()
})

await t.test('undefined takes a key away', t => {
  t.strictSame(withMetadataValue({ metadata: { a: 1, b: 2 } }, 'a', undefined), { b: 2 })
  t.strictSame(withMetadataValue({ metadata: { a: { b: 1 } } }, ['a', 'b'], undefined), { a: {} })
  t.strictSame(withMetadataValue({ metadata: null }, 'a', undefined), {})
  t.end()
})

await t.test('a key of the prototype is a key like any other', t => {
  const value = withMetadataValue({ metadata: { a: 1 } }, ['__proto__', 'polluted'], true)
  t.equal(JSON.stringify(value), '{"a":1,"__proto__":{"polluted":true}}')
  t.equal(
    JSON.stringify(withMetadataValue(row, 'a', undefined)),
    stored.slice('{"metadata":'.length, -1).replace('"a":1,', ''),
    'what is there is kept'
  )
  t.equal(Object.getPrototypeOf(value), Object.prototype)
  t.notOk('polluted' in {})
  t.end()
})

await t.test('a path leads through objects, and the row has the column', t => {
  t.throws(
    () => withMetadataValue({ metadata: ['x'] }, 'a', 1),
    new TypeError('metadata is a list, which has no key "a"')
  )
  t.throws(
    () => withMetadataValue(row, ['seo', 'title', 'x'], 1),
    new TypeError('metadata.seo.title is a string, which has no key "x"')
  )
  t.throws(() => withMetadataValue(row, [], 1), new TypeError('A path of metadata names at least one key'))
  t.throws(() => withMetadataValue({}, 'a', 1), new TypeError('The row was read without its column "metadata"'))
  t.throws(
    () => withMetadataValue({ metadata: {} }, 'a', 1, { metadata: null }),
    new TypeError('The model has no column of metadata')
  )
  t.end()
})
