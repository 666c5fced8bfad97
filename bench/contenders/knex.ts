import knexModule, { type Knex } from 'knex'
import { loopLimits, rowsOutcome, splitOutcome, statementRows, type Contender } from '../contender.js'
import { inChunks, type ContractChange, type ContractInput } from '../data.js'

const changed = ['external_ref', 'amount', 'status', 'note', 'customer_id']

const rowColumns = [
  'id',
  'contract_number as contractNumber',
  'year',
  'external_ref as externalRef',
  'amount',
  'status',
  'note',
  'customer_id as customerId',
  'version',
  'created_at as createdAt',
  'updated_at as updatedAt',
  'created_by_id as createdById',
  'updated_by_id as updatedById'
]

const differs = `(${changed.map(column => `contracts.${column}`).join(', ')}) is distinct from (${changed
  .map(column => `excluded.${column}`)
  .join(', ')})`

export function knexContender (url: string): Contender {
  const knex = knexModule({
    client: 'pg',
    connection: { connectionString: url, options: '-c TimeZone=UTC' },
    pool: { min: 0, max: 4 }
  })
  const now = knex.fn.now()

  const toRow = (item: ContractInput) => ({
    contract_number: item.contractNumber,
    year: item.year,
    external_ref: item.externalRef,
    amount: item.amount,
    status: item.status,
    note: item.note,
    customer_id: item.customerId,
    updated_at: now
  })

  async function eachChunk<T, R> (
    items: readonly T[],
    work: (db: Knex, chunk: readonly T[]) => PromiseLike<R>
  ): Promise<R[]> {
    const chunks = inChunks(items, statementRows)
    if (chunks.length === 1) return [await work(knex, chunks[0]!)]
    return await knex.transaction(async tx => {
      const results = []
      for (const chunk of chunks) results.push(await work(tx, chunk))
      return results
    })
  }

  /** Knex has no update with different values in each row: the usual way is one update a row. */
  const updateEach = (changes: readonly ContractChange[]) =>
    knex.transaction(async tx => {
      let count = 0
      for (const { id, ...change } of changes) {
        count += await tx('contracts')
          .where({ id })
          .update({ ...change, version: knex.raw('version + 1'), updated_at: now })
      }
      return { count }
    })

  return {
    methods: {
      upsert: [
        {
          name: 'knex, insert … onConflict.merge',
          run: async items => {
            const written = (
              await eachChunk(items, (db, chunk) =>
                db('contracts')
                  .insert(chunk.map(toRow))
                  .onConflict(['contract_number', 'year'])
                  .merge({
                    ...Object.fromEntries(changed.map(column => [column, knex.raw(`excluded.${column}`)])),
                    version: knex.raw('contracts.version + 1'),
                    updated_at: now
                  })
                  .where(knex.raw(differs))
                  .returning<{ created: boolean }[]>(knex.raw('xmax = 0 as created'))
              )
            ).flat()
            return splitOutcome(items, written)
          }
        }
      ],
      create: [
        {
          name: 'knex, insert',
          run: async items => ({
            count: (
              await eachChunk<ContractInput, { rowCount?: number }>(items, (db, chunk) =>
                db('contracts').insert(chunk.map(toRow))
              )
            ).reduce((sum, result) => sum + (result.rowCount ?? 0), 0)
          })
        }
      ],
      createRows: [
        {
          name: 'knex, insert … returning',
          run: async items =>
            rowsOutcome(
              await eachChunk(items, (db, chunk) =>
                db('contracts').insert(chunk.map(toRow)).returning<{ contractNumber: string }[]>(rowColumns)
              )
            )
        }
      ],
      update: [{ name: 'knex, update each in a transaction', ...loopLimits, run: updateEach }],
      delete: [
        {
          name: 'knex, whereIn … delete',
          run: async items => ({
            count: (await eachChunk(items, (db, chunk) => db('contracts').whereIn('id', chunk).delete())).reduce(
              (sum, count) => sum + count,
              0
            )
          })
        }
      ]
    },
    close: () => knex.destroy()
  }
}
