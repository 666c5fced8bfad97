import Fastify from 'fastify'
import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import suite, { defineResource } from 'fastify-prisma-commons/suite'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const database = await createDatabase(t)
const prisma = database.prisma.$extends(commons({ metadata, actorContext: 'ignore' }))
const generated = {
  cuid2: 'kept',
  uuid4: '00000000-0000-4000-8000-000000000000',
  uuid7: '00000000-0000-7000-8000-000000000000',
  nano: 'kept',
  ulid: 'kept'
} as const
const given = {
  cuid2: 'given',
  uuid4: '10000000-0000-4000-8000-000000000000',
  uuid7: '10000000-0000-7000-8000-000000000000',
  nano: 'given',
  ulid: 'given'
}
const select = { id: true, email: true, cuid2: true, uuid4: true, uuid7: true, nano: true, ulid: true } as const

t.beforeEach(async () => {
  await prisma.token.deleteMany()
  await prisma.token.createMany({ data: ['a', 'b'].map(id => ({ id, email: id, ...generated })) })
})

const rowsAfter = async (): Promise<unknown> =>
  await prisma.token.findMany({ select, where: { id: { in: ['a', 'b'] } }, orderBy: { id: 'asc' } })

await t.test('an upsert of several items keeps the generated values of rows whose items do not name them', async t => {
  const data = [
    { id: 'a', email: 'a2' },
    { id: 'b', email: 'b2', ...given },
    { id: 'c', email: 'c' }
  ]
  const { created, updated } = await prisma.token.bulkUpsert({ data, on: 'id' })
  t.strictSame([created, updated], [1, 2])
  t.strictSame(await rowsAfter(), [
    { id: 'a', email: 'a2', ...generated },
    { id: 'b', email: 'b2', ...given }
  ])
  const { nano } = await prisma.token.findUniqueOrThrow({ where: { id: 'c' } })
  t.match(nano, /^.{12}$/, 'a new row gets its own')
})

await t.test('an upsert that is told to write generated fields writes those that the items name', async t => {
  await prisma.token.bulkUpsert({
    data: [
      { id: 'a', email: 'x' },
      { id: 'b', email: 'x', nano: 'given' }
    ],
    on: 'id',
    update: ['nano']
  })
  t.strictSame(await rowsAfter(), [
    { id: 'a', email: 'a', ...generated },
    { id: 'b', email: 'b', ...generated, nano: 'given' }
  ])
})

await t.test('PATCH by a unique constraint and imports with an empty cell keep generated values', async t => {
  const app = Fastify()
  t.after(() => app.close())
  const tokens = defineResource({ model: 'Token', import: { uniqueFields: ['id'], fields: ['id', 'email', 'nano'] } })
  await app.register(suite, {
    prisma,
    connection: { requireCurrentUser: false, connect: false, disconnect: false },
    currentUser: false,
    resources: { '/tokens': tokens }
  })
  const patched = await app.inject({
    method: 'PATCH',
    url: '/tokens?unique_fields=id',
    payload: [
      { id: 'a', email: 'a2' },
      { id: 'b', email: 'b2', nano: 'given' }
    ]
  })
  t.equal(patched.statusCode, 200, patched.body)
  t.strictSame(await rowsAfter(), [
    { id: 'a', email: 'a2', ...generated },
    { id: 'b', email: 'b2', ...generated, nano: 'given' }
  ])

  const payload = [
    '--x',
    'Content-Disposition: form-data; name="append_data"',
    '',
    'true',
    '--x',
    'Content-Disposition: form-data; name="file"; filename="t.csv"',
    'Content-Type: text/csv',
    '',
    'id,email,nano\r\na,a3,\r\nb,b3,other\r\n',
    '--x--',
    ''
  ].join('\r\n')
  const imported = await app.inject({
    method: 'POST',
    url: '/tokens/import-from-file',
    payload,
    headers: { 'content-type': 'multipart/form-data; boundary=x' }
  })
  t.equal(imported.statusCode, 201, imported.body)
  t.strictSame(await rowsAfter(), [
    { id: 'a', email: 'a3', ...generated },
    { id: 'b', email: 'b3', ...generated, nano: 'other' }
  ])
})
