import t from 'tap'
import { Prisma } from '@prisma/client/extension'
import { commons } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf, itemsOf } from '../helpers/failure.js'
import { watchStatements } from '../helpers/statements.js'

const { kind, prisma: plain, pool, query } = await createDatabase(t)
const statementsOf = watchStatements(pool)
const prisma = plain.$extends(commons({ metadata }))
const chunked = plain.$extends(commons({ metadata, chunkRows: 3 }))
/**
 * An extension of someone else's on top: the bulk methods then see another client below themselves. It adds no method,
 * and the types of two clients are too many to be compared.
 */
const top = Prisma.defineExtension({
  name: 'top',
  query: {
    $allModels: {
      async $allOperations ({ args, query }) {
        return await query(args)
      }
    }
  }
})
const topped = chunked.$extends(top) as unknown as typeof chunked
const on = 'contractNumber_year'
const contract = (number: number, values: object = {}) => ({
  contractNumber: `N-${number}`,
  year: 2026,
  amount: '10.00',
  ...values
})
const contracts = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => contract(from + i))

t.beforeEach(async () => {
  await query('TRUNCATE users, customers, contracts, tags, articles RESTART IDENTITY CASCADE')
})

/** The statements by their first words. */
async function kindsOf (work: () => Promise<unknown>): Promise<string[]> {
  return (await statementsOf(work)).map(text => {
    if (/^with/i.test(text)) return /\b(insert|update|delete)\b/.exec(text)![1]!
    return /^\w+/.exec(text)![0].toLowerCase()
  })
}

await t.test('one chunk is one statement without a transaction, whatever the number of rows', async t => {
  const data = contracts(1, 2000)
  t.strictSame(await kindsOf(() => prisma.contract.bulkCreate({ data })), ['insert'])
  t.strictSame(await kindsOf(() => prisma.contract.bulkCreate({ data: contracts(2001, 2005), select: true })), [
    'insert'
  ])
  t.strictSame(await kindsOf(() => prisma.contract.bulkUpsert({ data, on })), ['insert'])
  const updates = data.map((_, i) => ({ where: { id: i + 1 }, data: { note: `n${i}` } }))
  t.strictSame(await kindsOf(() => prisma.contract.bulkUpdate({ data: updates })), ['update'])
  t.strictSame(
    await kindsOf(() =>
      prisma.contract.bulkUpdate({
        data: updates.slice(0, 3).map(({ where }) => ({ where, data: { note: 'x' } })),
        select: true
      })
    ),
    ['update']
  )
  t.strictSame(await kindsOf(() => prisma.contract.bulkDelete({ where: updates.map(({ where }) => where) })), [
    'delete'
  ])
})

await t.test('a chunk never takes more than three statements', async t => {
  await prisma.contract.bulkCreate({ data: contracts(1, 6) })
  t.strictSame(
    await kindsOf(() => prisma.contract.bulkUpsert({ data: contracts(5, 8), on, select: true })),
    ['insert', 'select'],
    'unchanged rows are read'
  )
  t.strictSame(
    await kindsOf(() =>
      prisma.contract.bulkUpdate({
        data: [
          { where: { id: 1 }, data: { amount: 10 } },
          { where: { id: 2 }, data: { note: 'x' } }
        ],
        select: true
      })
    ),
    ['update', 'select']
  )
  const mixed = [contract(1, { note: 'new' }), contract(2), contract(3, { note: null })]
  t.strictSame(await kindsOf(() => prisma.contract.bulkUpsert({ data: mixed, on, select: true })), [
    'begin',
    'insert',
    'select',
    'commit'
  ])
  t.strictSame(
    await kindsOf(() =>
      prisma.contract.bulkUpsert({
        data: contracts(9, 11),
        on,
        select: { customer: { select: { name: true } }, id: true }
      })
    ),
    ['insert', 'select', 'select'],
    'a relation takes what Prisma takes'
  )
  t.strictSame(await kindsOf(() => chunked.contract.bulkUpsert({ data: contracts(1, 7), on, select: true })), [
    'begin',
    'insert',
    'select',
    'insert',
    'select',
    'insert',
    'select',
    'commit'
  ])
})

