import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Contender, Outcome } from '../contender.js'
import { inChunks, type ContractInput } from '../data.js'
import { createPool } from '../database.js'
import { inputColumns } from '../literals.js'
import { countWritten, onConflict } from './pg.js'

const name = 'pg, COPY to a temporary table'
const columns = inputColumns.map(column => column.name).join(', ')
const insert = `insert into contracts as c (${columns}, updated_at) select ${columns}, now() from incoming`

/** The way out of the driver with the least work for the server; costs five round trips, so it is for many rows. */
export function copyContender (url: string): Contender {
  const pool = createPool(url)

  async function throughCopy (
    items: readonly ContractInput[],
    work: (client: pg.PoolClient) => Promise<Outcome>
  ): Promise<Outcome> {
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query(
        `create temp table incoming (${inputColumns.map(({ name, type }) => `${name} ${type}`).join(', ')}) on ` +
          'commit drop'
      )
      await pipeline(Readable.from(copyText(items)), client.query(copyFrom('copy incoming from stdin')))
      const outcome = await work(client)
      await client.query('commit')
      client.release()
      return outcome
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  return {
    methods: {
      create: [
        {
          name,
          run: items => throughCopy(items, async client => ({ count: (await client.query(insert)).rowCount ?? 0 }))
        }
      ],
      upsert: [
        {
          name,
          run: items =>
            throughCopy(items, async client => {
              const {
                rows: [counts]
              } = await client.query<{ created: number; updated: number }>(
                `with written as (${insert} ${onConflict} returning c.xmax = 0 as created) ${countWritten}`
              )
              const { created, updated } = counts!
              return { count: items.length, created, updated, unchanged: items.length - created - updated }
            })
        }
      ]
    },
    close: () => pool.end()
  }
}

function * copyText (items: readonly ContractInput[]): Generator<string> {
  for (const chunk of inChunks(items, 1_000)) {
    let text = ''
    for (const item of chunk) text += `${inputColumns.map(({ field }) => copyCell(item[field])).join('\t')}\n`
    yield text
  }
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function copyCell (value: string | number | null): string {
  return value === null
    ? '\\N'
    : typeof value === 'number'
      ? String(value)
      : value.replace(/[\\\n\r\t]/g, character => escapes[character]!)
}
