import type pg from 'pg'
import type { Contender, Outcome } from '../contender.js'
import { inChunks, type ContractChange, type ContractInput } from '../data.js'
import { createPool } from '../database.js'
import { unnestInput } from '../fixture.js'
import { arrayLiteral, columnLiterals, inputColumns } from '../literals.js'

/** The name of the contender that ratios are against. */
export const handWritten = 'pg, array literals'

/** More rows in one statement gain nothing and cost memory. */
const chunkRows = 10_000

const columns = inputColumns.map(column => column.name).join(', ')
const values = inputColumns.slice(2).map(column => column.name)

/** The columns of an answer under the names of the Prisma fields. */
const row = [
  ['id', 'id'],
  ...inputColumns.map(({ name, field }) => [name, field]),
  ['version', 'version'],
  ['created_at', 'createdAt'],
  ['updated_at', 'updatedAt'],
  ['created_by_id', 'createdById'],
  ['updated_by_id', 'updatedById']
]
  .map(([column, field]) => `c.${column} as "${field}"`)
  .join(', ')

const insert = `insert into contracts as c (${columns}, updated_at) select ${columns}, now() from ${unnestInput}`

/** Rows that are equal already stay as they are: no new version, no new time stamp. */
export const onConflict = `on conflict (contract_number, year) do update set
  ${values.map(value => `${value} = excluded.${value}`).join(', ')}, version = c.version + 1, updated_at = now()
  where (${values.map(value => `c.${value}`).join(', ')}) is distinct from (${values.map(value => `excluded.${value}`).join(', ')})`

/** Counts the rows of `written`, which has the column `created`. */
export const countWritten = `select count(*) filter (where created)::int as created,
  count(*) filter (where not created)::int as updated from written`

const upsertCount = `with written as (${insert} ${onConflict} returning c.xmax = 0 as created) ${countWritten}`

const upsertRows = `${insert} ${onConflict} returning ${row}`

/**
 * Untouched rows do not come out of RETURNING. They are few: reading them by key costs less than a join beside the
 * write.
 */
const selectByKey = `select ${row} from unnest($1::text[], $2::int[]) as input (contract_number, year)
  join contracts c using (contract_number, year)`

const update = `update contracts c set amount = input.amount, status = input.status, note = input.note,
  version = c.version + 1, updated_at = now()
  from unnest($1::int[], $2::numeric[], $3::contract_status[], $4::text[]) as input (id, amount, status, note)
  where c.id = input.id`

export type ContractRow = ContractInput & { readonly id: number; readonly version: number }

/** Both upserts are what a careful programmer writes by hand; the hand-written HTTP route uses them too. */
export async function upsertByHand (pool: pg.Pool, items: readonly ContractInput[]): Promise<Outcome> {
  let created = 0
  let updated = 0
  await eachChunk(pool, items, async (runner, chunk) => {
    const {
      rows: [counts]
    } = await runner.query<{ created: number; updated: number }>(upsertCount, columnLiterals(chunk))
    created += counts!.created
    updated += counts!.updated
  })
  return { count: items.length, created, updated, unchanged: items.length - created - updated }
}

export async function upsertRowsByHand (
  pool: pg.Pool,
  items: readonly ContractInput[]
): Promise<Outcome & { rows: ContractRow[] }> {
  let created = 0
  let written = 0
  const byKey = new Map<string, ContractRow>()
  const keyOf = (item: ContractInput) => `${item.year} ${item.contractNumber}`
  await eachChunk(pool, items, async (runner, chunk) => {
    const { rows } = await runner.query<ContractRow>(upsertRows, columnLiterals(chunk))
    written += rows.length
    for (const contract of rows) {
      // An updated row has a higher one.
      if (contract.version === 1) created++
      byKey.set(keyOf(contract), contract)
    }
    const untouched = chunk.filter(item => !byKey.has(keyOf(item)))
    if (untouched.length === 0) return
    const keys = [arrayLiteral(untouched, item => item.contractNumber), arrayLiteral(untouched, item => item.year)]
    for (const contract of (await runner.query<ContractRow>(selectByKey, keys)).rows) {
      byKey.set(keyOf(contract), contract)
    }
  })
  const rows = items.map(item => byKey.get(keyOf(item))!)
  return { count: items.length, created, updated: written - created, unchanged: items.length - written, rows }
}

export function pgContender (url: string): Contender {
  const pool = createPool(url)

  async function write<T> (
    items: readonly T[],
    text: string,
    literals: (chunk: readonly T[]) => string[]
  ): Promise<Outcome> {
    let count = 0
    const rows: ContractRow[] = []
    await eachChunk(pool, items, async (runner, chunk) => {
      const result = await runner.query<ContractRow>(text, literals(chunk))
      count += result.rowCount ?? 0
      for (const contract of result.rows) rows.push(contract)
    })
    return { count, rows }
  }

  return {
    methods: {
      upsert: [{ name: handWritten, run: items => upsertByHand(pool, items) }],
      upsertRows: [{ name: handWritten, run: items => upsertRowsByHand(pool, items) }],
      create: [{ name: handWritten, run: items => write(items, insert, columnLiterals) }],
      createRows: [{ name: handWritten, run: items => write(items, `${insert} returning ${row}`, columnLiterals) }],
      update: [{ name: handWritten, run: items => write(items, update, changeLiterals) }],
      updateRows: [{ name: handWritten, run: items => write(items, `${update} returning ${row}`, changeLiterals) }],
      delete: [
        {
          name: handWritten,
          run: items =>
            write(items, 'delete from contracts where id = any ($1::int[])', chunk => [arrayLiteral(chunk, id => id)])
        }
      ]
    },
    close: () => pool.end()
  }
}

function changeLiterals (changes: readonly ContractChange[]): string[] {
  return (['id', 'amount', 'status', 'note'] as const).map(field => arrayLiteral(changes, change => change[field]))
}

/** All or nothing; a transaction around a single statement would only cost two round trips. */
async function eachChunk<T> (
  pool: pg.Pool,
  items: readonly T[],
  work: (runner: pg.Pool | pg.PoolClient, chunk: readonly T[]) => Promise<void>
): Promise<void> {
  if (items.length <= chunkRows) return await work(pool, items)
  const client = await pool.connect()
  try {
    await client.query('begin')
    for (const chunk of inChunks(items, chunkRows)) await work(client, chunk)
    await client.query('commit')
    client.release()
  } catch (error) {
    client.release(true)
    throw error
  }
}
