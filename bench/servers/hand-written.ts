import { Type, type Static } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import Fastify from 'fastify'
import { upsertByHand, upsertRowsByHand } from '../contenders/pg.js'
import { createPool } from '../database.js'
import { host } from './host.js'

// The route a careful programmer would write for one table: every item checked by a compiled schema, keys unique
// within the request, one statement, the same answers.

const Contract = Type.Object(
  {
    contractNumber: Type.String(),
    year: Type.Integer({ minimum: -2147483648, maximum: 2147483647 }),
    externalRef: Type.Union([Type.String(), Type.Null()]),
    amount: Type.String({ pattern: '^-?\\d{1,10}(\\.\\d{1,2})?$' }),
    status: Type.Union([Type.Literal('draft'), Type.Literal('active'), Type.Literal('closed')]),
    note: Type.Union([Type.String(), Type.Null()]),
    customerId: Type.Union([Type.Integer({ minimum: 1, maximum: 2147483647 }), Type.Null()])
  },
  { additionalProperties: false }
)

const isContract = TypeCompiler.Compile(Contract)

interface Finding {
  readonly index: number
  readonly pointer: string
  readonly message: string
}

function findings (items: readonly unknown[]): Finding[] {
  const found: Finding[] = []
  const seen = new Map<string, number>()
  for (const [index, item] of items.entries()) {
    if (!isContract.Check(item)) {
      for (const { path, message } of isContract.Errors(item)) {
        found.push({ index, pointer: `/${index}${path}`, message })
      }
      continue
    }
    const key = `${item.year} ${item.contractNumber}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, index)
    else found.push({ index, pointer: `/${index}`, message: `The same contract stands at ${first}` })
  }
  return found
}

const pool = createPool(process.env.DATABASE_URL!)
const app = Fastify({ bodyLimit: 64 * 2 ** 20 })

app.post<{ Body: Static<typeof Contract>[] }>('/contracts', async (request, reply) => {
  const items = request.body
  const timestamp = new Date().toISOString()
  const details = findings(items)
  if (details.length > 0) {
    return await reply
      .code(400)
      .send({ success: false, timestamp, message: 'The request is not valid', details, data: null })
  }
  reply.header('vary', 'Prefer')
  if (request.headers.prefer === 'return=minimal') {
    reply.header('preference-applied', 'return=minimal')
    const message = `Successfully upserted ${items.length} instances`
    const counts = await upsertByHand(pool, items)
    return { success: true, timestamp, message, data: { message, ...counts, serialization_skipped: true } }
  }
  const { rows, count, ...meta } = await upsertRowsByHand(pool, items)
  return { success: true, timestamp, message: `${count} contracts upserted`, data: rows, meta }
})

app.addHook('onClose', () => pool.end())
await host(app)
