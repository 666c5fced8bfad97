import { Prisma } from '@prisma/client/extension'
import type { Metadata } from '../../lib/model/meta.js'
import { Registry } from '../../lib/model/registry.js'
import type { ClientLike, TransactionOptions } from '../client-like.js'
import { resolveMetadata, type MetadataSource } from '../metadata/sources.js'
import { storeDefaults, type CommonsHandle, type StoreConfig } from '../store.js'
import { bulkMethods } from './bulk.js'
import { checkSlugs, slugSourcesOf, type SlugFunctions, type SlugFunctionsByName } from './slug-sources.js'
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
  /**
   * What slugs are made from where fields alone do not say it: model → slug field → function of the row, which has the
   * fields that the caller named. Default: the fields of `@commons.slug(from: …)`.
   *
   * @example
   * commons({ metadata, slugs: { Article: { slug: ({ title, published }) => published ? title : `draft ${title}` } } })
   */
  readonly slugs?: SlugFunctions<M>
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
  const registryOf = once((client: ClientLike) => checkedRegistry(options, client))
  // With metadata at hand a wrong name need not wait for a client.
  if (options.slugs !== undefined && options.metadata !== undefined) checkedRegistry(options)
  const handle: CommonsHandle = { registryOf, config }
  return Prisma.defineExtension({
    name: 'fastify-prisma-commons',
    // Opaque: what it is made of cannot be named in the declaration file of a module that exports its client.
    client: { $commons: handle as object },
    model: { $allModels: bulkMethods<FactsOf<M>>(registryOf, config) }
  })
}

/** The options without what the compiler makes of them. */
interface Settings extends Omit<CommonsOptions<Metadata>, 'slugs'> {
  readonly slugs?: SlugFunctionsByName | undefined
}

function checkedRegistry ({ metadata, slugs }: Settings, client?: ClientLike): Registry {
  const registry = new Registry(resolveMetadata(metadata, client))
  checkSlugs(slugs, registry)
  return registry
}

function configOf ({ chunkRows, transaction, clock, slugs }: Settings): StoreConfig {
  if (chunkRows !== undefined && !(Number.isInteger(chunkRows) && chunkRows > 0)) throw new TypeError('commons: option "chunkRows" must be a positive integer')
  return {
    chunkRows: chunkRows ?? storeDefaults.chunkRows,
    transaction: { ...storeDefaults.transaction, ...transaction },
    clock: clock ?? storeDefaults.clock,
    slugSources: slugSourcesOf(slugs)
  }
}

/** The registry is built when it is first needed: only then is there a client to read a schema from. */
function once<Argument, Result> (make: (argument: Argument) => Result): (argument: Argument) => Result {
  let made: { readonly value: Result } | undefined
  return argument => (made ??= { value: make(argument) }).value
}
