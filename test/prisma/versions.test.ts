import { VersionConflictError } from 'fastify-prisma-commons/errors'
import { commons, type ConflictItem } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const database = await createDatabase(t)
const prisma = database.prisma.$extends(commons({ metadata, actorContext: 'ignore' }))

const newContract = async (contractNumber: string) =>
  prisma.contract.create({ data: { contractNumber, year: 2026, amount: '1.50', note: 'old' } })
const versionOf = async (id: number): Promise<number> =>
  (await prisma.contract.findUniqueOrThrow({ where: { id } })).version

await t.test('every path of updating counts the version', async t => {
  const { id, version } = await newContract('paths')
  t.equal(version, 1)
  const data = { note: 'new' }
  t.equal((await prisma.contract.update({ where: { id }, data })).version, 2)
  await prisma.contract.updateMany({ where: { id }, data })
  t.equal(await versionOf(id), 3)
  t.equal((await prisma.contract.updateManyAndReturn({ where: { id }, data }))[0]?.version, 4)
  const where = { contractNumber_year: { contractNumber: 'paths', year: 2026 } }
  t.equal(
    (await prisma.contract.upsert({ where, create: { contractNumber: 'paths', year: 2026, amount: 1 }, update: data }))
      .version,
    5
  )
  await prisma.contract.bulkUpdate({ data: [{ where: { id }, data: { note: 'bulk' } }] })
  t.equal(await versionOf(id), 6)
  await prisma.contract.bulkUpsert({
    data: [{ contractNumber: 'paths', year: 2026, amount: 2 }],
    on: 'contractNumber_year'
  })
  t.equal(await versionOf(id), 7)
  // A row that is written back as it was read carries a version: it is counted all the same.
  t.equal((await prisma.contract.update({ where: { id }, data: { note: 'back', version: 1 } })).version, 8)
})

await t.test('updateVersioned writes the row of the expected version', async t => {
  const { id } = await newContract('expected')
  const updated = await prisma.contract.updateVersioned({
    where: { id },
    data: { note: 'new' },
    expectedVersion: 1,
    select: { note: true, version: true }
  })
  t.strictSame(updated, { note: 'new', version: 2 })
  const included = await prisma.contract.updateVersioned({
    where: { id },
    data: { tags: { create: { slug: 'v', name: 'v' } } },
    expectedVersion: 2,
    include: { tags: true }
  })
  t.strictSame([included.version, included.tags.map(({ slug }) => slug)], [3, ['v']])
})

await t.test('a stale version tells the current one and what differs', async t => {
  const { id } = await newContract('stale')
  await prisma.contract.update({ where: { id }, data: { note: 'theirs', amount: '2.00' } })
  const stale = prisma.contract.updateVersioned({
    where: { id },
    data: { note: 'mine', amount: 2, status: 'draft', customerId: null },
    expectedVersion: 1
  })
  const error = await stale.then(
    () => null,
    (error: unknown) => error
  )
  t.ok(error instanceof VersionConflictError)
  t.match(error, {
    code: 'version_conflict',
    status: 409,
    message: 'The row has changed: its version is 2, not 1',
    expected: 1,
    current: 2,
    fields: ['note'],
    params: { expected: 1, current: 2, fields: ['note'] }
  })
  t.equal(JSON.stringify(error).includes('theirs'), false, 'no value of the row leaves with it')
  t.strictSame(await prisma.contract.findUnique({ where: { id }, select: { note: true, version: true } }), {
    note: 'theirs',
    version: 2
  })
})

