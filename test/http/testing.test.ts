import Fastify from 'fastify'
import t from 'tap'
import { currentUser } from 'fastify-prisma-commons/current-user'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import { defineResource, resource } from 'fastify-prisma-commons/resource'
import { envelope } from 'fastify-prisma-commons/envelope'
import {
  assertAudit,
  assertError,
  assertItemErrors,
  assertSuccess,
  csvFile,
  expectQueries,
  injectAs,
  rowsOfCsv,
  rowsOfXlsx,
  testAuthentication,
  testUserFactory,
  xlsxFile
} from 'fastify-prisma-commons/testing'
import { createDatabase } from '../helpers/database.js'
import { observedClient } from '../helpers/observed-client.js'

const database = await createDatabase(t)
const client = await observedClient(t, database)
const app = Fastify()
t.after(() => app.close())
await app.register(envelope)
await app.register(currentUser)
await app.register(testAuthentication)
await app.register(prismaPlugin, { client, disconnect: false })
await app.register(resource, { prefix: '/customers', resource: defineResource({ model: 'Customer' }) })
app.get('/twice', async () => [await client.tag.count(), await client.tag.count()])
app.get('/me', async request => ({ user: request.currentUser }))

const users = testUserFactory()
const ann = users.plain()
await database.query("INSERT INTO users (name) VALUES ('ann')")

await t.test('expectQueries gives the result, or fails with the statements', async t => {
  t.equal((await expectQueries(app, 2, async () => await app.inject('/twice'))).statusCode, 200)
  await expectQueries(app, { max: 2 }, async () => await app.inject('/twice'))
  await t.rejects(
    expectQueries(app, 1, async () => await app.inject('/twice')),
    {
      name: 'AssertionError',
      message: /^Expected 1 queries, not 2\n {2}2 × \d+\.\d ms {2}SELECT COUNT\(\*\)/
    }
  )
  await t.rejects(
    expectQueries(app, { min: 3, max: 4 }, async () => await app.inject('/twice')),
    {
      message: /^Expected 3 to 4 queries, not 2\n/
    }
  )
})

await t.test('requests are sent as a user or as nobody', async t => {
  const staff = users.staff({ role: 'editor' })
  t.match(assertSuccess(await injectAs(app, staff, '/me')), { user: { id: 2, name: 'staff-2', role: 'editor' } })
  t.strictSame(assertSuccess(await injectAs(app, null, '/me')), { user: null })
  const forged = { 'x-fastify-prisma-commons-test-user': 'guess' }
  t.strictSame(assertSuccess(await app.inject({ url: '/me', headers: forged })), { user: null })
  t.match(users.superuser(), { id: 3, isStaff: true, isSuperuser: true })
})

await t.test('envelopes, errors of items and audit columns are checked', async t => {
  const post = async (payload: object) => await injectAs(app, ann, { method: 'POST', url: '/customers', payload })
  const created = await post({ code: 'A', name: 'A' })
  const row = assertSuccess(created, 201)
  assertAudit(row, ann)
  t.throws(() => assertAudit(row, null), { message: /audit columns/ })
  t.throws(() => assertSuccess(created, 200), { message: /^Expected status 200, not 201/ })

  const refused = await post([{ code: 'B' }, { code: 'C', name: 'C' }, {}])
  t.match(assertError(refused, 400, 'required')[0], { index: 0, code: 'required', pointer: '/0/name' })
  assertItemErrors(refused, { 0: ['required'], 2: ['required', 'required'] })
  t.throws(() => assertItemErrors(refused, { 0: ['required'] }), { message: /^The errors of items differ/ })
  t.throws(() => assertError(refused, 400, 'not_null'), { message: /^Expected the code "not_null", not "required"/ })
  t.throws(() => assertSuccess({ statusCode: 200, body: '1', json: () => 1 }), { message: /no envelope/ })

  // Of a server without details, and of errors about the request as a whole.
  const error = { success: false, timestamp: '', message: 'Not found', code: 'not_found' }
  t.strictSame(assertError({ statusCode: 404, body: '', json: () => error }, 404, 'not_found'), [])
  assertItemErrors({ statusCode: 404, body: '', json: () => error }, {})
  const whole = { ...error, details: [{ code: 'empty_batch', pointer: '', message: 'Empty' }] }
  t.throws(() => assertItemErrors({ statusCode: 400, body: '', json: () => whole }, {}), { message: /errors of items/ })
})

await t.test('files are made and read', async t => {
  const rows = [
    { code: 'A', amount: 1.5, open: true, note: null },
    { code: 'B,"', amount: 2, open: false, note: 'x' }
  ]
  t.strictSame(await rowsOfCsv(await csvFile(rows)), [
    { code: 'A', amount: '1.5', open: 'true', note: null },
    { code: 'B,"', amount: '2', open: 'false', note: 'x' }
  ])
  t.strictSame(await rowsOfXlsx(await xlsxFile(rows)), rows)
})
