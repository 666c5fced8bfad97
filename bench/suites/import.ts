import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contracts } from '../data.js'
import type { Case, Entry } from '../harness.js'
import { writeContracts } from '../imports/files.js'
import { commonsWay, copyWay, loopWay, type ImportWay } from '../imports/ways.js'
import type { Context } from './context.js'

/** More rows take the loop minutes. */
const loopRows = 2_000
const smokeRows = 100

/**
 * Files of contracts, all new or all there, against the fastest way that a database has and the first that one writes.
 */
export async function * importCases ({ database, fixture, options }: Context): AsyncGenerator<Case> {
  const folder = await mkdtemp(join(tmpdir(), 'commons-bench-'))
  const copy = copyWay(database.url)
  const loop = loopWay(database.url)
  const ours = await commonsWay(database.url)
  const workbooks = await commonsWay(database.url, 'commons, XLSX')
  try {
    for (const rows of options.rows ??
      (options.full ? [loopRows, 100_000, 200_000, 1_000_000] : [loopRows, 200_000])) {
      const path = join(folder, `${rows}.csv`)
      await writeContracts(path, rows, 'csv')
      const entry = (way: ImportWay, file = path): Entry => ({
        name: way.name,
        prepare: fixture.reset,
        run: async () => {
          await way.run(file)
        },
        verify: async () => {
          const {
            rows: [found]
          } = await database.pool.query<{ count: number }>(
            'select count(*)::int from contracts where customer_id is null or customer_id > 0'
          )
          if (found!.count !== rows) throw new Error(`${found!.count} of ${rows} rows are there`)
        }
      })
      const ways = [copy, ours, ...(rows > (options.smoke ? smokeRows : loopRows) ? [] : [loop])].map(way =>
        entry(way)
      )
      await fixture.preload([])
      yield { suite: 'import new', rows, baseline: copy.name, entries: ways }
      await fixture.preload(contracts(rows).map(contract => ({ ...contract, amount: '1.00' })))
      yield { suite: 'import update', rows, baseline: copy.name, entries: ways }
      if (rows > 200_000) continue
      const workbook = join(folder, `${rows}.xlsx`)
      await writeContracts(workbook, rows, 'xlsx')
      await fixture.preload([])
      yield { suite: 'import XLSX', rows, baseline: ours.name, entries: [entry(ours), entry(workbooks, workbook)] }
    }
  } finally {
    await Promise.all(
      [copy, loop, ours, workbooks].map(async way => {
        await way.close()
      })
    )
    await rm(folder, { recursive: true, force: true })
  }
}
