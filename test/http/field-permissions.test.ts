import t from 'tap'
import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { commons } from 'fastify-prisma-commons/extension'
import { manyDataToData } from 'fastify-prisma-commons/resource'
import suite, { defineResource, type ResourceOptions } from 'fastify-prisma-commons/suite'
import multipart from '@fastify/multipart'
import { createDatabase } from '../helpers/database.js'
import { csv, form } from '../helpers/import-app.js'
import { metadataOf } from '../helpers/schema-app.js'

const models = `
model Account {
  id       Int       @id @default(autoincrement())
  name     String    @unique
  password String?
  role     String    @default("member")
  boss     Account?  @relation("Boss", fields: [bossId], references: [id])
  bossId   Int?
  team     Account[] @relation("Boss")
}
`
const { prisma: plain, query } = await createDatabase(t, { empty: true })
await query(`CREATE TABLE "Account" (id serial PRIMARY KEY, name text NOT NULL UNIQUE, password text,
  role text NOT NULL DEFAULT 'member', "bossId" int REFERENCES "Account" (id))`)
const prisma = plain.$extends(commons({ metadata: metadataOf(models), actorContext: 'ignore' }))

let asked = 0
const isAdmin = async (request: { headers: object }): Promise<boolean> => {
  asked++
  return await Promise.resolve('x-admin' in request.headers)
}
const options: ResourceOptions = {
  model: 'Account',
  writeOnly: ['password'],
  values: { password: { minLength: 4 } },
  canWrite: { role: isAdmin, boss: isAdmin },
  relations: { team: manyDataToData({ canWrite: { role: isAdmin } }) },
  bulk: { partialSuccess: true, csvBodies: true },
  import: { uniqueFields: ['name'] }
}

async function serve (resource: ResourceOptions): Promise<ReturnType<typeof Fastify>> {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(multipart)
  await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
  await app.register(suite, {
    prisma,
    connection: { disconnect: false },
    currentUser: false,
    resources: { '/accounts': defineResource(resource) }
  })
  await app.ready()
  return app
}

const app = await serve(options)

async function send (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  url: string,
  payload?: object,
  headers: Readonly<Record<string, string>> = {}
): Promise<{ status: number; text: string; body: Record<string, unknown> }> {
  const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  return { status: answer.statusCode, text: answer.body, body: answer.json() }
}

const admin = { 'x-admin': '1' }

t.beforeEach(async () => {
  await query('TRUNCATE "Account" RESTART IDENTITY CASCADE')
  asked = 0
})

await t.test('a write-only field is stored, and no answer, list or file shows it', async t => {
  const made = await send('POST', '/accounts', [{ name: 'a', password: 'secret', team: [{ name: 'b' }] }])
  t.equal(made.status, 207)
  t.strictSame(await query('SELECT password FROM "Account" ORDER BY id'), [{ password: 'secret' }, { password: null }])
  const answers = [
    made,
    await send('GET', '/accounts'),
    await send('GET', '/accounts/1'),
    await send('PATCH', '/accounts/1', { password: 'secret-2' }),
    await send('PUT', '/accounts/1', { name: 'a' }),
    await send('POST', '/accounts?unique_fields=name', [{ name: 'a', password: 'secret-3' }])
  ]
  for (const { status, text } of answers) {
    t.ok(status < 300, text)
    t.notMatch(text, /password|secret/)
  }
  const file = await app.inject({ url: '/accounts/export?file_type=csv' })
  t.match([file.statusCode, file.body], [200, /Name/])
  t.notMatch(file.body, /password|secret/i)
  t.strictSame(await query('SELECT password FROM "Account" WHERE id = 1'), [{ password: 'secret-3' }])
})

await t.test('a replacement that does not name a write-only field keeps it', async t => {
  await send('POST', '/accounts', { name: 'a', password: 'secret' })
  t.equal((await send('PUT', '/accounts/1', { name: 'b' })).status, 200)
  t.strictSame(await query('SELECT name, password FROM "Account"'), [{ name: 'b', password: 'secret' }])
  t.equal((await send('PUT', '/accounts/1', { name: 'b', password: null })).status, 200)
  t.strictSame(await query('SELECT password FROM "Account"'), [{ password: null }])
})

