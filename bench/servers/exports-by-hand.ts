import { pipeline } from 'node:stream'
import { stringify } from 'csv-stringify'
import Fastify from 'fastify'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import QueryStream from 'pg-query-stream'
import { createPool } from '../database.js'
import { host } from './host.js'

// What one writes by hand: rows as a stream of the driver, through the formatter of CSV; and the fastest there is,
// COPY.

const pool = createPool(process.env.DATABASE_URL!)
const app = Fastify()

const joined = `select t.id, t.contract_number as "contractNumber", t.year, t.amount, t.status, t.note, c.code as "customer.code", c.name as "customer.name"
  from contracts t left join customers c on c.id = t.customer_id order by t.id`
const queries = {
  plain: `select id, contract_number as "contractNumber", year, external_ref as "externalRef", amount, status, note, customer_id as "customerId", version,
    created_at as "createdAt", updated_at as "updatedAt", created_by_id as "createdById", updated_by_id as "updatedById" from contracts order by id`,
  joined,
  computed: joined
}

for (const [name, text] of Object.entries(queries)) {
  app.get(`/${name}/export`, async (_request, reply) => {
    const client = await pool.connect()
    const rows = client.query(new QueryStream(text, [], { batchSize: 1000 }))
    const format = stringify({
      header: true,
      record_delimiter: '\r\n',
      quote_record_delimiter: true,
      escape_formulas: true,
      cast: { date: date => date.toISOString() }
    })
    const source = name === 'computed' ? titled(rows) : rows
    pipeline(source, format, error => {
      client.release(error ?? undefined)
    })
    return await reply.type('text/csv').send(format)
  })
  app.get(`/copy/${name}/export`, async (_request, reply) => {
    const client = await pool.connect()
    const bytes = client.query(copyTo(`copy (${text}) to stdout (format csv, header)`))
    bytes.once('close', () => {
      client.release()
    })
    return await reply.type('text/csv').send(bytes)
  })
}

async function * titled (rows: AsyncIterable<pg.QueryResultRow>): AsyncGenerator<object> {
  for await (const row of rows) yield { ...row, title: `${String(row['contractNumber'])} of ${String(row['year'])}` }
}

app.addHook('onClose', () => pool.end())
await host(app)
