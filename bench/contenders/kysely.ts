import { Kysely, PostgresDialect, sql, type ExpressionBuilder, type Generated, type RawBuilder } from 'kysely'
import { rowsOutcome, splitOutcome, statementRows, type Contender } from '../contender.js'
import { inChunks, type ContractChange, type ContractInput } from '../data.js'
import { createPool } from '../database.js'

interface Schema {
  contracts: {
    id: Generated<number>
    contract_number: string
    year: number
    external_ref: string | null
    amount: string
    status: ContractInput['status']
    note: string | null
    customer_id: number | null
    version: Generated<number>
    created_at: Generated<Date>
    updated_at: Date | RawBuilder<Date>
    created_by_id: number | null
    updated_by_id: number | null
  }
}

const rowColumns = [
  'contracts.id',
  'contract_number as contractNumber',
  'year',
  'external_ref as externalRef',
  'contracts.amount',
  'contracts.status',
  'contracts.note',
  'customer_id as customerId',
  'version',
  'created_at as createdAt',
  'updated_at as updatedAt',
  'created_by_id as createdById',
  'updated_by_id as updatedById'
] as const

const changed = ['external_ref', 'amount', 'status', 'note', 'customer_id'] as const

const toRow = (item: ContractInput) => ({
  contract_number: item.contractNumber,
  year: item.year,
  external_ref: item.externalRef,
  amount: item.amount,
  status: item.status,
  note: item.note,
  customer_id: item.customerId,
  updated_at: sql<Date>`now()`
})

/** The `values` list of Kysely's recipe; the first row's casts give the columns their types. */
function changesTable (changes: readonly ContractChange[]) {
  const rows = changes.map(
    ({ id, amount, status, note }) => sql`(${id}::int, ${amount}::numeric, ${status}::contract_status, ${note}::text)`
  )
  return sql<ContractChange>`(values ${sql.join(rows)})`.as<'input'>(sql`input (id, amount, status, note)`)
}

export function kyselyContender (url: string): Contender {
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: createPool(url) }) })

  async function eachChunk<T, R> (
    items: readonly T[],
    work: (db: Kysely<Schema>, chunk: readonly T[]) => Promise<R>
  ): Promise<R[]> {
    const chunks = inChunks(items, statementRows)
    if (chunks.length === 1) return [await work(db, chunks[0]!)]
    return await db.transaction().execute(async tx => {
      const results = []
      for (const chunk of chunks) results.push(await work(tx, chunk))
      return results
    })
  }

  const insert = (db: Kysely<Schema>, chunk: readonly ContractInput[]) =>
    db.insertInto('contracts').values(chunk.map(toRow))

  const update = (db: Kysely<Schema>, chunk: readonly ContractChange[]) =>
    db
      .updateTable('contracts')
      .from(changesTable(chunk))
      .set(eb => ({
        amount: eb.ref('input.amount'),
        status: eb.ref('input.status'),
        note: eb.ref('input.note'),
        version: sql<number>`version + 1`,
        updated_at: sql<Date>`now()`
      }))
      .whereRef('contracts.id', '=', 'input.id')

  return {
    methods: {
      upsert: [
        {
          name: 'kysely, insertInto … doUpdateSet',
          run: async items => {
            const written = (
              await eachChunk(items, (db, chunk) =>
                insert(db, chunk)
                  .onConflict(conflict =>
                    conflict
                      .columns(['contract_number', 'year'])
                      .doUpdateSet(eb => ({
                        ...Object.fromEntries(changed.map(column => [column, eb.ref(`excluded.${column}`)])),
                        version: sql<number>`contracts.version + 1`,
                        updated_at: sql<Date>`now()`
                      }))
                      .where(differs)
                  )
                  .returning(sql<boolean>`xmax = 0`.as('created'))
                  .execute()
              )
            ).flat()
            return splitOutcome(items, written)
          }
        }
      ],
      create: [
        {
          name: 'kysely, insertInto',
          run: async items => ({
            count: sum(
              (await eachChunk(items, (db, chunk) => insert(db, chunk).executeTakeFirst())).map(
                result => result.numInsertedOrUpdatedRows
              )
            )
          })
        }
      ],
      createRows: [
        {
          name: 'kysely, insertInto … returning',
          run: async items =>
            rowsOutcome(await eachChunk(items, (db, chunk) => insert(db, chunk).returning(rowColumns).execute()))
        }
      ],
      update: [
        {
          name: 'kysely, updateTable … from values',
          run: async items => ({
            count: sum(
              (await eachChunk(items, (db, chunk) => update(db, chunk).executeTakeFirst())).map(
                result => result.numUpdatedRows
              )
            )
          })
        }
      ],
      updateRows: [
        {
          name: 'kysely, updateTable … returning',
          run: async items =>
            rowsOutcome(await eachChunk(items, (db, chunk) => update(db, chunk).returning(rowColumns).execute()))
        }
      ],
      delete: [
        {
          name: 'kysely, deleteFrom … in',
          run: async items => ({
            count: sum(
              (
                await eachChunk(items, (db, chunk) =>
                  db.deleteFrom('contracts').where('id', 'in', chunk).executeTakeFirst()
                )
              ).map(result => result.numDeletedRows)
            )
          })
        }
      ]
    },
    close: () => db.destroy()
  }
}

function differs (eb: ExpressionBuilder<Schema & { excluded: Schema['contracts'] }, 'contracts' | 'excluded'>) {
  return eb(
    eb.refTuple(
      'contracts.external_ref',
      'contracts.amount',
      'contracts.status',
      'contracts.note',
      'contracts.customer_id'
    ),
    'is distinct from',
    eb.refTuple('excluded.external_ref', 'excluded.amount', 'excluded.status', 'excluded.note', 'excluded.customer_id')
  )
}

function sum (counts: readonly (bigint | undefined)[]): number {
  return counts.reduce((total: number, count) => total + Number(count ?? 0n), 0)
}
