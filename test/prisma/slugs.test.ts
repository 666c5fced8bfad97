import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import { Registry } from '../../lib/model/registry.js'
import { postgres } from '../../lib/sql/postgres/index.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf, itemsOf } from '../helpers/failure.js'
import { watchStatements } from '../helpers/statements.js'

const { prisma: plain, pool, query } = await createDatabase(t)
const statementsOf = watchStatements(pool)
const prisma = plain.$extends(commons({ metadata }))
const select = { slug: true } as const

t.beforeEach(async () => {
  await query('TRUNCATE articles, "Document" RESTART IDENTITY CASCADE')
})

const titled = (...titles: string[]) => titles.map(title => ({ title, content: '' }))
const alike = (count: number, title = 'X') => titled(...Array<string>(count).fill(title))
const numbered = (base: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => (from + i === 0 ? base : `${base}-${from + i}`))
const create = async (...titles: string[]) =>
  (await prisma.article.bulkCreate({ data: titled(...titles), select })).rows.map(({ slug }) => slug)
const stored = async () =>
  (await query<{ slug: string }>('SELECT slug FROM articles ORDER BY slug')).map(({ slug }) => slug)

await t.test('rows named alike are numbered in the order of the request, without gaps, batch after batch', async t => {
  const first = await prisma.article.bulkCreate({ data: alike(300), select })
  t.strictSame(
    first.rows.map(({ slug }) => slug),
    numbered('x', 0, 299)
  )
  const chunked = plain.$extends(commons({ metadata, chunkRows: 100 }))
  const second = await chunked.article.bulkCreate({ data: alike(300), select })
  t.strictSame(
    second.rows.map(({ slug }) => slug),
    numbered('x', 300, 599)
  )
})

await t.test('one query finds the slugs of a batch, and none is sent for rows that all name theirs', async t => {
  const slugsAsked = async (data: readonly { title: string; content: string; slug?: string }[]) =>
    (await statementsOf(async () => await prisma.article.bulkCreate({ data }))).map(text =>
      /insert into/.test(text) ? 'insert' : /recursive/.test(text) ? 'slugs' : text
    )
  t.strictSame(await slugsAsked(titled('A', 'B', 'B', 'Привет', '', 'A 1')), ['slugs', 'insert'])
  t.strictSame(await slugsAsked([...titled('A', 'B'), { title: 'C', content: '', slug: 'c' }]), ['slugs', 'insert'])
  t.strictSame(
    await slugsAsked([
      { title: 'C', content: '', slug: 'd' },
      { title: 'C', content: '', slug: 'e' }
    ]),
    ['insert']
  )
  t.strictSame(
    await statementsOf(async () => await prisma.tag.bulkCreate({ data: [{ slug: 'x', name: 'x' }] })).then(
      list => list.length
    ),
    1
  )
})

await t.test('every script gives a slug, and nothing gives "item"', async t => {
  t.strictSame(await create('Привет, мир', 'Ελλάδα', '北京', '🎉', '', 'Ünïted!'), [
    'privet-mir',
    'ellada',
    'beijing',
    'item',
    'item-1',
    'united'
  ])
})

await t.test(
  'given slugs stay as they are and count as taken; undefined, null and the empty text ask for one',
  async t => {
    const { rows } = await prisma.article.bulkCreate({
      data: [
        { title: 'X', content: '' },
        { title: 'X', content: '', slug: null },
        { title: 'X', content: '', slug: '' },
        { title: 'X', content: '', slug: undefined },
        { title: 'other', content: '', slug: 'x-1' },
        { title: 'other', content: '', slug: 'Kept As It Is' },
        { title: 'X 2', content: '' }
      ] as never[],
      select
    })
    t.strictSame(
      rows.map(({ slug }) => slug),
      ['x', 'x-2', 'x-3', 'x-4', 'x-1', 'Kept As It Is', 'x-2-1']
    )
  }
)

await t.test('the smallest free number is taken, and a number that stands for itself is no suffix', async t => {
  await create('X', 'X', 'X', 'X')
  await query("DELETE FROM articles WHERE slug IN ('x-1', 'x-3')")
  t.strictSame(await create('X', 'X', 'X', 'X 1', 'X-4'), ['x-1', 'x-3', 'x-4', 'x-1-1', 'x-4-1'])
})

