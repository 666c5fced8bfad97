import type { Registry } from '../../lib/model/registry.js'
import type { Session, StoreClient, StoreSettings } from '../../lib/store/session.js'
import { CursorStore } from '../../lib/store/cursor-store.js'
import { ModelStore } from '../../lib/store/model-store.js'
import { actingReader } from './acting.js'
import { createRunner, transaction } from './bind.js'
import { generateDefault } from './client-defaults.js'
import type { ClientLike, TransactionOptions } from './client-like.js'
import { makeDecimal } from './decimal.js'
import { resultFields } from './result-fields.js'
import { transliterate } from './transliterate.js'

/** Resolved settings of the extension. */
export interface StoreConfig extends StoreSettings {
  /** For operations of several statements. */
  readonly transaction: TransactionOptions
}

export const storeDefaults: StoreConfig = {
  chunkRows: 10_000,
  exactDecimals: false,
  retryTimeout: 5_000,
  transaction: { maxWait: 5_000, timeout: 120_000 },
  acting: actingReader('warn', () => new Date()),
  clock: () => new Date(),
  slugSources: new Map()
}

/** What the extension leaves on a client for those who work through it. */
export interface CommonsHandle {
  readonly registryOf: (client: ClientLike) => Registry
  readonly config: StoreConfig
}

/** The store of an extended client. */
export function storeOf (client: object): ModelStore {
  const { $commons: handle } = client as { readonly $commons?: CommonsHandle }
  if (handle === undefined) {
    throw new Error('The Prisma client is not extended: use new PrismaClient(…).$extends(commons({ metadata }))')
  }
  return createStore(client as ClientLike, handle.registryOf(client as ClientLike), handle.config)
}

/** A connection of a driver, as `pg` has it. */
export interface DriverConnection {
  query: (text: string, values?: unknown[]) => Promise<{ readonly rows: readonly unknown[] }>
}

/** The store of an extended client, for reading by another connection, on which a transaction is open. */
export function storeOn (client: object, connection: DriverConnection): ModelStore {
  const driver: ClientLike = {
    $queryRawUnsafe: async (text, ...values) => (await connection.query(text, values)).rows
  }
  return new CursorStore(sessionOf(driver, storeOf(client).registry))
}

/** The store of a Prisma client, in whatever transaction that client is bound to. */
export function createStore (client: ClientLike, registry: Registry, config?: StoreConfig): ModelStore {
  return new ModelStore(sessionOf(client, registry, config))
}

/** Makes the session of a store from a Prisma client. */
export function sessionOf (client: ClientLike, registry: Registry, config: StoreConfig = storeDefaults): Session {
  return {
    registry,
    settings: config,
    client: client as StoreClient,
    runner: createRunner(client, registry, config.transaction),
    transaction: async (work, timeout) => {
      const options = timeout === undefined ? config.transaction : { ...config.transaction, timeout }
      return await transaction(
        client,
        registry,
        options,
        async bound => await work(sessionOf(bound, registry, config))
      )
    },
    decimal: makeDecimal,
    resultFields: model => resultFields(client, model.name),
    generate: generateDefault,
    transliterate
  }
}