await t.test('values are compared as their columns hold them, by every way of updating', async t => {
  const { Specimen } = metadata.models
  const counted = {
    ...metadata,
    models: {
      ...metadata.models,
      Specimen: { ...Specimen, features: { version: { field: 'int', revisionNotes: null } } }
    }
  } as typeof metadata
  const specimens = database.prisma.$extends(commons({ metadata: counted, actorContext: 'ignore' }))
    .specimen as unknown as {
    readonly updateVersioned: (args: object) => Promise<unknown>
    readonly bulkUpdate: (args: object) => Promise<{ readonly conflicts: readonly ConflictItem[] }>
  }
  /** What is stored, the same written otherwise, and another value. */
  const values: Readonly<Record<string, readonly [unknown, unknown, unknown]>> = {
    decimal: ['1.10', 1.1, '1.101'],
    float: [0.1, 0.1, 0.2],
    big: [5n, 5, 6n],
    fixed: ['a', 'a  ', 'b'],
    text: [null, null, ''],
    short: ['', '', null],
    timestamp: [new Date('2026-01-01T00:00:00.123Z'), '2026-01-01T01:00:00.123+01:00', '2026-01-01T00:00:00.124Z'],
    date: [new Date('2026-01-01T00:00:00Z'), '2026-01-01T13:00:00Z', '2026-01-02T00:00:00Z'],
    json: [
      { a: 1, b: [1, null] },
      { b: [1, null], a: 1 },
      { a: 1, b: [null, 1] }
    ],
    color: ['RED', 'RED', 'BLUE'],
    uuid: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', null],
    bytes: [Uint8Array.of(0, 255), Buffer.of(0, 255), Buffer.of(255, 0)],
    texts: [
      ['a', 'b'],
      ['a', 'b'],
      ['b', 'a']
    ],
    decimals: [['1.50'], [1.5], ['1.5', '1.5']],
    moments: [[new Date(0)], ['1970-01-01T00:00:00Z'], []]
  }
  const rowOf = (column: 0 | 1 | 2): object =>
    Object.fromEntries(Object.entries(values).map(([name, row]) => [name, row[column]]))
  await prisma.specimen.create({ data: { ...rowOf(0), code: 'v', int: 2 } })
  const fieldsOf = async (data: object): Promise<Readonly<Record<string, readonly string[]>>> => {
    const error: unknown = await specimens
      .updateVersioned({ where: { code: 'v' }, data, expectedVersion: 1 })
      .catch((error: unknown) => error)
    const { conflicts } = await specimens.bulkUpdate({ data: [{ where: { code: 'v' }, data, version: 1 }] })
    return {
      single: error instanceof VersionConflictError ? [...error.fields].sort() : [String(error)],
      bulk: [...(conflicts[0]?.fields ?? [])].sort()
    }
  }
  t.strictSame(await fieldsOf(rowOf(1)), { single: [], bulk: [] })
  const names = Object.keys(values).sort()
  t.strictSame(await fieldsOf(rowOf(2)), { single: names, bulk: names })
  // Prisma's operations: one that sets is a value, one that computes has none to compare.
  const operations = {
    text: { set: 'x' },
    decimal: { set: '1.1' },
    big: { increment: 1 },
    texts: { push: 'c' },
    decimals: { set: [2] },
    bool: undefined
  }
  const error: unknown = await specimens
    .updateVersioned({ where: { code: 'v' }, data: operations, expectedVersion: 1 })
    .catch((error: unknown) => error)
  t.match(error, { current: 2, fields: ['text', 'decimals'] })
})

await t.test('a stale version is told inside a transaction too, which goes on', async t => {
  const { id } = await newContract('inside')
  await prisma.$transaction(async tx => {
    await tx.contract.update({ where: { id }, data: { note: 'mine' } })
    await t.rejects(
      tx.contract.updateVersioned({
        where: { id, note: 'mine' },
        data: { note: 'mine', amount: 9 },
        expectedVersion: 1
      }),
      { code: 'version_conflict', params: { current: 2, fields: ['amount'] } }
    )
    await tx.contract.update({ where: { id }, data: { note: 'after' } })
  })
  t.equal(await versionOf(id), 3)
})

await t.test('a row that is not there is told from one that has changed', async t => {
  await t.rejects(
    prisma.contract.updateVersioned({ where: { id: 999_999 }, data: { note: 'x' }, expectedVersion: 1 }),
    { code: 'object_not_found', status: 404 }
  )
  const { id } = await newContract('linked')
  await t.rejects(
    prisma.contract.updateVersioned({
      where: { id },
      data: { customer: { connect: { id: 999_999 } } },
      expectedVersion: 1
    }),
    { code: 'P2025' }
  )
  const { id: article } = await prisma.article.create({ data: { title: 't', slug: 't', content: 'c' } })
  await prisma.article.delete({ where: { id: article } })
  await t.rejects(
    prisma.article.updateVersioned({ where: { id: article }, data: { title: 'x' }, expectedVersion: 2 }),
    { code: 'object_not_found' }
  )
})

