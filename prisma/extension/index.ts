import { Prisma } from '@prisma/client/extension'
import type { Metadata } from '../../lib/model/meta.js'
import { Registry } from '../../lib/model/registry.js'
import type { ClientLike, TransactionOptions } from '../client-like.js'
import { resolveMetadata, type MetadataSource } from '../metadata/sources.js'
import { storeDefaults, type CommonsHandle, type StoreConfig } from '../store.js'
import { bulkMethods } from './bulk.js'
import { computedFields } from './computed.js'
import type { FactsOf } from './types.js'

export interface CommonsOptions<M extends Metadata> {
  /**
   * What the suite knows of the schema: the `metadata` of the generated module (typed: prefer it) or a DMMF datamodel.
   * Absent: read from the client's schema text, which needs the optional package `@prisma/get-dmmf`.
   */
  readonly metadata?: M | Exclude<MetadataSource, Metadata>
  /** Rows a SQL statement, at most. Default 10,000. */
  readonly chunkRows?: number
  /** Milliseconds, for operations of several statements. Default `{ maxWait: 5000, timeout: 120000 }`. */
  readonly transaction?: TransactionOptions
  /** Where stamps take the time from. Default: the system clock. */
  readonly clock?: () => Date
}

/**
 * The Prisma client extension: bulk operations on every model, without Fastify or with it.
 *
 * @example
 * import { commons } from 'fastify-prisma-commons/extension'
 * import { metadata } from './generated/metadata.js'
 *
 * const prisma = new PrismaClient({ adapter }).$extends(commons({ metadata }))
 * await prisma.contract.bulkUpsert({ data, on: 'contractNumber_year' })
 */
export function commons<const M extends Metadata = Metadata> (options: CommonsOptions<M> = {}) {
  const config = configOf(options)
  const registryOf = once((client: ClientLike) => new Registry(resolveMetadata(options.metadata, client)))
  const handle: CommonsHandle = { registryOf, config }
  return Prisma.defineExtension(client => client.$extends({
    name: 'fastify-prisma-commons',
    // Opaque: what it is made of cannot be named in the declaration file of a module that exports its client.
    client: { $commons: handle as object },
    model: { $allModels: bulkMethods<FactsOf<M>>(registryOf, config) },
    // Read by Prisma at the first call, so that a schema is parsed no sooner.
    get result () {
      return computedFields<FactsOf<M>>(registryOf(client as unknown as ClientLike))
    }
  }))
}

function configOf ({ chunkRows, transaction, clock }: CommonsOptions<Metadata>): StoreConfig {
  if (chunkRows !== undefined && !(Number.isInteger(chunkRows) && chunkRows > 0)) throw new TypeError('commons: option "chunkRows" must be a positive integer')
  return {
    chunkRows: chunkRows ?? storeDefaults.chunkRows,
    transaction: { ...storeDefaults.transaction, ...transaction },
    clock: clock ?? storeDefaults.clock
  }
}

/** The registry is built when it is first needed: only then is there a client to read a schema from. */
function once<Argument, Result> (make: (argument: Argument) => Result): (argument: Argument) => Result {
  let made: { readonly value: Result } | undefined
  return argument => (made ??= { value: make(argument) }).value
}
