import t from 'tap'
import { runAs } from 'fastify-prisma-commons/actor'
import { commons } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf, itemsOf } from '../helpers/failure.js'

const { prisma: plain, query } = await createDatabase(t)
let now = new Date('2026-01-01T00:00:00.000Z')
const prisma = plain.$extends(commons({ metadata, clock: () => now }))
const on = 'contractNumber_year'
const contract = (number: number, values: object = {}) => ({
  contractNumber: `N-${number}`,
  year: 2026,
  amount: '10.00',
  ...values
})
const [alice, bob] = [{ id: 1 }, { id: 2 }]

t.beforeEach(async () => {
  await query('TRUNCATE users, customers, contracts RESTART IDENTITY CASCADE')
  await plain.user.createMany({ data: [{ name: 'alice' }, { name: 'bob' }] })
})

/** Goes on to the nth day of January 2026. */
function goTo (day: number): Date {
  now = new Date(Date.UTC(2026, 0, day))
  return now
}

/** `number: created at/by, updated at/by, version`, days for dates. */
async function stamps (): Promise<string[]> {
  const rows = await plain.contract.findMany({ orderBy: { contractNumber: 'asc' } })
  return rows.map(
    row =>
      `${row.contractNumber}: ${row.createdAt.getUTCDate()}/${row.createdById}, ` +
      `${row.updatedAt.getUTCDate()}/${row.updatedById}, ${row.version}`
  )
}

await t.test('who makes a row is both its maker and its last writer', async t => {
  goTo(1)
  await runAs(alice, () =>
    prisma.contract.bulkCreate({
      data: [contract(1), contract(2, { createdById: 2, createdAt: new Date('2026-01-09') })]
    })
  )
  goTo(2)
  await runAs(bob, () => prisma.contract.bulkUpsert({ data: [contract(3)], on }))
  await runAs(bob, () => prisma.contract.bulkUpsert({ data: [contract(4, { note: 'x' }), contract(5)], on }))
  await prisma.contract.bulkCreate({ data: [contract(6)] })
  t.strictSame(await stamps(), [
    'N-1: 1/1, 1/1, 1',
    'N-2: 9/2, 1/1, 1',
    'N-3: 2/2, 2/2, 1',
    'N-4: 2/2, 2/2, 1',
    'N-5: 2/2, 2/2, 1',
    'N-6: 2/null, 2/null, 1'
  ])
})

await t.test('a change is stamped with its writer and counted, what stays the same is not', async t => {
  goTo(1)
  await runAs(alice, () => prisma.contract.bulkCreate({ data: [1, 2, 3, 4, 5, 6].map(number => contract(number)) }))
  goTo(2)
  await runAs(bob, () =>
    prisma.contract.bulkUpsert({ data: [contract(1, { note: 'new' }), contract(2, { note: null })], on })
  )
  goTo(3)
  await runAs(bob, () => prisma.contract.bulkUpsert({ data: [contract(1), contract(3, { note: 'new' })], on }))
  goTo(4)
  await runAs(bob, () =>
    prisma.contract.bulkUpdate({
      data: [
        { where: { id: 4 }, data: { note: 'new' } },
        { where: { id: 2 }, data: { amount: 10 } },
        { where: { id: 1 }, data: {} }
      ]
    })
  )
  goTo(5)
  await prisma.contract.bulkReplace({
    data: [
      { where: { id: 5 }, data: contract(5, { note: 'new' }) },
      { where: { id: 2 }, data: contract(2) }
    ]
  })
  t.strictSame(await stamps(), [
    'N-1: 1/1, 2/2, 2',
    'N-2: 1/1, 1/1, 1',
    'N-3: 1/1, 3/2, 2',
    'N-4: 1/1, 4/2, 2',
    'N-5: 1/1, 5/1, 2',
    'N-6: 1/1, 1/1, 1'
  ])
})

await t.test('an item that names a stamp itself decides for itself alone', async t => {
  const stamped = { note: 'new', updatedAt: new Date('2026-01-20'), updatedById: null }
  const writes = {
    bulkUpsert: () =>
      prisma.contract.bulkUpsert({ data: [contract(1, stamped), contract(2, { note: 'new' }), contract(3)], on }),
    bulkUpdate: () =>
      prisma.contract.bulkUpdate({
        data: [
          { where: { id: 1 }, data: stamped },
          { where: { id: 2 }, data: { note: 'new' } },
          { where: { id: 3 }, data: { amount: 10 } }
        ]
      }),
    bulkReplace: () =>
      prisma.contract.bulkReplace({
        data: [
          { where: { id: 1 }, data: contract(1, stamped) },
          { where: { id: 2 }, data: contract(2, { note: 'new' }) },
          { where: { id: 3 }, data: contract(3) }
        ]
      })
  }
  for (const [name, write] of Object.entries(writes)) {
    await plain.contract.deleteMany()
    await query('ALTER SEQUENCE contracts_id_seq RESTART')
    goTo(1)
    await runAs(alice, () => prisma.contract.bulkCreate({ data: [1, 2, 3].map(number => contract(number)) }))
    goTo(2)
    await runAs(bob, write)
    t.strictSame(await stamps(), ['N-1: 1/1, 20/null, 2', 'N-2: 1/1, 2/2, 2', 'N-3: 1/1, 1/1, 1'], name)
  }
  await runAs(bob, () => prisma.contract.bulkUpsert({ data: [contract(3, stamped)], on }))
  t.strictSame((await stamps())[2], 'N-3: 1/1, 20/null, 2', 'bulkUpsert where all items name it')
})

