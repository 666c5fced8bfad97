import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf, itemsOf } from '../helpers/failure.js'
import { watchStatements } from '../helpers/statements.js'

const { prisma: plain, pool, query } = await createDatabase(t)
const statementsOf = watchStatements(pool)
const prisma = plain.$extends(commons({ metadata }))
/** Three rows a statement, so that small requests take several chunks. */
const chunked = plain.$extends(commons({ metadata, chunkRows: 3 }))

const nothing = { count: 0, created: 0, updated: 0, unchanged: 0, deleted: 0, missing: [], conflicts: [] }
const contract = (number: number, values: object = {}) => ({
  contractNumber: `N-${number}`,
  year: 2026,
  amount: '10.00',
  ...values
})

t.beforeEach(async () => {
  await query(
    'TRUNCATE users, customers, contracts, tags, articles, comments, tokens, "org memberships", badges, "Category" ' +
      'RESTART IDENTITY CASCADE'
  )
})

/** The physical version of each row: another one when a row was written, even with the same values. */
async function physical (table: string, order: string): Promise<string[]> {
  return (await query(`SELECT xmin::text || ' ' || ctid::text AS at FROM ${table} ORDER BY ${order}`)).map(
    row => row.at
  )
}

await t.test('an empty list does nothing, by no statement', async t => {
  const statements = await statementsOf(async () => {
    t.strictSame(await prisma.tag.bulkCreate({ data: [] }), nothing)
    t.strictSame(await prisma.tag.bulkUpsert({ data: [], on: 'slug', select: true }), { ...nothing, rows: [] })
    t.strictSame(await prisma.tag.bulkUpdate({ data: [], select: { id: true } }), { ...nothing, rows: [] })
    t.strictSame(await prisma.tag.bulkReplace({ data: [] }), nothing)
    t.strictSame(await prisma.tag.bulkDelete({ where: [] }), nothing)
  })
  t.strictSame(statements, [])
})

await t.test('bulkCreate', async t => {
  await t.test('gives rows in request order, over several chunks', async t => {
    const slugs = ['z', 'a', 'm', 'b', 'y', 'c', 'x']
    const report = await chunked.tag.bulkCreate({
      data: slugs.map(slug => ({ slug, name: slug.toUpperCase() })),
      select: true
    })
    t.strictSame(report, {
      ...nothing,
      count: 7,
      created: 7,
      rows: slugs.map((slug, i) => ({ id: i + 1, slug, name: slug.toUpperCase() }))
    })
    t.strictSame(await plain.tag.findMany({ orderBy: { id: 'asc' } }), report.rows)
  })

  await t.test('takes rows that name different fields, and no field at all', async t => {
    const { rows } = await prisma.category.bulkCreate({
      data: [{ name: 'root' }, { id: 50, name: 'child', parentId: 1 }, { name: 'last', parentId: null }],
      select: true
    })
    t.strictSame(rows, [
      { id: 1, name: 'root', parentId: null },
      { id: 50, name: 'child', parentId: 1 },
      { id: 2, name: 'last', parentId: null }
    ])
    await query('CREATE TABLE bare (id serial PRIMARY KEY, note text)')
    const field = metadata.models.Category.fields[0]!
    const bare = {
      ...metadata.models.Category,
      name: 'Category',
      table: 'bare',
      fields: [field, { ...metadata.models.Category.fields[1]!, name: 'note', column: 'note', required: false }],
      relations: [],
      uniques: [metadata.models.Category.uniques[0]!]
    }
    const client = plain.$extends(
      commons({ metadata: { ...metadata, models: { ...metadata.models, Category: bare } } })
    )
    t.strictSame(await client.category.bulkCreate({ data: [{}, {}] as never }), { ...nothing, count: 2, created: 2 })
    t.strictSame(await query('SELECT * FROM bare ORDER BY id'), [
      { id: 1, note: null },
      { id: 2, note: null }
    ])
  })

  await t.test('leaves out duplicates on request, and counts what it made', async t => {
    await plain.tag.create({ data: { slug: 'there', name: 'before' } })
    const data = [
      { slug: 'new', name: '0' },
      { slug: 'there', name: '1' },
      { slug: 'new', name: '2' },
      { id: 9, slug: 'nine', name: '3' },
      { id: 9, slug: 'nine again', name: '4' }
    ]
    t.strictSame(await prisma.tag.bulkCreate({ data, skipDuplicates: true }), { ...nothing, count: 2, created: 2 })
    await plain.tag.deleteMany({ where: { slug: { not: 'there' } } })
    const { created, rows } = await prisma.tag.bulkCreate({
      data,
      skipDuplicates: true,
      select: { slug: true, name: true }
    })
    t.strictSame(
      { created, rows },
      {
        created: 2,
        rows: [
          { slug: 'new', name: '0' },
          { slug: 'nine', name: '3' }
        ]
      }
    )
  })
})

