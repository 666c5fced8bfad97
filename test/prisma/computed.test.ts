import { fullName, metadataValue, tagsOf, withMetadataValue, withTags } from 'fastify-prisma-commons/fields'
import { commons, type Metadata } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { watchStatements } from '../helpers/statements.js'

const database = await createDatabase(t)
const { prisma: plain, query } = database
const statementsOf = watchStatements(database.pool)
const prisma = plain.$extends(commons({ metadata, actorContext: 'ignore' }))

const thisYear = new Date().getUTCFullYear()
const ada = {
  firstName: 'ada',
  middleName: 'King',
  lastName: 'Lovelace',
  email: 'ada@example.com',
  dateOfBirth: new Date(Date.UTC(thisYear - 36, 0, 1)),
  addressLine1: "12 St James's Square",
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
  latitude: '51.50722220',
  longitude: 0
}
const computed = {
  fullName: 'ada King Lovelace',
  initials: 'AKL',
  age: 36,
  fullAddress: "12 St James's Square, London, SW1Y 4JH, GB",
  shortAddress: 'London, GB',
  hasCoordinates: true,
  coordinates: [51.5072222, 0]
}
const names = {
  fullName: true,
  initials: true,
  age: true,
  fullAddress: true,
  shortAddress: true,
  hasCoordinates: true,
  coordinates: true
} as const

/** Prisma's rows with computed fields are proxies, with a symbol of their own. */
function columnsOf (row: object): object {
  return Object.fromEntries(Object.entries(row))
}

t.beforeEach(async () => {
  await query('TRUNCATE employees, departments, articles RESTART IDENTITY CASCADE')
  await plain.department.create({
    data: {
      code: 'D',
      name: 'Department',
      employees: { create: [ada, { firstName: '', lastName: 'Nemo', email: 'nemo@example.com' }] }
    }
  })
})

await t.test('rows have the computed fields of their model, also those of a relation', async t => {
  const row = await prisma.employee.findUniqueOrThrow({ where: { id: 1 } })
  t.match(row, { ...computed, email: 'ada@example.com', latitude: { toFixed: Function } })
  const { employees } = await prisma.department.findFirstOrThrow({
    include: { employees: { orderBy: { id: 'asc' } } }
  })
  t.strictSame(
    employees.map(employee => employee.fullName),
    ['ada King Lovelace', 'Nemo']
  )
  t.notOk('fullName' in (await prisma.department.findFirstOrThrow()), 'other models have none')
})

await t.test('empty columns are no names, no address and no age', async t => {
  t.strictSame(columnsOf(await prisma.employee.findUniqueOrThrow({ where: { id: 2 }, select: names })), {
    fullName: 'Nemo',
    initials: 'N',
    age: null,
    fullAddress: '',
    shortAddress: '',
    hasCoordinates: false,
    coordinates: null
  })
})

await t.test('selected alone they fetch what they need, and show no more than themselves', async t => {
  const where = { id: 1 }
  t.strictSame(columnsOf(await prisma.employee.findUniqueOrThrow({ where, select: names })), computed)
  const statements = await statementsOf(async () => {
    t.strictSame(columnsOf(await prisma.employee.findUniqueOrThrow({ where, select: { initials: true } })), {
      initials: 'AKL'
    })
  })
  const columns = [...statements.join('\n').matchAll(/"employees"\."(\w+)"(?=,| FROM)/g)].map(([, column]) => column)
  t.strictSame(columns, ['id', 'first_name', 'middle_name', 'last_name'])
  t.notOk('fullName' in (await prisma.employee.findUniqueOrThrow({ where, omit: { fullName: true } })))
})

await t.test('bulk methods give them back as Prisma does, beside columns and in a transaction', async t => {
  const { rows } = await prisma.$transaction(
    async tx =>
      await tx.employee.bulkUpdate({
        data: [{ where: { id: 2 }, data: { firstName: 'No' } }],
        select: { id: true, fullName: true, city: true }
      })
  )
  t.strictSame(rows.map(columnsOf), [{ id: 2, fullName: 'No Nemo', city: null }])
  const columns = await prisma.employee.bulkUpdate({ data: [{ where: { id: 2 }, data: {} }], select: true })
  t.notOk('fullName' in columns.rows[0]!, 'all columns are columns only')
})

await t.test('an extension on top can build on them', async t => {
  const greeting = prisma.$extends({
    result: { employee: { greeting: { needs: { fullName: true }, compute: ({ fullName }) => `Dear ${fullName}` } } }
  })
  const row = await greeting.employee.findUniqueOrThrow({ where: { id: 1 } })
  t.match(row, { greeting: 'Dear ada King Lovelace', initials: 'AKL' })
})

await t.test('columns of other names, and metadata that the client tells', async t => {
  const untold = plain.$extends(commons())
  t.strictSame(
    columnsOf(
      await untold.employee.findUniqueOrThrow({
        where: { id: 1 },
        select: { id: true, fullName: true } as { id: true }
      })
    ),
    { id: 1, fullName: 'ada King Lovelace' }
  )
  const { Employee } = metadata.models
  const {
    identity: { firstName, ...identity },
    address
  } = Employee.features
  const other: Metadata = {
    ...metadata,
    models: {
      ...metadata.models,
      Employee: {
        ...Employee,
        features: {
          identity: { ...identity, firstName: 'email', lastName: null, middleName: null, dateOfBirth: null },
          address: { ...address, city: 'phone', longitude: null }
        }
      }
    }
  }
  const renamed = plain.$extends(commons({ metadata: other }))
  const row: object = await renamed.employee.update({ where: { id: 1 }, data: { phone: 'Paris', country: null } })
  t.match(row, {
    fullName: 'ada@example.com',
    initials: 'A',
    age: null,
    shortAddress: 'Paris',
    hasCoordinates: false,
    coordinates: null
  })
  t.equal(firstName, 'firstName')
  const select = { age: true } as unknown as { id: true }
  t.strictSame(
    columnsOf(await renamed.employee.findUniqueOrThrow({ where: { id: 1 }, select })),
    { age: null },
    'without a column to need'
  )
})

await t.test('the functions take rows as the client gives them, and their results can be stored', async t => {
  t.equal(fullName(await prisma.employee.findUniqueOrThrow({ where: { id: 1 } })), 'ada King Lovelace')
  const { id } = await prisma.article.create({ data: { title: 'T', slug: 't', content: 'c', tags: ['a'] } })
  const article = await prisma.article.findUniqueOrThrow({ where: { id } })
  const saved = await prisma.article.update({
    where: { id },
    data: { tags: withTags(article, ['b', 'c, d']), metadata: withMetadataValue(article, ['seo', 'title'], 'News') }
  })
  t.strictSame([tagsOf(saved), metadataValue(saved, ['seo', 'title'])], [['a', 'b', 'c, d'], 'News'])
})
