import { PrismaPg } from '@prisma/adapter-pg'
import { Type, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import Fastify from 'fastify'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { createPool } from '../database.js'
import { host } from './host.js'

// The routes a careful programmer would write with Fastify and Prisma: bodies and answers by compiled schemas, the
// same envelope, the same data.

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const moment = Type.String({ format: 'date-time' })
const day = Type.String({ format: 'date' })

const NewContract = Type.Object(
  {
    contractNumber: Type.String(),
    year: Type.Integer({ minimum: -2147483648, maximum: 2147483647 }),
    externalRef: Type.Optional(nullable(Type.String())),
    amount: Type.String({ pattern: '^-?\\d{1,10}(\\.\\d{1,2})?$' }),
    status: Type.Optional(Type.Union([Type.Literal('draft'), Type.Literal('active'), Type.Literal('closed')])),
    note: Type.Optional(nullable(Type.String())),
    customerId: Type.Optional(nullable(Type.Integer()))
  },
  { additionalProperties: false }
)

const Contract = Type.Object({
  id: Type.Integer(),
  contractNumber: Type.String(),
  year: Type.Integer(),
  externalRef: nullable(Type.String()),
  amount: Type.String(),
  status: Type.String(),
  note: nullable(Type.String()),
  customerId: nullable(Type.Integer()),
  version: Type.Integer(),
  createdAt: moment,
  updatedAt: moment,
  createdById: nullable(Type.Integer()),
  updatedById: nullable(Type.Integer())
})

const OwnedContract = Type.Composite([
  Contract,
  Type.Object({
    customer: nullable(Type.Object({ id: Type.Integer(), code: Type.String(), name: Type.String() }))
  })
])

const NewInvoice = Type.Object(
  {
    ownerId: Type.Integer(),
    number: Type.String(),
    issuedOn: day,
    lineItems: Type.Array(
      Type.Object(
        { description: Type.String(), quantity: Type.Integer(), unitPrice: Type.String() },
        { additionalProperties: false }
      )
    )
  },
  { additionalProperties: false }
)

const Invoice = Type.Object({
  id: Type.Integer(),
  ownerId: Type.Integer(),
  number: Type.String(),
  issuedOn: day,
  lineItems: Type.Array(
    Type.Object({ id: Type.Integer(), description: Type.String(), quantity: Type.Integer(), unitPrice: Type.String() })
  )
})

const enveloped = <T extends TSchema>(data: T): TObject =>
  Type.Object({ success: Type.Boolean(), timestamp: moment, message: Type.String(), data })
const page = <T extends TSchema>(row: T): TObject =>
  enveloped(
    Type.Object({
      count: Type.Integer(),
      next: nullable(Type.String()),
      previous: nullable(Type.String()),
      results: Type.Array(row)
    })
  )
const envelope = <T>(message: string, data: T) => ({
  success: true,
  timestamp: new Date().toISOString(),
  message,
  data
})

const Paging = Type.Object(
  {
    page: Type.Integer({ minimum: 1, default: 1 }),
    page_size: Type.Integer({ minimum: 1, maximum: 100, default: 20 })
  },
  { additionalProperties: false }
)
const Key = Type.Object({ id: Type.Integer() })

const pool = createPool(process.env.DATABASE_URL!)
const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
const app = Fastify({ bodyLimit: 64 * 2 ** 20 })

const linksOf = (path: string, { page, page_size: size }: Static<typeof Paging>, count: number) => ({
  next: page * size < count ? `${path}?page_size=${size}&page=${page + 1}` : null,
  previous: page > 1 ? `${path}?page_size=${size}&page=${page - 1}` : null
})
const rangeOf = ({ page, page_size: take }: Static<typeof Paging>) =>
  ({ skip: (page - 1) * take, take, orderBy: { id: 'asc' } }) as const
const asText = <T extends { readonly amount: { toFixed: (digits: number) => string } }>(row: T) => ({
  ...row,
  amount: row.amount.toFixed(2)
})

app.get<{ Querystring: Static<typeof Paging> }>(
  '/contracts',
  { schema: { querystring: Paging, response: { 200: page(Contract) } } },
  async ({ query }) => {
    const [count, rows] = await prisma.$transaction([
      prisma.contract.count(),
      prisma.contract.findMany(rangeOf(query))
    ])
    return envelope('Contracts retrieved successfully', {
      count,
      ...linksOf('/contracts', query, count),
      results: rows.map(asText)
    })
  }
)

app.get<{ Querystring: Static<typeof Paging> }>(
  '/owned-contracts',
  { schema: { querystring: Paging, response: { 200: page(OwnedContract) } } },
  async ({ query }) => {
    const include = { customer: { select: { id: true, code: true, name: true } } } as const
    const [count, rows] = await prisma.$transaction([
      prisma.contract.count(),
      prisma.contract.findMany({ ...rangeOf(query), include })
    ])
    return envelope('Contracts retrieved successfully', {
      count,
      ...linksOf('/owned-contracts', query, count),
      results: rows.map(asText)
    })
  }
)

app.get<{ Params: Static<typeof Key> }>(
  '/contracts/:id',
  { schema: { params: Key, response: { 200: enveloped(Contract) } } },
  async ({ params: { id } }, reply) => {
    const row = await prisma.contract.findUnique({ where: { id } })
    if (row === null) {
      return reply
        .code(404)
        .send({
          success: false,
          timestamp: new Date().toISOString(),
          message: `No Contract with id ${id}`,
          data: null
        })
    }
    reply.header('etag', `"${row.version}"`)
    return envelope('Contract retrieved successfully', asText(row))
  }
)

app.post<{ Body: Static<typeof NewContract> }>(
  '/contracts',
  { schema: { body: NewContract, response: { 201: enveloped(Contract) } } },
  async ({ body }, reply) => {
    const row = await prisma.contract.create({ data: body })
    reply.code(201).header('etag', `"${row.version}"`)
    return envelope('Contract created successfully', asText(row))
  }
)

const NewInvoices = Type.Array(NewInvoice, { maxItems: 1000 })

const Atomicity = Type.Object({ transaction: Type.Boolean({ default: true }) }, { additionalProperties: false })

/**
 * Parents with their children are one call each in Prisma. Without the transaction around them some may stay when one
 * fails.
 */
app.post<{ Body: Static<typeof NewInvoices>; Querystring: Static<typeof Atomicity> }>(
  '/invoices',
  { schema: { body: NewInvoices, querystring: Atomicity, response: { 201: enveloped(Type.Array(Invoice)) } } },
  async ({ body, query }, reply) => {
    const createAll = async ({ invoice: invoices }: Pick<PrismaClient, 'invoice'>) => {
      const made = []
      for (const { lineItems, issuedOn, ...invoice } of body) {
        made.push(
          await invoices.create({
            data: { ...invoice, issuedOn: new Date(issuedOn), lineItems: { create: lineItems } },
            include: { lineItems: true }
          })
        )
      }
      return made
    }
    const rows = await (query.transaction ? prisma.$transaction(createAll, { timeout: 120_000 }) : createAll(prisma))
    reply.code(201)
    return envelope(
      'Invoices created successfully',
      rows.map(row => ({
        ...row,
        issuedOn: row.issuedOn.toISOString().slice(0, 10),
        lineItems: row.lineItems.map(item => ({ ...item, unitPrice: item.unitPrice.toFixed(2) }))
      }))
    )
  }
)

app.addHook('onClose', () => pool.end())
await host(app)