await t.test('defaults', async t => {
  await t.test('that Prisma makes in its client have its shapes, and are new for each row', async t => {
    const shapes = {
      id: /^c[a-z0-9]{24}$/,
      cuid2: /^[a-z][a-z0-9]{23}$/,
      uuid4: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      uuid7: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      nano: /^[\w-]{12}$/,
      ulid: /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
    }
    const own = await plain.token.create({ data: { email: 'prisma' } })
    const { rows } = await prisma.token.bulkCreate({
      data: [{ email: 'a' }, { email: 'b', label: 'named', nano: 'named' }, { email: 'c', id: 'named' }],
      select: true
    })
    for (const row of [own, rows[0]!]) t.match(row, shapes)
    for (const field of Object.keys(shapes) as (keyof typeof shapes)[]) {
      t.equal(new Set(rows.map(row => row[field])).size, 3, field)
    }
    t.strictSame(
      rows.map(({ email, label, color, scopes, deletedAt }) => ({ email, label, color, scopes, deletedAt })),
      [
        { email: 'a', label: own.label, color: 'GREEN', scopes: ['read', 'write'], deletedAt: null },
        { email: 'b', label: 'named', color: 'GREEN', scopes: ['read', 'write'], deletedAt: null },
        { email: 'c', label: own.label, color: 'GREEN', scopes: ['read', 'write'], deletedAt: null }
      ]
    )
    t.strictSame([rows[1]!.nano, rows[2]!.id], ['named', 'named'])
  })

  await t.test('of the time are one instant of the clock', async t => {
    const now = new Date('2026-01-02T03:04:05.678Z')
    const clocked = plain.$extends(commons({ metadata, chunkRows: 1, clock: () => now }))
    const { rows } = await clocked.token.bulkCreate({
      data: [{ email: 'a' }, { email: 'b' }, { email: 'c', madeAt: new Date(0) }],
      select: { madeAt: true }
    })
    t.strictSame(rows, [{ madeAt: now }, { madeAt: now }, { madeAt: new Date(0) }])
    const upserted = await clocked.contract.bulkUpsert({
      data: [contract(1)],
      on: 'contractNumber_year',
      select: { createdAt: true, updatedAt: true }
    })
    t.strictSame(upserted.rows, [{ createdAt: now, updatedAt: now }])
  })

  await t.test('of the database are used by the rows that name no value', async t => {
    const data = [
      { org: 'a', userId: 1 },
      { org: 'a', userId: 2, level: 7 },
      { org: 'a', userId: 3, title: 'owner' }
    ]
    const rows = [
      { org: 'a', userId: 1, title: 'member', level: 2 },
      { org: 'a', userId: 2, title: 'member', level: 7 },
      { org: 'a', userId: 3, title: 'owner', level: 2 }
    ]
    t.strictSame((await prisma.membership.bulkCreate({ data, select: true })).rows, rows)
    await plain.membership.deleteMany()
    t.strictSame((await prisma.membership.bulkUpsert({ data, on: 'orgUser', select: true })).rows, rows)
  })

  await t.test('that only the database knows are taken by the rows that name no value', async t => {
    const fields = metadata.models.Membership.fields.map(field =>
      field.name === 'level'
        ? { ...field, default: { kind: 'database', name: 'dbgenerated', sql: null } as const }
        : field
    )
    const client = plain.$extends(
      commons({
        metadata: {
          ...metadata,
          models: { ...metadata.models, Membership: { ...metadata.models.Membership, fields } }
        }
      })
    )
    t.strictSame(
      (
        await client.membership.bulkCreate({
          data: [
            { org: 'a', userId: 1 },
            { org: 'a', userId: 2 }
          ],
          select: true
        })
      ).rows.map(row => row.level),
      [2, 2]
    )
    const data = [
      { org: 'a', userId: 3, level: 7 },
      { org: 'a', userId: 4 },
      { org: 'a', userId: 5, level: 8 }
    ]
    t.strictSame(
      (await client.membership.bulkCreate({ data, select: true })).rows.map(row => row.level),
      [7, 2, 8]
    )
    const upserted = [
      { org: 'a', userId: 3 },
      { org: 'a', userId: 4, level: 9 },
      { org: 'a', userId: 6 },
      { org: 'a', userId: 7, level: 5 }
    ]
    const report = await client.membership.bulkUpsert({ data: upserted, on: 'orgUser', select: true })
    t.strictSame(
      [report.created, report.updated, report.unchanged, ...report.rows.map(row => row.level)],
      [2, 1, 1, 7, 9, 2, 5]
    )
    const token = metadata.models.Token
    const ids = token.fields.map(field =>
      field.name === 'id'
        ? { ...field, default: { kind: 'database', name: 'dbgenerated', sql: null } as const }
        : field
    )
    const keyless = plain.$extends(
      commons({ metadata: { ...metadata, models: { ...metadata.models, Token: { ...token, fields: ids } } } })
    )
    await t.rejects(keyless.token.bulkCreate({ data: [{ email: 'a' }], select: true }), {
      code: 'validation_failed',
      message: 'New rows of Token cannot be given back: only the database knows the default of id'
    })
  })
})

