import { runAs } from 'fastify-prisma-commons/actor'
import { commons } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const moment = new Date('2026-03-01T12:00:00.000Z')
const database = await createDatabase(t)
const prisma = database.prisma.$extends(commons({ metadata, clock: () => moment, actorContext: 'ignore' }))
const alice = { id: 1 }
const bob = { id: 2 }
await database.prisma.user.createMany({ data: [{ name: 'alice' }, { name: 'bob' }] })

const stamps = { createdAt: true, updatedAt: true, createdById: true, updatedById: true } as const
const by = (createdById: number | null, updatedById: number | null) => ({
  createdAt: moment,
  updatedAt: moment,
  createdById,
  updatedById
})
const contract = (contractNumber: string) => ({ contractNumber, year: 2026, amount: '1.50' })

await t.test('a new row is stamped by every method that makes one', async t => {
  await runAs(alice, async () => {
    t.strictSame(await prisma.contract.create({ data: contract('c'), select: stamps }), by(1, 1))
    await prisma.contract.createMany({ data: [contract('m1'), contract('m2')] })
    t.strictSame(await prisma.contract.findMany({ where: { contractNumber: { in: ['m1', 'm2'] } }, select: stamps }), [
      by(1, 1),
      by(1, 1)
    ])
    t.strictSame(await prisma.contract.createManyAndReturn({ data: contract('r'), select: stamps }), [by(1, 1)])
    const where = { contractNumber_year: { contractNumber: 'u', year: 2026 } }
    t.strictSame(await prisma.contract.upsert({ where, create: contract('u'), update: {}, select: stamps }), by(1, 1))
  })
})

await t.test('a row that changes is stamped by every method that changes one', async t => {
  const later = database.prisma.$extends(commons({ metadata, clock: () => new Date('2026-04-01T00:00:00.000Z') }))
  const changed = { ...by(1, 2), updatedAt: new Date('2026-04-01T00:00:00.000Z') }
  const where = (contractNumber: string) => ({ contractNumber_year: { contractNumber, year: 2026 } })
  await runAs(bob, async () => {
    t.strictSame(await later.contract.update({ where: where('c'), data: { note: 'x' }, select: stamps }), changed)
    t.strictSame(await later.contract.updateMany({ where: { contractNumber: 'm1' }, data: { note: 'x' } }), {
      count: 1
    })
    t.strictSame(await prisma.contract.findUnique({ where: where('m1'), select: stamps }), changed)
    t.strictSame(
      await later.contract.updateManyAndReturn({
        where: { contractNumber: 'm2' },
        data: { note: 'x' },
        select: stamps
      }),
      [changed]
    )
    t.strictSame(
      await later.contract.upsert({ where: where('u'), create: contract('u'), update: { note: 'x' }, select: stamps }),
      changed
    )
  })
})

await t.test('what the caller names stays, and nobody leaves no trace', async t => {
  await runAs(alice, async () => {
    t.strictSame(
      await prisma.contract.create({
        data: { ...contract('n'), createdById: 2, createdAt: new Date(0) },
        select: stamps
      }),
      { ...by(2, 1), createdAt: new Date(0) }
    )
    t.strictSame(
      await prisma.contract.create({ data: { ...contract('n2'), createdBy: { connect: { id: 2 } } }, select: stamps }),
      by(2, 1)
    )
  })
  const where = { contractNumber_year: { contractNumber: 'n', year: 2026 } }
  t.strictSame(
    await prisma.contract.update({ where, data: { note: 'x' }, select: { createdById: true, updatedById: true } }),
    { createdById: 2, updatedById: 1 }
  )
  t.strictSame(
    await runAs(null, () => prisma.contract.create({ data: contract('nobody'), select: stamps })),
    by(null, null)
  )
})

await t.test('keys that are written as relations go together with the stamps', async t => {
  const created = await runAs(alice, () =>
    prisma.contract.create({
      data: { ...contract('rel'), customer: { create: { code: 'C', name: 'Customer' } } },
      select: { ...stamps, customer: { select: stamps } }
    })
  )
  t.strictSame(created, { ...by(1, 1), customer: by(1, 1) })
  const updated = await runAs(bob, () =>
    prisma.contract.update({
      where: { contractNumber_year: { contractNumber: 'rel', year: 2026 } },
      data: { customer: { update: { name: 'New' } }, author: undefined } as { customer: { update: { name: string } } },
      select: { ...stamps, customer: { select: stamps } }
    })
  )
  t.strictSame(updated, { ...by(1, 2), customer: by(1, 2) })
})

