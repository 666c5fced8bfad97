import { inArray, sql, type SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, numeric, pgEnum, pgTable, serial, text, timestamp, type PgColumn } from 'drizzle-orm/pg-core'
import { rowsOutcome, splitOutcome, statementRows, type Contender, type Outcome } from '../contender.js'
import { inChunks, type ContractChange, type ContractInput } from '../data.js'
import { createPool } from '../database.js'

const contractStatus = pgEnum('contract_status', ['draft', 'active', 'closed'])

const contracts = pgTable('contracts', {
  id: serial().primaryKey(),
  contractNumber: text('contract_number').notNull(),
  year: integer().notNull(),
  externalRef: text('external_ref'),
  amount: numeric({ precision: 12, scale: 2 }).notNull(),
  status: contractStatus().notNull().default('draft'),
  note: text(),
  customerId: integer('customer_id'),
  version: integer().notNull().default(1),
  createdAt: timestamp('created_at', { precision: 3, withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { precision: 3, withTimezone: true }).notNull(),
  createdById: integer('created_by_id'),
  updatedById: integer('updated_by_id')
})

const changed = ['externalRef', 'amount', 'status', 'note', 'customerId'] as const
const excluded = (column: PgColumn): SQL => sql`excluded.${sql.identifier(column.name)}`

const onConflict = {
  target: [contracts.contractNumber, contracts.year],
  set: {
    ...Object.fromEntries(changed.map(field => [field, excluded(contracts[field])])),
    version: sql`${contracts.version} + 1`,
    updatedAt: sql`now()`
  },
  setWhere: sql`(${sql.join(
    changed.map(field => contracts[field]),
    sql`, `
  )}) is distinct from (${sql.join(
    changed.map(field => excluded(contracts[field])),
    sql`, `
  )})`
}

const withStamp = (item: ContractInput) => ({ ...item, updatedAt: sql`now()` })

/** One `case id when … then …` a column, as Drizzle's guide for different values in each row shows. */
function byId (
  changes: readonly ContractChange[],
  column: PgColumn,
  pick: (change: ContractChange) => string | null
): SQL {
  const branches = changes.map(change => sql`when ${contracts.id} = ${change.id} then ${pick(change)}`)
  return sql`(case ${sql.join(branches, sql` `)} end)::${sql.raw(column.getSQLType())}`
}

export function drizzleContender (url: string): Contender {
  const pool = createPool(url)
  const db = drizzle(pool)
  type Db = Pick<typeof db, 'insert' | 'update' | 'delete'>

  async function eachChunk<T, R> (items: readonly T[], work: (db: Db, chunk: T[]) => Promise<R>): Promise<R[]> {
    const chunks = inChunks(items, statementRows)
    if (chunks.length === 1) return [await work(db, [...chunks[0]!])]
    return await db.transaction(async tx => {
      const results = []
      for (const chunk of chunks) results.push(await work(tx, [...chunk]))
      return results
    })
  }

  const update = (db: Db, chunk: readonly ContractChange[]) =>
    db
      .update(contracts)
      .set({
        amount: byId(chunk, contracts.amount, change => change.amount),
        status: byId(chunk, contracts.status, change => change.status),
        note: byId(chunk, contracts.note, change => change.note),
        version: sql`${contracts.version} + 1`,
        updatedAt: sql`now()`
      })
      .where(
        inArray(
          contracts.id,
          chunk.map(change => change.id)
        )
      )

  return {
    methods: {
      upsert: [
        {
          name: 'drizzle, insert … onConflictDoUpdate',
          run: async items => {
            const written = (
              await eachChunk(
                items,
                async (db, chunk) =>
                  await db
                    .insert(contracts)
                    .values(chunk.map(withStamp))
                    .onConflictDoUpdate(onConflict)
                    .returning({ created: sql<boolean>`xmax = 0` })
              )
            ).flat()
            return splitOutcome(items, written)
          }
        }
      ],
      create: [
        {
          name: 'drizzle, insert',
          run: async items =>
            counted(
              await eachChunk(items, async (db, chunk) => await db.insert(contracts).values(chunk.map(withStamp)))
            )
        }
      ],
      createRows: [
        {
          name: 'drizzle, insert … returning',
          run: async items =>
            rowsOutcome(
              await eachChunk(
                items,
                async (db, chunk) => await db.insert(contracts).values(chunk.map(withStamp)).returning()
              )
            )
        }
      ],
      update: [
        {
          name: 'drizzle, update with case',
          run: async items => counted(await eachChunk(items, async (db, chunk) => await update(db, chunk)))
        }
      ],
      updateRows: [
        {
          name: 'drizzle, update with case … returning',
          run: async items =>
            rowsOutcome(await eachChunk(items, async (db, chunk) => await update(db, chunk).returning()))
        }
      ],
      delete: [
        {
          name: 'drizzle, delete … inArray',
          run: async items =>
            counted(
              await eachChunk(
                items,
                async (db, chunk) => await db.delete(contracts).where(inArray(contracts.id, chunk))
              )
            )
        }
      ]
    },
    close: () => pool.end()
  }
}

function counted (results: readonly { rowCount: number | null }[]): Outcome {
  return { count: results.reduce((sum, result) => sum + (result.rowCount ?? 0), 0) }
}