await t.test('a write-only field cannot be filtered or ordered by', async t => {
  for (const url of ['/accounts?password=secret', '/accounts?ordering=password', '/accounts?password__startsWith=s']) {
    t.equal((await send('GET', url)).status, 400, url)
  }
  const refused = async (more: Partial<ResourceOptions>, message: RegExp): Promise<void> => {
    await t.rejects(serve({ model: 'Account', writeOnly: ['password'], ...more }), { message })
  }
  await refused({ list: { filters: ['password'] } }, /"list.filters" names "password", which is write-only/)
  await refused({ list: { filters: ['boss.password'] } }, /"list.filters" names "password", which is write-only/)
  await refused({ list: { search: ['password'] } }, /"list.search" names "password", which is write-only/)
  await refused({ list: { ordering: ['password'] } }, /"list.ordering" names "password", which is write-only/)
  await refused({ list: { defaultOrdering: ['-password'] } }, /"list.ordering" names "password", which is write-only/)
  await refused({ writeOnly: ['pasword'] }, /"writeOnly" names the unknown field "pasword"/)
  await refused({ readOnly: ['password'] }, /"writeOnly" names "password", which clients do not write/)
  await refused({ writeOnly: ['id'] }, /"writeOnly" names "id", which clients do not write/)
})

await t.test('a field that a request may not write is 403 by its name, and nothing is written', async t => {
  const denied = (pointer: string, field: string): object => ({
    code: 'field_forbidden',
    pointer,
    message: `Not allowed to write "${field}"`,
    params: { field }
  })
  const items = [{ name: 'a', role: 'admin' }, { name: 'b' }, { name: 'c', boss: 1 }]
  const refused = await send('POST', '/accounts?partial_success=false', items)
  t.match(refused, {
    status: 403,
    body: { code: 'field_forbidden', details: [denied('/0/role', 'role'), denied('/2/boss', 'boss')] }
  })
  t.equal(asked, 1, 'a function of several fields is asked once')
  t.strictSame(await query('SELECT * FROM "Account"'), [])
  const nested = await send('POST', '/accounts', { name: 'a', team: [{ name: 'b' }, { name: 'c', role: 'admin' }] })
  t.match(nested, { status: 403, body: { details: [{ code: 'field_forbidden', pointer: '/team/1/role' }] } })
  t.equal((await send('POST', '/accounts', { name: 'a' })).status, 201)
  t.match(await send('PATCH', '/accounts/1', { role: 'member' }), {
    status: 403,
    body: { details: [denied('/role', 'role')] }
  })
  t.match(await send('POST', '/accounts?unique_fields=name&partial_success=false', [{ name: 'a', bossId: 1 }]), {
    status: 403,
    body: { details: [denied('/0/bossId', 'bossId')] }
  })
})

await t.test('a partial request writes the items that name only permitted fields', async t => {
  const answer = await send('POST', '/accounts', [{ name: 'a', role: 'admin' }, { name: 'b' }])
  t.equal(answer.status, 207)
  t.strictSame(await query('SELECT name FROM "Account"'), [{ name: 'b' }])
})

await t.test('who may write a field does, and others replace the rest of a row', async t => {
  t.equal((await send('POST', '/accounts', { name: 'a', role: 'admin' }, admin)).status, 201)
  t.equal((await send('PUT', '/accounts/1', { name: 'b' })).status, 200)
  t.strictSame(await query('SELECT name, role FROM "Account"'), [{ name: 'b', role: 'admin' }])
})

await t.test('an import with the column of a field that its sender may not write is 403', async t => {
  const upload = async (file: string, headers: object) => {
    const { payload, headers: type } = form({ append_data: 'true' }, file)
    return await app.inject({
      method: 'POST',
      url: '/accounts/import-from-file',
      payload,
      headers: { ...type, ...headers }
    })
  }
  const file = csv('name,password,role', 'a,secret,admin')
  const refused = await upload(file, {})
  t.match([refused.statusCode, refused.json()], [403, { details: [{ code: 'field_forbidden', pointer: '/role' }] }])
  t.strictSame(await query('SELECT * FROM "Account"'), [])
  t.equal((await upload(csv('name,password', 'b,secret'), {})).statusCode, 201)
  t.equal((await upload(file, admin)).statusCode, 201)
  t.strictSame(await query('SELECT name, password, role FROM "Account" ORDER BY name'), [
    { name: 'a', password: 'secret', role: 'admin' },
    { name: 'b', password: 'secret', role: 'member' }
  ])
})

await t.test('a permission for an unknown field is refused at the start', async t => {
  await t.rejects(serve({ model: 'Account', canWrite: { rolle: isAdmin } }), {
    message: /option "canWrite" names the unknown field "rolle". Did you mean "role"/
  })
})

await t.test('OpenAPI has rules and write-only fields in requests, and neither in answers', async t => {
  const { paths } = app.swagger() as unknown as { paths: Record<string, Record<string, unknown>> }
  const { requestBody, responses } = paths['/accounts/{id}']!['patch'] as { requestBody: object; responses: object }
  t.match(requestBody, {
    content: {
      'application/json': {
        schema: { properties: { password: { type: ['string', 'null'], minLength: 4, writeOnly: true } } }
      }
    }
  })
  t.notMatch(JSON.stringify(responses), /password/)
})