await t.test('several chunks share one transaction: a fault in the last undoes the first', async t => {
  const data = [...contracts(1, 6), contract(7, { customerId: 99 })]
  const kinds = await kindsOf(async () => {
    t.strictSame(itemsOf(await failureOf(chunked.contract.bulkCreate({ data }))), [
      '6 customerId foreign_key_not_found: No Customer with id 99'
    ])
  })
  t.strictSame(kinds, ['begin', 'insert', 'insert', 'insert', 'rollback', 'select', 'select', 'select'])
  t.equal(await plain.contract.count(), 0)
  const late = [...contracts(1, 6), contract(7, { amount: 'x' })]
  t.strictSame(itemsOf(await failureOf(chunked.contract.bulkUpsert({ data: late, on }))), [
    '6 amount invalid_value: Expected a decimal number'
  ])
  t.equal(await plain.contract.count(), 0)
})

await t.test('faulty items of all chunks are named at once, with no statement before the first fault', async t => {
  const data = contracts(1, 9).map((row, i) => (i % 4 === 0 ? { ...row, amount: 'x', year: '2026' } : row)) as never[]
  const wanted = [0, 4, 8].flatMap(i => [
    `${i} year invalid_type: Expected an integer`,
    `${i} amount invalid_value: Expected a decimal number`
  ])
  const statements = await statementsOf(async () => {
    t.strictSame(itemsOf(await failureOf(chunked.contract.bulkCreate({ data }))), wanted)
    t.strictSame(itemsOf(await failureOf(chunked.contract.bulkUpsert({ data, on }))), wanted)
  })
  t.strictSame(statements, [])
})

await t.test('a call takes part in the transaction of its caller, and is undone with it', async t => {
  for (const [name, client] of Object.entries({ chunked, topped })) {
    const seen = await client
      .$transaction(async tx => {
        await tx.contract.bulkCreate({ data: contracts(1, 2) })
        await tx.contract.bulkUpsert({ data: [contract(1, { note: 'x' }), contract(3)], on })
        await tx.contract.bulkCreate({ data: contracts(10, 20) })
        await tx.contract.bulkUpdate({
          data: [{ where: { contractNumber_year: { contractNumber: 'N-2', year: 2026 } }, data: { note: 'y' } }]
        })
        const { rows } = await tx.contract.bulkUpsert({
          data: contracts(1, 5),
          on,
          select: { note: true, customer: { select: { id: true } } }
        })
        t.strictSame(
          rows.map(row => row.note),
          ['x', 'y', null, null, null],
          name
        )
        // PGlite has one backend: looking from outside would wait for the transaction that waits for it.
        const outside = kind === 'pglite' ? 0 : await plain.contract.count()
        throw Object.assign(new Error('undo'), { inside: await tx.contract.count(), outside })
      })
      .catch((error: unknown) => error)
    t.match(seen, { message: 'undo', inside: 16, outside: 0 }, name)
    t.equal(await plain.contract.count(), 0, name)
  }
})

await t.test('a savepoint of the caller is undone alone', async t => {
  await prisma.$transaction(async tx => {
    await tx.tag.bulkCreate({ data: [{ slug: 'a', name: 'a' }] })
    await tx
      .$transaction(async inner => {
        await inner.tag.bulkCreate({ data: [{ slug: 'b', name: 'b' }] })
        throw new Error('undo')
      })
      .catch((error: Error) => {
        if (error.message !== 'undo') throw error
      })
    await tx.tag.bulkCreate({ data: [{ slug: 'c', name: 'c' }] })
  })
  t.strictSame(
    (await plain.tag.findMany({ orderBy: { slug: 'asc' } })).map(tag => tag.slug),
    ['a', 'c']
  )
})

await t.test('several chunks inside a transaction fail alone: the caller may go on', async t => {
  await prisma.tag.bulkCreate({ data: [{ slug: 'taken', name: 'x' }] })
  await chunked.$transaction(async tx => {
    const failure = await failureOf(
      tx.tag.bulkCreate({ data: ['a', 'b', 'c', 'taken'].map(slug => ({ slug, name: slug })) })
    )
    t.strictSame([failure.code, failure.message], ['unique_violation', 'Tag with this slug already exists'])
    await tx.tag.bulkCreate({ data: [{ slug: 'after', name: 'x' }] })
  })
  t.strictSame(
    (await plain.tag.findMany({ orderBy: { slug: 'asc' } })).map(tag => tag.slug),
    ['after', 'taken']
  )
})

await t.test('a savepoint leaves no trace in the transactions that follow', async t => {
  const contractsOf = async (first: number) => chunked.contract.bulkCreate({ data: contracts(first, first + 6) })
  await chunked.$transaction(async inner => inner.contract.bulkCreate({ data: contracts(1, 7) }))
  await contractsOf(8)
  t.equal(await prisma.contract.count(), 14)
})