await t.test('long texts are cut so that their numbers fit, and never clash by that', async t => {
  const long = 'a'.repeat(253)
  t.strictSame(await create(`${long}bc`, `${long}bd`, `${long}bc`, `${long} e`, `${long}bcdefg`, long), [
    `${long}bc`,
    `${long}bd`,
    `${long}-1`,
    `${long}-e`,
    `${long}-2`,
    long
  ])
  t.strictSame(await create(`${long}bd`, long, `${long}-1`), [`${long}-3`, `${long}-4`, `${long}-5`])
  const document = await prisma.document.bulkCreate({
    data: Array.from({ length: 12 }, (_, i) => ({ title: 'b'.repeat(i % 2 === 0 ? 40 : 39) })),
    select
  })
  t.equal(new Set(document.rows.map(({ slug }) => slug)).size, 12)
  t.equal(Math.max(...document.rows.map(({ slug }) => slug.length)), 40)
})

await t.test('a slug is made from several fields, those that are empty left out', async t => {
  const { rows } = await prisma.document.bulkCreate({
    data: [
      { title: 'Guide', edition: '2nd' },
      { title: 'Guide' },
      { title: 'Guide', edition: null },
      { title: 'Guide', edition: '' },
      { title: '', edition: '2nd' }
    ],
    select
  })
  t.strictSame(
    rows.map(({ slug }) => slug),
    ['guide-2nd', 'guide', 'guide-1', 'guide-2', '2nd']
  )
})

await t.test('a default of the column is for others: it is not written', async t => {
  const { Document: document } = metadata.models
  const fields = document.fields.map(field =>
    field.name === 'slug' ? { ...field, default: { kind: 'value', value: '' } as const } : field
  )
  const client = plain.$extends(
    commons({ metadata: { ...metadata, models: { ...metadata.models, Document: { ...document, fields } } } })
  )
  const { rows } = await client.document.bulkCreate({
    data: [
      { title: 'X', code: 'A' },
      { title: 'X', slug: '' },
      { title: 'X', slug: 'given' }
    ],
    select
  })
  t.strictSame(rows, [{ slug: 'x' }, { slug: 'x-1' }, { slug: 'given' }])
  t.strictSame(
    (
      await client.document.bulkUpsert({
        data: [
          { title: 'X', code: 'A' },
          { title: 'X', code: 'B' }
        ],
        on: 'code',
        select
      })
    ).rows,
    [{ slug: 'x' }, { slug: 'x-2' }]
  )
})

await t.test('deleted rows count where the unique constraint holds for them', async t => {
  await create('X')
  await prisma.document.bulkCreate({ data: [{ title: 'X' }] })
  await query('UPDATE articles SET deleted_at = now()')
  await query('UPDATE "Document" SET "deletedAt" = now()')
  t.strictSame(await create('X'), ['x'], 'unique among live rows')
  t.strictSame(
    (await prisma.document.bulkCreate({ data: [{ title: 'X' }], select })).rows,
    [{ slug: 'x-1' }],
    'unique among all'
  )
})

await t.test('a function gives the text', async t => {
  const client = plain.$extends(
    commons({
      metadata,
      slugs: {
        Article: { slug: ({ title, published }) => (published === true ? title : `draft ${title}`) },
        Document: { slug: () => null }
      }
    })
  )
  const { rows } = await client.article.bulkCreate({
    data: [
      { title: 'A', content: '', published: true },
      { title: 'B', content: '' }
    ],
    select
  })
  t.strictSame(rows, [{ slug: 'a' }, { slug: 'draft-b' }])
  t.strictSame((await client.document.bulkCreate({ data: [{ title: 'A' }, { title: 'B' }], select })).rows, [
    { slug: 'item' },
    { slug: 'item-1' }
  ])
  const wrong = plain.$extends(commons({ metadata, slugs: { Article: { slug: (() => 1) as never } } }))
  await t.rejects(wrong.article.bulkCreate({ data: titled('A') }), {
    message: 'The slug function of Article.slug must give text, not number'
  })
})

await t.test('names that the schema does not have are refused when the extension is made', async t => {
  const refused = {
    'commons: option "slugs" names the unknown model "Articel". Did you mean "Article"?': {
      Articel: { slug: () => '' }
    },
    'commons: option "slugs" names the model Tag, which has no slug: add /// @commons.slug(from: "…") above its field':
      { Tag: { slug: () => '' } },
    'commons: option "slugs" names "slag", which is no slug of Article. Did you mean "slug"?': {
      Article: { slag: () => '' }
    },
    'commons: option "slugs" must give a function for Article.slug': { Article: { slug: 'title' } }
  }
  for (const [message, slugs] of Object.entries(refused)) {
    t.throws(() => commons({ metadata, slugs: slugs as never }), { name: 'TypeError', message })
  }
  t.throws(
    () => plain.$extends(commons({ slugs: { Articel: { slug: () => '' } } })),
    { message: /unknown model "Articel"/ },
    'without metadata, when the schema is read'
  )
  commons({ metadata, slugs: { Article: { slug: undefined } } as never })
})

