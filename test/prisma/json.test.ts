import { commons } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { storeOf } from '../../prisma/binding/store.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const { prisma: plain } = await createDatabase(t)
const prisma = plain.$extends(commons({ metadata, actorContext: 'ignore' }))

const specimen = {
  code: 'a',
  int: -7,
  small: 3,
  big: 2n ** 62n,
  float: Infinity,
  real: 1.5,
  decimal: '12.5',
  bool: true,
  text: 'x',
  short: 'ab',
  fixed: 'ab ',
  timestamp: new Date('2026-01-02T03:04:05.678Z'),
  timestamptz: new Date('2026-01-02T03:04:05.678Z'),
  date: new Date('2026-01-02'),
  time: new Date('1970-01-01T03:04:05.678Z'),
  json: { a: [1, null, 'x'] },
  jsonText: [1],
  bytes: new Uint8Array([0, 255]),
  color: 'BLUE',
  uuid: '018f0000-0000-7000-8000-000000000001',
  address: '10.0.0.1',
  texts: ['a'],
  ints: [1],
  bigs: [2n ** 62n],
  floats: [1.5, -Infinity],
  decimals: ['1.50', '2'],
  bools: [false],
  moments: [new Date(0)],
  jsons: [{ a: 1 }],
  blobs: [new Uint8Array([1])],
  colors: ['RED'],
  uuids: []
} as const

await t.test('a row has the form that bulk answers have', async t => {
  const store = storeOf(prisma)
  const model = store.registry.model('Specimen')
  for (const data of [specimen, { code: 'empty' }]) {
    const { rows } = await store.create(model, [data], { rows: { fields: model.meta.fields, form: 'json' } })
    const [answer] = rows ?? []
    const row = await prisma.specimen.findUniqueOrThrow({ where: { code: data.code } })
    const json = prisma.specimen.toJson(row)
    t.strictSame(json, answer)
    t.strictSame(JSON.parse(JSON.stringify(json)), answer, 'which JSON keeps')
  }
})

await t.test('included relations are rows too, and computed fields stay', async t => {
  await prisma.department.create({
    data: {
      code: 'D',
      name: 'D',
      employees: {
        create: {
          firstName: 'Ada',
          lastName: 'L',
          email: 'a@b.c',
          salary: '10',
          dateOfBirth: new Date('2000-01-02'),
          latitude: 1,
          longitude: 2
        }
      }
    }
  })
  const row = await prisma.department.findFirstOrThrow({
    select: {
      code: true,
      _count: true,
      employees: {
        select: {
          salary: true,
          dateOfBirth: true,
          fullName: true,
          coordinates: true,
          department: { select: { id: true } }
        }
      }
    }
  })
  t.strictSame(prisma.department.toJson(row), {
    code: 'D',
    _count: { employees: 1 },
    employees: [
      { salary: '10.00', dateOfBirth: '2000-01-02', department: { id: 1 }, fullName: 'Ada L', coordinates: [1, 2] }
    ]
  })
  t.strictSame(
    prisma.employee.toJson({
      department: null,
      at: new Date(0),
      big: 1n,
      more: { bytes: new Uint8Array([1]), none: null }
    }),
    {
      department: null,
      at: '1970-01-01T00:00:00.000Z',
      big: '1',
      more: { bytes: 'AQ==', none: null }
    }
  )
})

await t.test('fields and exclude choose, and exclude wins', async t => {
  const row = { id: 1, code: 'T', name: 'Tag', other: undefined }
  const { department } = prisma
  t.strictSame(department.toJson(row), { id: 1, code: 'T', name: 'Tag' })
  t.strictSame(department.toJson(row, { fields: '__all__', exclude: ['id'] }), { code: 'T', name: 'Tag' })
  t.strictSame(department.toJson(row, { fields: ['name', 'id'] }), { id: 1, name: 'Tag' })
  t.strictSame(department.toJson(row, { fields: ['name', 'id'], exclude: ['id'] }), { name: 'Tag' })
  t.strictSame(row, { id: 1, code: 'T', name: 'Tag', other: undefined }, 'the row stays as it is')
})

await t.test('the general fields are keys, stamps, marks and versions, at every level', async t => {
  const user = await plain.user.create({ data: { name: 'alice' } })
  const { id } = await prisma.article.create({
    data: {
      title: 'T',
      slug: 't',
      content: 'c',
      authorId: user.id,
      createdById: user.id,
      comments: { create: { body: 'b', rating: 1 } }
    }
  })
  const row = await prisma.article.findUniqueOrThrow({
    where: { id },
    include: { comments: true, createdBy: true, author: true }
  })
  const { createdAt, ...comment } = prisma.comment.toJson(row.comments[0]!, { exclude: ['id'] })
  t.strictSame(prisma.article.toJson(row, { excludeGeneral: true, exclude: ['author'] }), {
    title: 'T',
    slug: 't',
    content: 'c',
    published: false,
    authorId: user.id,
    metadata: null,
    tags: [],
    notes: null,
    comments: [{ ...comment, createdAt }]
  })
})

await t.test('a name that is none is an error', async t => {
  const row: Record<string, unknown> = { id: 1, code: 'T' }
  const failure = (message: string) => ({
    name: 'CommonsError',
    code: 'validation_failed',
    message: `Department.toJson: ${message}`
  })
  t.throws(
    () => prisma.department.toJson(row, { fields: ['cod'] }),
    failure('fields names the unknown field "cod". Did you mean "code"?')
  )
  t.throws(
    () => prisma.department.toJson(row, { exclude: ['constructor'] }),
    failure('exclude names the unknown field "constructor". Known: id, code, name, employees')
  )
  t.throws(() => prisma.department.toJson(row, { fields: ['name'] }), failure('the row was read without "name"'))
  t.throws(
    () => prisma.department.toJson(row, { fields: 'code' as '__all__' }),
    failure('fields takes a list of names or "__all__"')
  )
})