await t.test(
  'of twenty writers with one version one wins',
  { skip: database.kind === 'pglite' && 'PGlite runs one statement at a time' },
  async t => {
    const { id } = await newContract('race')
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, i) =>
        prisma.contract.updateVersioned({ where: { id }, data: { note: `writer ${i}` }, expectedVersion: 1 })
      )
    )
    const won = results.filter(({ status }) => status === 'fulfilled')
    const lost = results.flatMap(result =>
      result.status === 'rejected' ? [result.reason as VersionConflictError] : []
    )
    t.equal(won.length, 1)
    t.strictSame(
      lost.map(({ current, expected, fields }) => ({ current, expected, fields })),
      Array.from({ length: 19 }, () => ({ current: 2, expected: 1, fields: ['note'] }))
    )
    t.equal(await versionOf(id), 2)
  }
)

await t.test('of three items with one stale none or two are written', async t => {
  const ids: number[] = []
  for (const number of ['b1', 'b2', 'b3']) ids.push((await newContract(number)).id)
  await prisma.contract.update({ where: { id: ids[1]! }, data: { note: 'theirs' } })
  const data = ids.map(id => ({ where: { id }, data: { note: 'mine' }, version: 1 }))
  const notes = async () =>
    (await prisma.contract.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } })).map(({ note }) => note)

  await t.rejects(prisma.contract.bulkUpdate({ data, unmatched: 'error' }), {
    name: 'BulkError',
    status: 409,
    code: 'version_conflict',
    details: [{ code: 'version_conflict', index: 1, params: { expected: 1, current: 2 } }]
  })
  t.strictSame(await notes(), ['old', 'theirs', 'old'])
  const { updated, conflicts } = await prisma.contract.bulkUpdate({ data })
  t.strictSame(
    { updated, conflicts },
    { updated: 2, conflicts: [{ index: 1, where: { id: ids[1] }, expected: 1, current: 2, fields: ['note'] }] }
  )
  t.strictSame(await notes(), ['mine', 'theirs', 'mine'])
})

await t.test('notes are kept when given, and a plain write leaves the version', async t => {
  const { id } = await prisma.shelf.create({ data: { name: 'shelf' } })
  const columns = { name: true, version: true, revisionNotes: true } as const
  t.strictSame(
    await prisma.shelf.updateVersioned({
      where: { id },
      data: { name: 'a' },
      expectedVersion: 1,
      revisionNotes: 'first',
      select: columns
    }),
    { name: 'a', version: 2, revisionNotes: 'first' }
  )
  t.strictSame(
    await prisma.shelf.updateVersioned({ where: { id }, data: { name: 'b' }, expectedVersion: 2, select: columns }),
    { name: 'b', version: 3, revisionNotes: 'first' }
  )
  t.strictSame(
    await prisma.shelf.updateVersioned({
      where: { id },
      data: { name: 'c' },
      skipVersionIncrement: true,
      select: columns
    }),
    { name: 'c', version: 3, revisionNotes: 'first' }
  )
  await t.rejects(
    prisma.shelf.updateVersioned({
      where: { id },
      data: { name: 'd' },
      expectedVersion: 2,
      skipVersionIncrement: true
    }),
    { code: 'version_conflict' }
  )
})

await t.test('arguments that would be ignored or misread are refused', async t => {
  const wrong = async (args: object): Promise<unknown> =>
    (prisma.contract.updateVersioned as (args: object) => Promise<unknown>)(args)
  const where = { id: 1 }
  await t.rejects(wrong({ where, data: {}, expectedVersion: '1' }), {
    code: 'validation_failed',
    message: /expectedVersion takes a whole number/
  })
  await t.rejects(wrong({ where, data: {} }), {
    code: 'validation_failed',
    message: /expectedVersion takes a whole number/
  })
  await t.rejects(wrong({ where, data: {}, expectedVersion: 1, expectVersion: 1 }), {
    message: 'Contract.updateVersioned: unknown argument "expectVersion". Did you mean "expectedVersion"?'
  })
  await t.rejects(wrong({ where, expectedVersion: 1 }), {
    message: 'Contract.updateVersioned: data takes an object of fields'
  })
  await t.rejects(wrong({ data: {}, expectedVersion: 1 }), {
    message: 'Contract.updateVersioned: where takes a unique selector'
  })
  await t.rejects(wrong({ where, data: {}, expectedVersion: 1, revisionNotes: 'x' }), {
    message: 'Contract.updateVersioned: the model has no column for revisionNotes'
  })
})