await t.test('nested writes are stamped at any depth', async t => {
  const { id } = await runAs(alice, () =>
    prisma.customer.create({
      data: {
        code: 'N',
        name: 'Nested',
        contracts: {
          create: [contract('n-create')],
          createMany: { data: [contract('n-many')] },
          connectOrCreate: {
            where: { contractNumber_year: { contractNumber: 'n-or', year: 2026 } },
            create: contract('n-or')
          }
        }
      }
    })
  )
  const rows = async () =>
    prisma.contract.findMany({
      where: { customerId: id },
      orderBy: { contractNumber: 'asc' },
      select: { contractNumber: true, version: true, createdById: true, updatedById: true }
    })
  t.strictSame(
    await rows(),
    ['n-create', 'n-many', 'n-or'].map(contractNumber => ({
      contractNumber,
      version: 1,
      createdById: 1,
      updatedById: 1
    }))
  )

  const key = (contractNumber: string) => ({ contractNumber_year: { contractNumber, year: 2026 } })
  await runAs(bob, () =>
    prisma.customer.update({
      where: { id },
      data: {
        contracts: {
          update: { where: key('n-create'), data: { note: 'x' } },
          updateMany: { where: { contractNumber: 'n-many' }, data: { note: 'x' } },
          upsert: [
            { where: key('n-or'), create: contract('n-or'), update: { note: 'x' } },
            { where: key('n-new'), create: contract('n-new'), update: { note: 'x' } }
          ]
        }
      }
    })
  )
  t.strictSame(await rows(), [
    { contractNumber: 'n-create', version: 2, createdById: 1, updatedById: 2 },
    { contractNumber: 'n-many', version: 2, createdById: 1, updatedById: 2 },
    { contractNumber: 'n-new', version: 1, createdById: 2, updatedById: 2 },
    { contractNumber: 'n-or', version: 2, createdById: 1, updatedById: 2 }
  ])
  // Two levels down: an author's article, through the author's row.
  const article = { title: 'T', slug: 'deep', content: 'c' }
  await runAs(bob, () =>
    prisma.comment.create({
      data: {
        body: 'b',
        rating: 1,
        article: {
          create: { ...article, author: { create: { name: 'carol', createdContracts: { create: contract('deep') } } } }
        }
      }
    })
  )
  t.strictSame(await prisma.article.findFirst({ where: { slug: 'deep' }, select: stamps }), by(2, 2))
  t.strictSame(await prisma.contract.findFirst({ where: { contractNumber: 'deep' }, select: { updatedById: true } }), {
    updatedById: 2
  })
})

await t.test('the actor is who makes the call, not who awaits it', async t => {
  const { call } = runAs(alice, () => ({ call: prisma.contract.create({ data: contract('lazy'), select: stamps }) }))
  t.strictSame(await runAs(bob, () => call), by(1, 1))
  const calls = [
    runAs(alice, () => ({ call: prisma.contract.create({ data: contract('b1'), select: stamps }) })),
    runAs(bob, () => ({ call: prisma.contract.create({ data: contract('b2'), select: stamps }) }))
  ]
  t.strictSame(await prisma.$transaction(calls.map(({ call }) => call)), [by(1, 1), by(2, 2)])
})

await t.test('a transaction takes part, and rolls back', async t => {
  await t.rejects(
    runAs(alice, () =>
      prisma.$transaction(async inner => {
        t.strictSame(await inner.contract.create({ data: contract('tx'), select: stamps }), by(1, 1))
        throw new Error('undo')
      })
    ),
    { message: 'undo' }
  )
  t.equal(await prisma.contract.count({ where: { contractNumber: 'tx' } }), 0)
})

await t.test('a context that nobody has opened is told of', async t => {
  const warnings: Error[] = []
  const listen = (warning: Error): void => {
    warnings.push(warning)
  }
  process.on('warning', listen)
  t.teardown(() => {
    process.off('warning', listen)
  })

  const warning = database.prisma.$extends(commons({ metadata }))
  await warning.contract.create({ data: contract('w1') })
  await warning.contract.bulkCreate({ data: [contract('w2')] })
  await warning.tag.create({ data: { slug: 'w', name: 'w' } })
  await new Promise(setImmediate)
  t.match(warnings, [
    { code: 'COMMONS_NO_ACTOR_CONTEXT', message: /^A write to Contract keeps no actor: .* runAs\(actor, work\)/ }
  ])
  t.equal(warnings.length, 1, 'once')

  const strict = database.prisma.$extends(commons({ metadata, actorContext: 'require' }))
  t.throws(() => strict.contract.create({ data: contract('s') }), {
    code: 'internal_error',
    message: /^A write to Contract keeps no actor/
  })
  await t.rejects(strict.contract.bulkCreate({ data: [contract('s')] }), { code: 'internal_error' })
  t.throws(() => strict.user.update({ where: { id: 1 }, data: { createdContracts: { create: contract('s') } } }), {
    code: 'internal_error'
  })
  await strict.tag.create({ data: { slug: 's', name: 's' } })
  await runAs(null, async () => {
    await strict.contract.create({ data: contract('s') })
    await strict.contract.bulkUpsert({ data: [{ ...contract('s'), note: 'x' }], on: 'contractNumber_year' })
  })
  t.throws(() => commons({ metadata, actorContext: 'never' as 'warn' }), {
    message: 'commons: option "actorContext" must be one of "warn", "require", "ignore"'
  })
})