await t.test('bulkUpsert', async t => {
  const on = 'contractNumber_year'

  await t.test('tells created, updated and unchanged rows, and writes only what changes', async t => {
    const same = [1, 2, 3, 4, 5].map(number => contract(number))
    t.strictSame(await prisma.contract.bulkUpsert({ data: same, on }), { ...nothing, count: 5, created: 5 })
    const before = await physical('contracts', 'id')
    t.strictSame(await prisma.contract.bulkUpsert({ data: same, on }), { ...nothing, count: 5, unchanged: 5 })
    t.strictSame(await physical('contracts', 'id'), before, 'not one row is written again')
    const data = [
      contract(9),
      contract(4, { amount: 11 }),
      contract(1),
      contract(8),
      contract(2, { amount: '10.000' })
    ]
    const report = await prisma.contract.bulkUpsert({
      data,
      on,
      select: { contractNumber: true, amount: true, version: true }
    })
    t.strictSame(
      { ...report, rows: report.rows.map(row => [row.contractNumber, String(row.amount), row.version]) },
      {
        ...nothing,
        count: 5,
        created: 2,
        updated: 1,
        unchanged: 2,
        rows: [
          ['N-9', '10', 1],
          ['N-4', '11', 2],
          ['N-1', '10', 1],
          ['N-8', '10', 1],
          ['N-2', '10', 1]
        ]
      }
    )
    const written = (await physical('contracts', 'id')).filter(at => !before.includes(at))
    t.equal(written.length, 3, 'two new rows and the changed one')
  })

  await t.test('of rows that name different fields leaves alone what a row does not name', async t => {
    await prisma.contract.bulkCreate({
      data: [1, 2, 3, 4].map(number => contract(number, { note: 'old', status: 'closed', externalRef: `R-${number}` }))
    })
    const before = await physical('contracts', 'id')
    const data = [
      { contractNumber: 'N-4', year: 2026, amount: 4 },
      { contractNumber: 'N-1', year: 2026, amount: '10.00', note: 'new' },
      contract(2, { status: 'closed' }),
      { contractNumber: 'N-3', year: 2026, amount: 10, note: null, externalRef: null },
      contract(5),
      contract(6, { note: 'six' })
    ] as const
    const report = await prisma.contract.bulkUpsert({
      data,
      on,
      select: { contractNumber: true, amount: true, status: true, note: true, externalRef: true, version: true }
    })
    t.strictSame(
      {
        ...report,
        rows: report.rows.map(row => [
          row.contractNumber,
          String(row.amount),
          row.status,
          row.note,
          row.externalRef,
          row.version
        ])
      },
      {
        ...nothing,
        count: 6,
        created: 2,
        updated: 3,
        unchanged: 1,
        rows: [
          ['N-4', '4', 'closed', 'old', 'R-4', 2],
          ['N-1', '10', 'closed', 'new', 'R-1', 2],
          ['N-2', '10', 'closed', 'old', 'R-2', 1],
          ['N-3', '10', 'closed', null, null, 2],
          ['N-5', '10', 'draft', null, null, 1],
          ['N-6', '10', 'draft', 'six', null, 1]
        ]
      }
    )
    t.equal(
      (await physical('contracts', 'id')).filter(at => before.includes(at)).length,
      1,
      'the row of N-2 is as it was'
    )
    t.strictSame(await prisma.contract.bulkUpsert({ data, on }), { ...nothing, count: 6, unchanged: 6 })
  })

  await t.test('needs of a row that exists only its key', async t => {
    await plain.contract.create({ data: contract(1) })
    const items = [{ contractNumber: 'N-1', year: 2026, note: 'known' }] as never
    t.strictSame(await prisma.contract.bulkUpsert({ data: items, on }), { ...nothing, count: 1, updated: 1 })
    const failure = failureOf(
      prisma.contract.bulkUpsert({
        data: [
          { contractNumber: 'N-1', year: 2026, note: 'x' },
          { contractNumber: 'N-2', year: 2026 }
        ] as never,
        on
      })
    )
    t.strictSame(itemsOf(await failure), ['1 amount required: This field is required'])
    t.equal((await plain.contract.findFirstOrThrow()).note, 'known', 'nothing was written')
  })

  await t.test('writes the fields of `update` and no others, keys and makers never', async t => {
    const maker = await plain.user.create({ data: { name: 'maker' } })
    const { id } = await plain.contract.create({ data: contract(1, { note: 'old' }) })
    const data = [
      contract(1, { id: 77, amount: 20, note: 'new', createdAt: new Date(0), createdById: maker.id, version: 40 })
    ]
    await prisma.contract.bulkUpsert({ data, on, update: ['amount'] })
    const first = await plain.contract.findFirstOrThrow()
    t.strictSame(
      [first.id, String(first.amount), first.note, first.version, first.createdById],
      [id, '20', 'old', 2, null]
    )
    await prisma.contract.bulkUpsert({ data, on })
    const second = await plain.contract.findFirstOrThrow()
    t.strictSame(
      [second.id, second.note, second.version, second.createdById, second.createdAt],
      [id, 'new', 3, null, first.createdAt]
    )
    t.strictSame(
      await prisma.contract.bulkUpsert({ data: [contract(1, { amount: 99 }), contract(2)], on, update: [] }),
      { ...nothing, count: 2, created: 1, unchanged: 1 }
    )
    t.equal(String((await plain.contract.findFirstOrThrow({ where: { id } })).amount), '20')
  })

  await t.test('of a key that stands twice keeps the first or the last', async t => {
    const data = [
      { slug: 'a', name: '0' },
      { slug: 'b', name: '1' },
      { slug: 'a', name: '2' },
      { slug: 'c', name: '3' },
      { slug: 'a', name: '4' }
    ]
    for (const [onDuplicate, names] of [
      ['first', ['0', '1', '3']],
      ['last', ['1', '3', '4']]
    ] as const) {
      const { count, rows } = await chunked.tag.bulkUpsert({ data, on: 'slug', onDuplicate, select: { name: true } })
      t.strictSame({ count, rows }, { count: 3, rows: names.map(name => ({ name })) }, onDuplicate)
    }
  })

  await t.test('knows a partial unique index: a deleted row with the same value is another one', async t => {
    const deletedAt = new Date('2026-01-01T00:00:00.000Z')
    await plain.token.createMany({
      data: [
        { email: 'a', label: 'gone', deletedAt },
        { email: 'a', label: 'live' },
        { email: 'b', label: 'gone', deletedAt }
      ]
    })
    const report = await prisma.token.bulkUpsert({
      data: [
        { email: 'b', label: 'new' },
        { email: 'a', label: 'new' }
      ],
      on: 'liveEmail',
      select: { email: true, label: true }
    })
    t.strictSame(report, {
      ...nothing,
      count: 2,
      created: 1,
      updated: 1,
      rows: [
        { email: 'b', label: 'new' },
        { email: 'a', label: 'new' }
      ]
    })
    const mixed = await prisma.token.bulkUpsert({
      data: [{ email: 'c' }, { email: 'a', label: 'newer' }],
      on: 'liveEmail',
      select: { email: true, label: true }
    })
    t.strictSame(mixed, {
      ...nothing,
      count: 2,
      created: 1,
      updated: 1,
      rows: [
        { email: 'c', label: 'it\'s "new"' },
        { email: 'a', label: 'newer' }
      ]
    })
    t.strictSame(await query('SELECT email, label, "deletedAt" IS NULL AS live FROM tokens ORDER BY email, live'), [
      { email: 'a', label: 'gone', live: false },
      { email: 'a', label: 'newer', live: true },
      { email: 'b', label: 'gone', live: false },
      { email: 'b', label: 'new', live: true },
      { email: 'c', label: 'it\'s "new"', live: true }
    ])
  })

  await t.test('finds rows by keys that are written in several ways', async t => {
    const id = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
    const article = { slug: 'x', content: '', title: 'x' }
    await prisma.article.bulkUpsert({ data: [{ id, ...article }], on: 'id' })
    const { unchanged, rows } = await prisma.article.bulkUpsert({
      data: [{ id: id.toUpperCase(), ...article }],
      on: 'id',
      select: { id: true }
    })
    t.strictSame({ unchanged, rows }, { unchanged: 1, rows: [{ id }] })
  })
})

