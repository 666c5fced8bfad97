import t from 'tap'
import Fastify from 'fastify'
import { commons } from 'fastify-prisma-commons/extension'
import suite, { defineResource, manyDataToData } from 'fastify-prisma-commons/suite'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf } from '../helpers/failure.js'

const database = await createDatabase(t)
const prisma = database.prisma.$extends(commons({ metadata, actorContext: 'ignore' }))
const app = Fastify()
t.after(() => app.close())
await app.register(suite, {
  prisma,
  connection: { requireCurrentUser: false, connect: false, disconnect: false },
  currentUser: false,
  resources: {
    '/contracts': defineResource({
      model: 'Contract',
      fields: ['id', 'contractNumber', 'year', 'amount', 'externalRef', 'version']
    }),
    '/shelves': defineResource({
      model: 'Shelf',
      fields: ['id', 'name'],
      relations: { binders: manyDataToData({ fields: ['id', 'name'] }) }
    })
  }
})

interface Body {
  readonly data: {
    readonly results: ReadonlyArray<{
      readonly result: string
      readonly errors?: ReadonlyArray<{ readonly code: string }>
    }>
  }
}

async function send (method: 'PATCH' | 'POST', url: string, payload: object): Promise<{ status: number; body: Body }> {
  const answer = await app.inject({ method, url, payload })
  return { status: answer.statusCode, body: answer.json<Body>() }
}

const refs = async (): Promise<string> =>
  (await prisma.contract.findMany({ orderBy: { id: 'asc' } }))
    .map(({ externalRef, version }) => `${externalRef}/${version}`)
    .join(' ')
const moveTo = (values: readonly string[]): object[] => values.map((externalRef, i) => ({ id: i + 1, externalRef }))

t.beforeEach(async () => {
  await database.query('TRUNCATE contracts, tags, "Shelf", "Binder" RESTART IDENTITY CASCADE')
  await prisma.contract.bulkCreate({
    data: ['p1', 'p2', 'p3'].map((externalRef, i) => ({
      contractNumber: `N${i}`,
      year: 2026,
      amount: '1',
      externalRef
    }))
  })
})

for (const [name, values] of Object.entries({
  down: ['p0', 'p1', 'p2'],
  up: ['p2', 'p3', 'p4'],
  'in a circle': ['p2', 'p3', 'p1'],
  'as a swap': ['p2', 'p1', 'p3']
})) {
  const stored = values.map((value, i) => `${value}/${value === `p${i + 1}` ? 1 : 2}`).join(' ')

  await t.test(`values that move ${name} in one bulk update are all written, each row once`, async t => {
    t.equal((await send('PATCH', '/contracts', moveTo(values))).status, 200)
    t.equal(await refs(), stored)
  })

  await t.test(`values that move ${name} in a partial update and in an upsert are all written`, async t => {
    const partial = await send('PATCH', '/contracts?partial_success=true', [
      ...moveTo(values),
      { id: 99, externalRef: 'p9' }
    ])
    t.strictSame(
      partial.body.data.results.map(({ result, errors }) => errors?.[0]?.code ?? result),
      [...values.map((value, i) => (value === `p${i + 1}` ? 'unchanged' : 'updated')), 'object_not_found']
    )
    t.equal(await refs(), stored)
    await prisma.contract.updateMany({ data: { externalRef: null } })
    for (const id of [1, 2, 3]) await prisma.contract.update({ where: { id }, data: { externalRef: `p${id}` } })
    const items = values.map((externalRef, i) => ({ contractNumber: `N${i}`, year: 2026, amount: '1', externalRef }))
    t.equal((await send('POST', '/contracts?unique_fields=contractNumber,year', items)).status, 200)
    t.strictSame(
      (await prisma.contract.findMany({ orderBy: { id: 'asc' } })).map(({ externalRef }) => externalRef),
      values
    )
  })
}

await t.test('an upsert gives a new row the value that another row leaves', async t => {
  const items = [
    { contractNumber: 'A', year: 2026, amount: '1', externalRef: 'p1' },
    { contractNumber: 'N0', year: 2026, amount: '1', externalRef: 'p7' }
  ]
  const { created, updated } = await prisma.contract.bulkUpsert({ data: items, on: 'contractNumber_year' })
  t.strictSame([created, updated], [1, 1])
  t.equal(await refs(), 'p7/2 p2/1 p3/1 p1/1')
})

await t.test('required texts and values of a compound constraint swap', async t => {
  await prisma.tag.bulkCreate({
    data: [
      { slug: 'a', name: 'A' },
      { slug: 'b', name: 'B' }
    ]
  })
  await prisma.tag.bulkUpdate({
    data: [
      { where: { id: 1 }, data: { slug: 'b' } },
      { where: { id: 2 }, data: { slug: 'a' } }
    ]
  })
  t.strictSame(await prisma.tag.findMany({ orderBy: { id: 'asc' } }), [
    { id: 1, slug: 'b', name: 'A' },
    { id: 2, slug: 'a', name: 'B' }
  ])
  await prisma.contract.bulkUpdate({
    data: [
      { where: { id: 1 }, data: { contractNumber: 'N1' } },
      { where: { id: 2 }, data: { contractNumber: 'N0' } }
    ]
  })
  t.strictSame(
    (await prisma.contract.findMany({ orderBy: { id: 'asc' } })).map(({ contractNumber }) => contractNumber),
    ['N1', 'N0', 'N2']
  )
})

await t.test('children of a list swap the values of a partial unique constraint', async t => {
  await send('POST', '/shelves', { name: 'S', binders: [{ name: 'x' }, { name: 'y' }] })
  const { status, body } = await send('PATCH', '/shelves/1', {
    binders: [
      { id: 1, name: 'y' },
      { id: 2, name: 'x' }
    ]
  })
  t.strictSame(
    [status, (body.data as unknown as { binders: unknown }).binders],
    [
      200,
      [
        { id: 1, name: 'y' },
        { id: 2, name: 'x' }
      ]
    ]
  )
})

await t.test('a long shift takes a bounded number of statements', async t => {
  const count = 3000
  await prisma.tag.bulkCreate({
    data: Array.from({ length: count }, (_, i) => ({ slug: `s${String(i).padStart(5, '0')}`, name: 'n' }))
  })
  const { updated } = await prisma.tag.bulkUpdate({
    data: Array.from({ length: count }, (_, i) => ({
      where: { id: i + 1 },
      data: { slug: `s${String(i + 1).padStart(5, '0')}` }
    }))
  })
  t.equal(updated, count)
  t.equal(await prisma.tag.count({ where: { slug: { startsWith: 's' } } }), count)
})

await t.test('a value of a row that does not move is still taken, and nothing is written', async t => {
  const failure = await failureOf(
    prisma.contract.bulkUpdate({
      data: [
        { where: { id: 1 }, data: { externalRef: 'p3' } },
        { where: { id: 2 }, data: { externalRef: 'p1' } }
      ]
    })
  )
  t.match(failure, { code: 'unique_violation', details: [{ index: 0, field: 'externalRef' }] })
  t.equal(await refs(), 'p1/1 p2/1 p3/1')
})

await t.test('a swap of which one row has another version than expected leaves both rows as they were', async t => {
  const data = [
    { where: { id: 1 }, data: { externalRef: 'p2' }, version: 7 },
    { where: { id: 2 }, data: { externalRef: 'p1' } }
  ]
  t.match(await failureOf(prisma.contract.bulkUpdate({ data })), { code: 'unique_violation' })
  t.equal(await refs(), 'p1/1 p2/1 p3/1')
})
