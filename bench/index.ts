import { createDatabase } from './database.js'
import { createFixture } from './fixture.js'
import { measure, type Case } from './harness.js'
import { readOptions, type SuiteName } from './options.js'
import { processProbe, withDatabase } from './probe.js'
import { bootCase } from './suites/boot.js'
import type { Context } from './suites/context.js'
import { createSuites } from './suites/create.js'
import { deleteSuites } from './suites/delete.js'
import { exportCases } from './suites/export.js'
import { featureCases } from './suites/features.js'
import { httpCases } from './suites/http.js'
import { importCases } from './suites/import.js'
import { pluginCases } from './suites/plugins.js'
import { resourceCases } from './suites/resources.js'
import { statementCases, type StatementSuites } from './suites/statement.js'
import { updateSuites } from './suites/update.js'
import { upsertSuites } from './suites/upsert.js'
import { headLines, machineLines, resultLines } from './table.js'

const statements: Readonly<Partial<Record<SuiteName, StatementSuites>>> = {
  upsert: upsertSuites,
  create: createSuites,
  update: updateSuites,
  delete: deleteSuites
}

async function * casesOf (context: Context): AsyncGenerator<Case> {
  const { suites } = context.options
  const chosen = suites.map(name => statements[name]).filter(suite => suite !== undefined)
  if (chosen.length > 0) yield * statementCases(chosen, context)
  if (suites.includes('http')) yield * httpCases(context)
  if (suites.includes('resources')) {
    yield * resourceCases(context)
    yield bootCase(context)
  }
  if (suites.includes('export')) yield * exportCases(context)
  if (suites.includes('import')) yield * importCases(context)
  if (suites.includes('features')) yield * featureCases(context)
  if (suites.includes('plugins')) yield * pluginCases(context)
}

const options = readOptions(process.argv.slice(2))
const database = await createDatabase(process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres')
const stopped = new AbortController()

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopped.abort()
    database
      .drop()
      .finally(() => process.exit(130))
      .catch(error => {
        throw error
      })
  })
}

try {
  const context = { database, fixture: await createFixture(database.pool), options }
  const probe = withDatabase(processProbe, database.backendCpu)
  for (const text of [...machineLines(database.serverVersion), '', ...headLines()]) console.log(text)
  for await (const work of casesOf(context)) {
    const result = await measure(work, options.effort, probe)
    if (stopped.signal.aborted) break
    for (const text of resultLines(result)) console.log(text)
    for (const { name, error } of result.failures) {
      console.error(`FAILED: ${result.suite}, ${result.rows} rows, ${name}:`, error)
      process.exitCode = 1
    }
  }
} finally {
  if (!stopped.signal.aborted) {
    await database.pool.end()
    await database.drop()
  }
}
