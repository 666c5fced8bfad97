import { strict as assert } from 'node:assert'
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { customerCount, type ContractInput } from './data.js'
import { columnLiterals, inputColumns } from './literals.js'

/** Time stamps of preloaded rows, to tell touched rows from untouched ones. */
const preloadedAt = '2020-01-01T00:00:00Z'

/** What the table must hold after a run. */
export interface ExpectedState {
  readonly contracts: readonly ContractInput[]
  /** Rows that keep their version 1 and their time stamps. */
  readonly untouched: number
  /** Rows whose version went from 1 to 2. */
  readonly changed: number
}

/** The contracts table of the scratch database: sets it back before a run and checks it after one. */
export interface Fixture {
  /** Remembers the rows that `reset` puts into the table, with the ids 1, 2, 3 … */
  preload: (contracts: readonly ContractInput[]) => Promise<void>
  reset: () => Promise<void>
  /** Throws when the table holds anything else. `touchesUnchanged`: equal rows may have been written again. */
  check: (expected: ExpectedState, touchesUnchanged: boolean) => Promise<void>
}

const columns = inputColumns.map(column => column.name).join(', ')

export async function createFixture (pool: pg.Pool): Promise<Fixture> {
  await pool.query(`
    insert into customers (code, name, updated_at)
      select 'C-' || n, 'Customer ' || n, now() from generate_series(1, ${customerCount}) n;
    alter table contracts set (autovacuum_enabled = false);
    create unlogged table preloaded (like contracts including defaults)`)
  return {
    preload: async contracts => {
      await pool.query('truncate preloaded')
      await pool.query(
        `insert into preloaded (id, ${columns}, created_at, updated_at)
          select row_number() over (), ${columns}, '${preloadedAt}', '${preloadedAt}' from ${unnestInput}`,
        columnLiterals(contracts)
      )
    },
    reset: async () => {
      await pool.query('truncate contracts restart identity cascade')
      await pool.query('insert into contracts select * from preloaded')
      await pool.query("select setval('contracts_id_seq', (select coalesce(max(id), 0) + 1 from preloaded), false)")
      await pool.query('analyze contracts')
      await pool.query('checkpoint')
    },
    check: async (expected, touchesUnchanged) => {
      const {
        rows: [state]
      } = await pool.query<State>(stateQuery)
      const lines = expected.contracts.map(contract =>
        inputColumns.map(({ field }) => contract[field] ?? '~').join('|')
      )
      assert.deepEqual(state, {
        rows: expected.contracts.length,
        digest: createHash('md5').update(lines.join('\n')).digest('hex'),
        untouched: touchesUnchanged ? 0 : expected.untouched,
        changed: touchesUnchanged ? expected.changed + expected.untouched : expected.changed
      })
    }
  }
}

export const unnestInput =
  `unnest(${inputColumns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')}) ` + `as input (${columns})`

interface State {
  rows: number
  digest: string
  untouched: number
  changed: number
}

const stateQuery = `
  select count(*)::int as rows,
    md5(coalesce(string_agg(concat_ws('|', ${inputColumns.map(({ name }) => `coalesce(${name}::text, '~')`).join(', ')}),
      E'\\n' order by contract_number collate "C"), '')) as digest,
    (count(*) filter (where updated_at = '${preloadedAt}' and version = 1))::int as untouched,
    (count(*) filter (where updated_at > '${preloadedAt}' and version = 2))::int as changed
  from contracts`