await t.test('bulkUpdate', async t => {
  await t.test('writes what each item names, and tells the others apart', async t => {
    await prisma.contract.bulkCreate({ data: [1, 2, 3, 4].map(number => contract(number, { note: 'old' })) })
    const before = await physical('contracts', 'id')
    const report = await chunked.contract.bulkUpdate({
      data: [
        { where: { id: 4 }, data: { note: 'new' } },
        { where: { id: 99 }, data: { note: 'new' } },
        { where: { id: 2 }, data: { note: 'old', amount: '10' } },
        { where: { id: 1 }, data: { amount: 12, note: null }, version: 1 },
        { where: { id: 3 }, data: { note: 'new' }, version: 7 }
      ],
      select: { id: true, note: true, amount: true, version: true }
    })
    t.strictSame(
      { ...report, rows: report.rows.map(row => ({ ...row, amount: String(row.amount) })) },
      {
        ...nothing,
        count: 3,
        updated: 2,
        unchanged: 1,
        missing: [{ index: 1, where: { id: 99 } }],
        conflicts: [{ index: 4, where: { id: 3 }, expected: 7, current: 1, fields: ['note'] }],
        rows: [
          { id: 4, note: 'new', amount: '10', version: 2 },
          { id: 2, note: 'old', amount: '10', version: 1 },
          { id: 1, note: null, amount: '12', version: 2 }
        ]
      }
    )
    t.strictSame(
      (await physical('contracts', 'id')).map(at => before.includes(at)),
      [false, true, true, false]
    )
    const counts = await prisma.contract.bulkUpdate({
      data: [
        { where: { id: 4 }, data: { note: 'new' } },
        { where: { id: 98 }, data: {} },
        { where: { id: 3 }, data: { note: 'newest' } }
      ]
    })
    t.strictSame(counts, {
      ...nothing,
      count: 2,
      updated: 1,
      unchanged: 1,
      missing: [{ index: 1, where: { id: 98 } }]
    })
  })

  await t.test('selects by compound keys, changes keys, and looks at items that name nothing', async t => {
    await prisma.contract.bulkCreate({ data: [contract(1), contract(2)] })
    const by = (number: number) => ({ contractNumber_year: { contractNumber: `N-${number}`, year: 2026 } })
    const report = await prisma.contract.bulkUpdate({
      data: [
        { where: by(2), data: { contractNumber: 'N-3' } },
        { where: by(1), data: { id: 70 } }
      ],
      select: { id: true, contractNumber: true }
    })
    t.strictSame(report, {
      ...nothing,
      count: 2,
      updated: 2,
      rows: [
        { id: 2, contractNumber: 'N-3' },
        { id: 70, contractNumber: 'N-1' }
      ]
    })
    t.strictSame(
      await prisma.contract.bulkUpdate({
        data: [
          { where: by(3), data: {}, version: 1 },
          { where: by(1), data: {} }
        ]
      }),
      {
        ...nothing,
        count: 1,
        unchanged: 1,
        conflicts: [{ index: 0, where: by(3), expected: 1, current: 2, fields: [] }]
      }
    )
  })
})

