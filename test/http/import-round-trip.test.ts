import t from 'tap'
import { defineResource, idToData } from 'fastify-prisma-commons/resource'
import type { ResourceOptions } from 'fastify-prisma-commons/resource'
import { bulkDatabase } from '../helpers/bulk-app.js'
import type { Lifetime } from '../helpers/database.js'
import { fileServer } from '../helpers/export-app.js'
import { form } from '../helpers/import-app.js'

const database = await bulkDatabase(t)
const { prisma } = database

const nasty = [
  '0077',
  '',
  ' ',
  ' lead',
  'trail\t',
  '=1+1',
  "'=1+1",
  '@cmd',
  '-5',
  '+49 30',
  '\t',
  'a,b',
  'a;b',
  'say "hi"',
  'two\nlines',
  'two\r\nlines',
  '\r',
  'null',
  'NaN',
  'true',
  '1e5',
  '2026-01-01',
  '😀 Ünïcødé 中文',
  '\u202e',
  '_x0041_',
  '<&>',
  '＝1',
  "it's",
  "'",
  "''",
  '|',
  '\u00a0',
  '99999999999999999999',
  'x'.repeat(5000)
]

const contracts: ResourceOptions = {
  model: 'Contract',
  import: { foreignKeys: { customer: { lookup: 'code' } }, uniqueFields: ['contractNumber', 'year'] }
}

const articles: ResourceOptions = {
  model: 'Article',
  import: { fields: ['title', 'slug', 'content', 'published', 'metadata', 'tags', 'notes'] }
}

/** Downloads the rows of a resource; gives what sends the file back, and tells what became of it. */
async function exported (
  t: Lifetime,
  options: ResourceOptions,
  includes: string,
  format: string
): Promise<() => Promise<readonly unknown[]>> {
  const app = await fileServer(t, database, { '/x': defineResource(options) })
  const file = await app.inject(`/x/export?file_type=${format}&includes=${includes}&ordering=id`)
  if (file.statusCode !== 200) throw new Error(file.body)
  return async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/x/import-from-file',
      ...form({ append_data: 'true' }, file.rawPayload)
    })
    return [answer.statusCode, answer.json<{ data: { import_summary: object } }>().data.import_summary]
  }
}

const stored = [201, { total_rows: nasty.length, created: nasty.length, updated: 0, unchanged: 0, failed: 0 }]

for (const format of ['csv', 'xlsx']) {
  await t.test(`contracts come back from ${format} as they were`, async t => {
    await prisma.contract.deleteMany()
    await prisma.customer.deleteMany()
    const { id: customerId } = await prisma.customer.create({ data: { code: '007', name: 'Seven' } })
    const statuses = ['draft', 'active', 'closed'] as const
    const data = nasty.map((text, i) => ({
      contractNumber: `${i}`.padStart(4, '0'),
      year: 2000 + i,
      externalRef: i % 3 === 0 ? null : `${text.slice(0, 20)}${i}`,
      amount: ['0', '-0.01', '9999999999.99', '1.1'][i % 4]!,
      status: statuses[i % 3]!,
      note: i % 7 === 6 ? null : text,
      customerId: i % 2 === 0 ? customerId : null
    }))
    await prisma.contract.createMany({ data })
    const select = {
      contractNumber: true,
      year: true,
      externalRef: true,
      amount: true,
      status: true,
      note: true,
      customerId: true
    } as const
    const read = async (): Promise<unknown> =>
      (await prisma.contract.findMany({ select, orderBy: { year: 'asc' } })).map(row => ({
        ...row,
        amount: String(row.amount)
      }))
    const before = await read()
    const send = await exported(
      t,
      { ...contracts, relations: { customer: idToData() } },
      'contractNumber,year,externalRef,amount,status,note,customer.code',
      format
    )
    await prisma.contract.deleteMany()
    t.strictSame(await send(), stored)
    t.strictSame(await read(), before)
  })

  await t.test(`articles come back from ${format} as they were`, async t => {
    await prisma.article.deleteMany()
    await prisma.article.createMany({
      data: nasty.map((text, i) => ({
        title: text === '' ? 'empty' : text,
        slug: `s-${i}`,
        content: text,
        published: i % 2 === 0,
        ...(i % 5 === 0 ? {} : { metadata: [{ a: text }, [text, null, 1.5], 'text', 5, true][i % 5]! }),
        tags: i % 4 === 0 ? [] : [text, 'a,b', '["x"]'],
        notes: i % 3 === 0 ? null : text
      }))
    })
    const select = {
      title: true,
      slug: true,
      content: true,
      published: true,
      metadata: true,
      tags: true,
      notes: true
    } as const
    const read = async (): Promise<unknown> => await prisma.article.findMany({ select, orderBy: { slug: 'asc' } })
    const before = await read()
    const send = await exported(t, articles, 'title,slug,content,published,metadata,tags,notes', format)
    await prisma.article.deleteMany()
    t.strictSame(await send(), stored)
    t.strictSame(await read(), before)
  })
}
