import { bulkCallCases } from '../features/bulk-calls.js'
import { openClients } from '../features/clients.js'
import { singleCallCases } from '../features/single-calls.js'
import { createArticleTable } from '../features/table.js'
import type { Case } from '../harness.js'
import type { Context } from './context.js'

const sizes = [1_000, 10_000]

/** What the features of a model (audit, soft deletion, version, slug) add to the calls of a client. */
export async function * featureCases ({ database, options }: Context): AsyncGenerator<Case> {
  const clients = openClients(database.url)
  try {
    const table = await createArticleTable(database, clients)
    yield * singleCallCases(clients, table, options.smoke)
    yield * bulkCallCases(clients, table, options.rows ?? sizes)
  } finally {
    await clients.close()
  }
}