await t.test('bulkReplace puts what an item does not name to its default, and keeps what is made once', async t => {
  const clocked = (time: string) => plain.$extends(commons({ metadata, clock: () => new Date(time) }))
  const customer = await plain.customer.create({ data: { code: 'C', name: 'C' } })
  const made = await clocked('2026-01-01T00:00:00.000Z').contract.bulkCreate({
    data: [
      contract(1, { note: 'old', status: 'closed', externalRef: 'R', customerId: customer.id }),
      contract(2, { note: 'two' })
    ],
    select: true
  })
  const { rows, ...counts } = await clocked('2026-02-01T00:00:00.000Z').contract.bulkReplace({
    data: [
      { where: { id: 1 }, data: { contractNumber: 'N-1', year: 2027, amount: 5 } },
      { where: { id: 2 }, data: contract(2, { note: 'two' }) }
    ],
    select: true
  })
  t.strictSame(counts, { ...nothing, count: 2, updated: 1, unchanged: 1 })
  t.strictSame(
    rows.map(row => ({ ...row, amount: String(row.amount) })),
    [
      {
        ...made.rows[0]!,
        year: 2027,
        amount: '5',
        note: null,
        status: 'draft',
        externalRef: null,
        customerId: null,
        version: 2,
        updatedAt: new Date('2026-02-01T00:00:00.000Z')
      },
      { ...made.rows[1]!, amount: '10' }
    ]
  )
  const article = await prisma.article.bulkCreate({
    data: [{ title: 'T', slug: 't', content: 'C', published: true, metadata: { a: 1 }, tags: ['x'], notes: 'n' }],
    select: true
  })
  const replaced = await prisma.article.bulkReplace({
    data: [{ where: { slug: 't' }, data: { title: 'U', content: 'D' } as never }],
    select: true
  })
  t.strictSame(replaced.rows[0], {
    ...article.rows[0]!,
    title: 'U',
    content: 'D',
    published: false,
    metadata: null,
    tags: [],
    notes: null,
    version: 2,
    updatedAt: replaced.rows[0]!.updatedAt
  })
  const kept = await prisma.article.bulkReplace({
    data: [{ where: { id: article.rows[0]!.id }, data: { title: 'V', content: 'E' } as never }],
    select: { title: true, slug: true }
  })
  t.strictSame(kept.rows, [{ title: 'V', slug: 't' }], 'a slug stays when it is not named')
  const failure = failureOf(
    prisma.contract.bulkReplace({
      data: [
        { where: { id: 1 }, data: contract(1) },
        { where: { id: 2 }, data: { year: 1 } as never }
      ]
    })
  )
  t.strictSame(itemsOf(await failure), [
    '1 contractNumber required: This field is required',
    '1 amount required: This field is required'
  ])
})

