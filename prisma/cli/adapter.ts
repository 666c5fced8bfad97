import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ClientLike } from '../binding/client-like.js'
import { CommandError } from './command.js'

/** The part of a Prisma driver adapter that a command needs. */
interface AdapterFactory {
  connect: () => Promise<Adapter>
}

interface Adapter {
  queryRaw: (query: {
    readonly sql: string
    readonly args: readonly unknown[]
    readonly argTypes: readonly object[]
  }) => Promise<ResultSet>
  dispose: () => Promise<void>
}

interface ResultSet {
  readonly columnNames: readonly string[]
  readonly rows: ReadonlyArray<readonly unknown[]>
}

interface AdapterModule {
  readonly PrismaPg: new (config: {
    readonly connectionString: string
    readonly max: number
    readonly connectionTimeoutMillis: number
  }) => AdapterFactory
}

/** A connection to a database for a command, through the driver adapter that the project has for its own client. */
export interface CommandDatabase {
  readonly client: ClientLike
  close: () => Promise<void>
}

/**
 * @throws CommandError when the project has no adapter, or the URL cannot be read
 */
export async function connectDatabase (url: string): Promise<CommandDatabase> {
  // Its message would show the URL, with the password in it.
  if (!URL.canParse(url)) {
    throw new CommandError(
      'The URL of the database cannot be read. It looks like postgresql://user:password@host:5432/database'
    )
  }
  const { PrismaPg } = loadAdapter()
  const adapter = await new PrismaPg({ connectionString: url, max: 1, connectionTimeoutMillis: 10_000 }).connect()
  return {
    client: {
      async $queryRawUnsafe (sql, ...args) {
        const { columnNames, rows } = await adapter.queryRaw({
          sql,
          args,
          argTypes: args.map(() => ({ scalarType: 'string', arity: 'scalar' }))
        })
        return rows.map(row => Object.fromEntries(columnNames.map((name, i) => [name, row[i]])))
      }
    },
    close: () => adapter.dispose()
  }
}

function loadAdapter (): AdapterModule {
  const require = createRequire(join(process.cwd(), 'package.json'))
  try {
    return require('@prisma/adapter-pg') as AdapterModule
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new CommandError(
      'The doctor connects through @prisma/adapter-pg, which is not installed here: npm install @prisma/adapter-pg',
      { cause: error }
    )
  }
}
