import { createClient } from './client.js'
import { openDatabase, type Database } from './database/index.js'

// The commands `import` and `import-template` work with this module: `--module build/examples/commons.js`.

export { resources } from './resources.js'

let database: Database | undefined

/** The client over the example's database, which the environment names. */
export async function prisma () {
  database = await openDatabase()
  return await createClient(database)
}

/** Runs when the command is done: the database is not the client's to close. */
export async function close (): Promise<void> {
  await database?.close()
}