await t.test('bulkDelete tells keys without a row, and counts a key that stands twice once', async t => {
  await prisma.tag.bulkCreate({ data: ['a', 'b', 'c', 'd', 'e'].map(slug => ({ slug, name: slug })) })
  t.strictSame(
    await chunked.tag.bulkDelete({ where: [{ id: 5 }, { id: 90 }, { id: 1 }, { id: 5 }, { id: 91 }, { id: 2 }] }),
    {
      ...nothing,
      count: 3,
      deleted: 3,
      missing: [
        { index: 1, where: { id: 90 } },
        { index: 4, where: { id: 91 } }
      ]
    }
  )
  const report = await prisma.tag.bulkDelete({
    where: [{ slug: 'd' }, { slug: 'x' }, { slug: 'c' }],
    select: { slug: true }
  })
  t.strictSame(report, {
    ...nothing,
    count: 2,
    deleted: 2,
    missing: [{ index: 1, where: { slug: 'x' } }],
    rows: [{ slug: 'd' }, { slug: 'c' }]
  })
  t.equal(await plain.tag.count(), 0)
})

await t.test('a compound primary key, in a table whose name has a blank', async t => {
  const by = (org: string, userId: number) => ({ orgUser: { org, userId } })
  const data = [
    { org: 'b', userId: 2 },
    { org: 'a\'"\\', userId: 1, title: 'owner' },
    { org: 'b', userId: 1 },
    { org: '1:b', userId: 2 }
  ]
  const created = await chunked.membership.bulkCreate({ data, select: { org: true, userId: true, title: true } })
  t.strictSame(
    created.rows,
    data.map(row => ({ title: 'member', ...row }))
  )
  await prisma.badge.bulkCreate({
    data: [
      { org: 'b', userId: 1, label: 'x' },
      { org: 'b', userId: 1, label: 'y' }
    ]
  })
  const upserted = await chunked.membership.bulkUpsert({
    data: [
      { org: 'c', userId: 1, title: 'new' },
      { org: 'b', userId: 1, title: 'new' }
    ],
    on: 'orgUser',
    select: { title: true, badges: { select: { label: true }, orderBy: { label: 'asc' } } }
  })
  t.strictSame(upserted, {
    ...nothing,
    count: 2,
    created: 1,
    updated: 1,
    rows: [
      { title: 'new', badges: [] },
      { title: 'new', badges: [{ label: 'x' }, { label: 'y' }] }
    ]
  })
  const updated = await chunked.membership.bulkUpdate({
    data: [
      { where: by('z', 1), data: { level: 5 } },
      { where: by('b', 2), data: { level: 5 } }
    ],
    select: { org: true, level: true }
  })
  t.strictSame(updated, {
    ...nothing,
    count: 1,
    updated: 1,
    missing: [{ index: 0, where: by('z', 1) }],
    rows: [{ org: 'b', level: 5 }]
  })
  t.strictSame(await prisma.membership.bulkDelete({ where: [by('b', 1), by('b', 1), by('a\'"\\', 1)] }), {
    ...nothing,
    count: 2,
    deleted: 2
  })
  t.equal(await plain.badge.count(), 0, "cascades are the database's")
})