await t.test('a given slug that is taken is the error of its item, and nothing is written', async t => {
  await create('X', 'Y')
  const data = [
    { title: 'X', content: '' },
    { title: 'Z', content: '', slug: 'y' },
    { title: 'X', content: '' }
  ]
  const wanted = ['1 slug unique_violation: Article with this slug already exists']
  t.strictSame(itemsOf(await failureOf(prisma.article.bulkCreate({ data }))), wanted)
  await prisma.$transaction(async tx => {
    t.strictSame(itemsOf(await failureOf(tx.article.bulkCreate({ data }))), wanted, 'inside a transaction')
    t.strictSame((await tx.article.bulkCreate({ data: titled('X'), select })).rows, [{ slug: 'x-1' }], 'which goes on')
  })
  t.strictSame(await stored(), ['x', 'x-1', 'y'])
})

await t.test('a violation of another set is thrown as it is', async t => {
  await prisma.document.bulkCreate({ data: [{ title: 'X', code: 'A' }] })
  t.strictSame(
    itemsOf(await failureOf(prisma.document.bulkCreate({ data: [{ title: 'X' }, { title: 'X', code: 'A' }] }))),
    ['1 code unique_violation: Document with this code already exists']
  )
})

await t.test('values of another type are reported, beside their slugs', async t => {
  const data = [
    { title: 1, content: '' },
    { content: '' },
    { title: 'a', content: '', slug: 5 },
    null,
    { title: 'a', content: '', colour: 'red' }
  ] as never[]
  t.strictSame(itemsOf(await failureOf(prisma.article.bulkCreate({ data }))), [
    '0 title invalid_type: Expected a string',
    '1 title required: This field is required',
    '2 slug invalid_type: Expected a string',
    '3 - invalid_type: Expected an object',
    '4 colour unknown_field: Unknown field "colour". Known: id, title, slug, content, published, authorId, ' +
      'metadata, tags, notes, version, createdAt, updatedAt, createdById, updatedById, isActive, deletedAt'
  ])
})

await t.test(
  'skipDuplicates leaves out rows for what they name, never for a generated slug, and no number is lost',
  async t => {
    await prisma.document.bulkCreate({
      data: [
        { title: 'X', code: 'A' },
        { title: 'Y', slug: 'y' }
      ]
    })
    const data = [
      { title: 'X', code: 'A' },
      { title: 'X', code: 'B' },
      { title: 'X' },
      { title: 'X', code: 'B' },
      { title: 'Z', slug: 'y' },
      { title: 'Z', slug: 'x-1' },
      { title: 'X', slug: '' }
    ]
    const { created, rows } = await prisma.document.bulkCreate({
      data,
      skipDuplicates: true,
      select: { code: true, slug: true }
    })
    t.equal(created, 4)
    t.strictSame(rows, [
      { code: 'B', slug: 'x-2' },
      { code: null, slug: 'x-3' },
      { code: null, slug: 'x-1' },
      { code: null, slug: 'x-4' }
    ])
    t.strictSame(
      itemsOf(
        await failureOf(
          prisma.document.bulkCreate({
            data: [{ title: 'X', code: 'A' }, { title: 5 } as never],
            skipDuplicates: true
          })
        )
      ),
      ['1 title invalid_type: Expected a string'],
      'faults have the index of the request'
    )
  }
)

await t.test('skipDuplicates goes by a unique constraint only for the rows that it holds for', async t => {
  await create('X')
  const data = [
    { title: 'dead', content: '', slug: 'x', deletedAt: new Date() },
    { title: 'live', content: '', slug: 'x' },
    { title: 'X', content: '' }
  ]
  const { rows } = await prisma.article.bulkCreate({ data, skipDuplicates: true, select: { title: true, slug: true } })
  t.strictSame(rows, [
    { title: 'dead', slug: 'x' },
    { title: 'X', slug: 'x-1' }
  ])
})