await t.test('the version is counted, whatever the items say', async t => {
  await prisma.contract.bulkCreate({ data: [contract(1, { version: 5 }), contract(2)] })
  await prisma.contract.bulkUpdate({
    data: [
      { where: { id: 1 }, data: { note: 'a', version: 90 } },
      { where: { id: 2 }, data: { note: 'a' } }
    ]
  })
  await prisma.contract.bulkUpsert({
    data: [contract(1, { note: 'b', version: 90 }), contract(2, { note: 'b', version: 90 })],
    on
  })
  await prisma.contract.bulkReplace({ data: [{ where: { id: 2 }, data: contract(2, { version: 90 }) }] })
  await prisma.contract.bulkUpdate({ data: [{ where: { id: 2 }, data: { version: 90 } }] })
  t.strictSame(
    (await plain.contract.findMany({ orderBy: { id: 'asc' } })).map(row => row.version),
    [7, 4]
  )
})

await t.test('a version that an item expects is checked, also where nothing would change', async t => {
  await prisma.contract.bulkCreate({ data: [1, 2, 3].map(number => contract(number)) })
  const report = await prisma.contract.bulkUpdate({
    data: [
      { where: { id: 1 }, data: { note: 'new' }, version: 1 },
      { where: { id: 2 }, data: { amount: 10 }, version: 2 },
      { where: { id: 3 }, data: { note: 'new' }, version: 0 },
      { where: { id: 9 }, data: { note: 'new' }, version: 1 }
    ],
    select: { id: true, version: true }
  })
  t.strictSame(report, {
    count: 1,
    created: 0,
    updated: 1,
    unchanged: 0,
    deleted: 0,
    missing: [{ index: 3, where: { id: 9 } }],
    conflicts: [
      { index: 1, where: { id: 2 }, expected: 2, current: 1, fields: [] },
      { index: 2, where: { id: 3 }, expected: 0, current: 1, fields: ['note'] }
    ],
    rows: [{ id: 1, version: 2 }]
  })
  const same = await prisma.contract.bulkUpdate({ data: [{ where: { id: 2 }, data: { amount: 10 }, version: 1 }] })
  t.match(same, { count: 1, updated: 0, unchanged: 1, conflicts: [] }, 'the version is right, and nothing changes')
  const items = ['1', 1.5, null, 2 ** 40].map((version, id) => ({
    where: { id: id + 1 },
    data: { note: 'new' },
    version
  }))
  t.strictSame(itemsOf(await failureOf(prisma.contract.bulkUpdate({ data: items as never }))), [
    '0 version invalid_type: Expected an integer',
    '1 version invalid_type: Expected an integer',
    '2 version not_null: This field may not be null',
    '3 version invalid_value: Expected an integer from -2147483648 to 2147483647'
  ])
  t.strictSame(
    (await plain.contract.findMany({ where: { note: 'new' } })).map(row => row.id),
    [1]
  )
})

await t.test('the actor is the one of the call, not of whoever awaits it', async t => {
  goTo(1)
  const [first, second] = [
    runAs(alice, () => prisma.contract.bulkCreate({ data: [contract(1)] })),
    runAs(bob, () => prisma.contract.bulkCreate({ data: [contract(2)] }))
  ]
  await runAs(null, () => Promise.all([first, second]))
  await runAs(alice, async () => {
    await prisma.$transaction(async tx => {
      await tx.contract.bulkCreate({ data: [contract(3)] })
      await runAs(bob, () =>
        tx.contract.bulkUpdate({
          data: [{ where: { contractNumber_year: { contractNumber: 'N-3', year: 2026 } }, data: { note: 'x' } }]
        })
      )
    })
  })
  t.strictSame(await stamps(), ['N-1: 1/1, 1/1, 1', 'N-2: 1/2, 1/2, 1', 'N-3: 1/1, 1/2, 2'])
})

await t.test('an actor whose id the audit columns cannot hold is a mistake in the program', async t => {
  await t.rejects(
    runAs({ id: 'alice' }, () => prisma.contract.bulkCreate({ data: [contract(1)] })),
    new TypeError('Contract.createdById cannot hold alice: an integer')
  )
})