await t.test('select reads relations, counts and nested fields as Prisma does, in request order', async t => {
  const { rows: parents } = await prisma.category.bulkCreate({
    data: [{ name: 'p' }, { name: 'q' }],
    select: { id: true }
  })
  const data = ['z', 'a', 'm', 'b', 'y'].map((name, i) => ({ name, parentId: parents[i % 2]!.id }))
  const select = { name: true, parent: { select: { name: true } }, _count: { select: { children: true } } } as const
  const { rows } = await chunked.category.bulkCreate({ data, select })
  t.strictSame(
    rows,
    data.map(({ name }, i) => ({ name, parent: { name: i % 2 === 0 ? 'p' : 'q' }, _count: { children: 0 } }))
  )
  const unkeyed = await chunked.category.bulkUpsert({
    data: [{ name: 'q' }, { name: 'n' }, { name: 'p' }],
    on: 'name',
    select: { id: false, children: { select: { name: true }, orderBy: { name: 'asc' } } }
  })
  t.strictSame(unkeyed.rows, [
    { children: [{ name: 'a' }, { name: 'b' }] },
    { children: [] },
    { children: [{ name: 'm' }, { name: 'y' }, { name: 'z' }] }
  ])
})

await t.test('select that cannot be answered fails before anything is written', async t => {
  await plain.tag.create({ data: { slug: 'kept', name: 'kept' } })
  const data = [{ slug: 'a', name: 'a' }]
  const statements = await statementsOf(async () => {
    await t.rejects(prisma.tag.bulkCreate({ data, select: { nope: true } as never }), {
      name: 'CommonsError',
      code: 'validation_failed'
    })
    await t.rejects(
      prisma.tag.bulkCreate({ data, select: { slug: true, contracts: { select: { nope: true } } } as never }),
      { code: 'validation_failed' }
    )
    await t.rejects(prisma.tag.bulkCreate({ data, select: { slug: 'yes' } as never }), { code: 'validation_failed' })
    await t.rejects(prisma.tag.bulkCreate({ data, select: {} }), {
      message: 'select names no field of id, slug, name'
    })
    await t.rejects(prisma.tag.bulkCreate({ data, select: 1 as never }), {
      message: 'select takes true or an object of fields'
    })
    await t.rejects(prisma.tag.bulkDelete({ where: [{ id: 1 }], select: { contracts: true } as never }), {
      message: 'select of bulkDelete takes scalar fields only'
    })
  })
  t.strictSame(statements, [])
})