await t.test('an upsert gives slugs to new rows only, and loses no number', async t => {
  await prisma.document.bulkCreate({
    data: [
      { code: 'A', title: 'X' },
      { code: 'B', title: 'Mine', slug: 'mine' }
    ]
  })
  const data = [
    { code: 'C', title: 'X' },
    { code: 'A', title: 'Other' },
    { code: 'B', title: 'X', slug: '' },
    { code: 'D', title: 'X', slug: 'given' },
    { code: 'E', title: 'X' }
  ]
  const statements = await statementsOf(async () => {
    const { created, updated, rows } = await prisma.document.bulkUpsert({
      data,
      on: 'code',
      select: { code: true, title: true, slug: true }
    })
    t.strictSame({ created, updated }, { created: 3, updated: 2 })
    t.strictSame(rows, [
      { code: 'C', title: 'X', slug: 'x-1' },
      { code: 'A', title: 'Other', slug: 'x' },
      { code: 'B', title: 'X', slug: 'mine' },
      { code: 'D', title: 'X', slug: 'given' },
      { code: 'E', title: 'X', slug: 'x-2' }
    ])
  })
  t.strictSame(
    statements
      .slice(0, 2)
      .map(text => (/recursive/.test(text) ? 'slugs' : /^select .* join unnest/.test(text) ? 'look' : text)),
    ['look', 'slugs']
  )
  const again = await prisma.document.bulkUpsert({
    data: data.map(({ code }) => ({ code, title: 'Again' })),
    on: 'code',
    select
  })
  t.strictSame(
    again.rows.map(({ slug }) => slug),
    ['x-1', 'x', 'mine', 'given', 'x-2']
  )
  const renamed = await prisma.document.bulkUpsert({
    data: [
      { code: 'A', title: 'X', slug: 'renamed' },
      { code: 'F', title: 'X' }
    ],
    on: 'code',
    select
  })
  t.strictSame(
    renamed.rows.map(({ slug }) => slug),
    ['renamed', 'x-3'],
    'a slug that is named is written'
  )
})

await t.test('an upsert by the slug itself, and items left out as duplicates, take no number', async t => {
  await create('X')
  t.strictSame(itemsOf(await failureOf(prisma.article.bulkUpsert({ data: titled('X') as never[], on: 'slug' }))), [
    '0 slug missing_unique_field: The field "slug" of the unique constraint is required and may not be null'
  ])
  const data = [
    { code: 'A', title: 'X' },
    { code: 'A', title: 'X' },
    { code: 'B', title: 'X' }
  ]
  t.strictSame((await prisma.document.bulkUpsert({ data, on: 'code', onDuplicate: 'last', select })).rows, [
    { slug: 'x' },
    { slug: 'x-1' }
  ])
})

await t.test('an upsert inside a transaction takes part in it', async t => {
  await prisma.$transaction(async tx => {
    await tx.document.bulkCreate({ data: [{ code: 'A', title: 'X' }] })
    const { rows } = await tx.document.bulkUpsert({
      data: [
        { code: 'A', title: 'Y' },
        { code: 'B', title: 'X' }
      ],
      on: 'code',
      select: { slug: true, title: true }
    })
    t.strictSame(rows, [
      { slug: 'x', title: 'Y' },
      { slug: 'x-1', title: 'X' }
    ])
  })
})

await t.test('among 20,000 rows named alike a number is found by looking at few of them', async t => {
  await query(
    "INSERT INTO articles (id, title, slug, content, updated_at, tags) SELECT gen_random_uuid(), '', CASE n WHEN 0 " +
      "THEN 'untitled' ELSE 'untitled-' || n END, '', now(), '{}' FROM generate_series(0, 20000) n"
  )
  const model = new Registry(metadata).model('Article')
  const uniques = model.meta.uniques.filter(({ fields }) => fields.includes('slug'))
  const { text, values } = postgres.freeSlugs({
    model,
    field: model.ownField('slug'),
    uniques,
    bases: ['untitled'],
    wanted: [1],
    scope: [],
    limit: 255
  })
  const plan = (await query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE, TIMING OFF) ${text}`, [...values]))
    .map(line => line['QUERY PLAN'])
    .join('\n')
  const [, looks] = /Recursive Union .*actual rows=(\d+)/.exec(plan) ?? []
  t.ok(Number(looks) < 150, plan)
  t.match(plan, /Index (Only )?Scan using articles_slug_key/)
  t.notMatch(plan, /Seq Scan on articles/)
  t.strictSame(await create('Untitled', 'Fresh', 'Untitled'), ['untitled-20001', 'fresh', 'untitled-20002'])
  await query("DELETE FROM articles WHERE slug = 'untitled-50'")
  t.strictSame(
    await create('Untitled', 'Untitled'),
    ['untitled-50', 'untitled-20003'],
    'a number that a deletion freed among the first'
  )
})
