import { isDeleted } from 'fastify-prisma-commons/fields'
import t from 'tap'

await t.test('a row is deleted when it has a time of deletion', t => {
  t.strictSame([isDeleted({ deletedAt: new Date(0) }), isDeleted({ deletedAt: null })], [true, false])
  t.strictSame(
    [isDeleted({ goneAt: new Date(0), deletedAt: null }, { deletedAt: 'goneAt' }), isDeleted({ deletedAt: null }, {})],
    [true, false]
  )
  t.throws(() => isDeleted({ id: 1 }, {}), new TypeError('The row was read without its column "deletedAt"'))
  t.end()
})