await t.test('arguments that would be read over or misread are refused', async t => {
  const data = [{ slug: 'a', name: 'a' }]
  const wrong = {
    'Tag.bulkCreate: unknown argument "skipDuplicate". Did you mean "skipDuplicates"?': () =>
      prisma.tag.bulkCreate({ data, skipDuplicate: true } as never),
    'Tag.bulkCreate: skipDuplicates takes true or false': () =>
      prisma.tag.bulkCreate({ data, skipDuplicates: 'no' } as never),
    'Tag.bulkCreate: data takes a list': () => prisma.tag.bulkCreate({ data: data[0] } as never),
    'Tag.bulkUpsert: on takes the name of a unique constraint': () => prisma.tag.bulkUpsert({ data } as never),
    '"sluck" is not a unique constraint of Tag. Unique constraints: id; slug': () =>
      prisma.tag.bulkUpsert({ data, on: 'sluck' } as never),
    'Tag.bulkUpsert: onDuplicate takes "error", "first" or "last"': () =>
      prisma.tag.bulkUpsert({ data, on: 'slug', onDuplicate: 'lest' } as never),
    'Tag.bulkUpsert: update takes a list of fields of id, slug, name': () =>
      prisma.tag.bulkUpsert({ data, on: 'slug', update: ['nam'] } as never),
    'Tag.bulkUpdate: data takes a list': () => prisma.tag.bulkUpdate(undefined as never),
    'Tag.bulkDelete: unknown argument "data". Known: where, unmatched, select': () =>
      prisma.tag.bulkDelete({ data } as never),
    'Tag has no version: add "/// @commons.version" to the model': () =>
      prisma.tag.bulkUpdate({ data: [{ where: { id: 1 }, data: {}, version: 1 } as never] })
  }
  for (const [message, call] of Object.entries(wrong)) {
    t.strictSame((await failureOf(call())).message, message)
  }
})
