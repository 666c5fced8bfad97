import { Prisma } from '@prisma/client/extension'
import type { DeletedRows, Metadata } from '../../lib/model/meta.js'
import { Registry } from '../../lib/model/registry.js'
import { actingReader, type ActorContext } from '../acting.js'
import type { ClientLike, TransactionOptions } from '../client-like.js'
import { resolveMetadata, type MetadataSource } from '../metadata/sources.js'
import { storeDefaults, type CommonsHandle, type StoreConfig } from '../store.js'
import { bulkMethods } from './bulk.js'
import { suiteOf } from './calls.js'
import { overridesOf } from './overrides.js'
import type { FactsOf, SchemaFacts } from './types.js'
import { withDeleted } from './with-deleted.js'

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
   * What a write does to a model with columns for the actor (`@commons.audit`) where nothing says who acts: neither a request
   * with the plugin `currentUser` nor `runAs`. `warn`: the process warns, once. `require`: the write fails. Default: `warn`.
   */
  readonly actorContext?: ActorContext
}

/**
 * The Prisma client extension: bulk operations on every model, and the features that models opt into, on Prisma's own
 * methods as on those of the extension; without Fastify or with it.
 *
 * It always stays the topmost: an extension that is added later is put below it, so that both are passed in this order.
 *
 * @example
 * import { commons } from 'fastify-prisma-commons/extension'
 * import { metadata } from './generated/metadata.js'
 *
 * const prisma = new PrismaClient({ adapter }).$extends(commons({ metadata }))
 * await prisma.contract.bulkUpsert({ data, on: 'contractNumber_year' })
 * await prisma.article.delete({ where: { id } }) // marks the article, which no reading finds any more
 */
export function commons<const M extends Metadata = Metadata> (options: CommonsOptions<M> = {}) {
  const config = configOf(options)
  const registryOf = once((client: ClientLike) => new Registry(resolveMetadata(options.metadata, client)))
  const parts = once((client: ClientLike) => partsOf<FactsOf<M>>(registryOf(client), { registryOf, config }))
  const attach = (client: Extensible): Extensible => {
    const { overrides, ...declared } = parts(client)
    const above = { $extends: (later: Extension) => attach(typeof later === 'function' ? later(client) : client.$extends(later)) }
    const extend = extensionOf<FactsOf<M>>({ client: { ...declared.client, ...above }, model: { ...declared.model, ...overrides } })
    return extend(client) as unknown as Extensible
  }
  // What the overrides give is typed by Prisma, as what they stand before.
  return attach as unknown as ReturnType<typeof extensionOf<FactsOf<M>>>
}

/** A client as extensions see it. */
interface Extensible extends ClientLike {
  $extends: (extension: object) => Extensible
}

type Extension = object | ((client: Extensible) => Extensible)

/** What a client is extended with, once its schema is known. */
function partsOf<F extends SchemaFacts> (registry: Registry, handle: CommonsHandle) {
  const suite = suiteOf(registry, handle.config)
  const overrides = overridesOf(suite)
  return {
    overrides,
    client: {
      // Opaque: what it is made of cannot be named in the declaration file of a module that exports its client.
      $commons: handle as object,
      /**
       * The same client, whose calls see rows that are marked as deleted.
       *
       * @param rows `include` (default): beside the others; `only`: nothing else, with all that belongs to them
       * @example
       * await prisma.$withDeleted().article.findUnique({ where: { id } })
       */
      $withDeleted<Client extends object> (this: Client, rows: Exclude<DeletedRows, 'exclude'> = 'include'): Client {
        return withDeleted(this, overrides, rows)
      }
    },
    model: { $allModels: bulkMethods<F>(handle.registryOf, handle.config) }
  }
}

function extensionOf<F extends SchemaFacts> ({ client, model }: Omit<ReturnType<typeof partsOf<F>>, 'overrides'>) {
  return Prisma.defineExtension({ name: 'fastify-prisma-commons', client, model })
}

function configOf ({ chunkRows, transaction, clock, actorContext = 'warn' }: CommonsOptions<Metadata>): StoreConfig {
  if (chunkRows !== undefined && !(Number.isInteger(chunkRows) && chunkRows > 0)) throw new TypeError('commons: option "chunkRows" must be a positive integer')
  return {
    chunkRows: chunkRows ?? storeDefaults.chunkRows,
    transaction: { ...storeDefaults.transaction, ...transaction },
    acting: actingReader(actorContext, clock ?? (() => new Date()))
  }
}

/** Made when first needed: only then is there a client to read a schema from. */
function once<Argument, Result> (make: (argument: Argument) => Result): (argument: Argument) => Result {
  let made: { readonly value: Result } | undefined
  return argument => (made ??= { value: make(argument) }).value
}
