import { Prisma } from '@prisma/client/extension'
import type { DeletedRows, Metadata } from '../../lib/model/meta.js'
import { Registry } from '../../lib/model/registry.js'
import { check, checkOptions } from '../../lib/options.js'
import { actingReader, type ActorContext } from '../binding/acting.js'
import type { ClientLike, TransactionOptions } from '../binding/client-like.js'
import { doctor } from '../binding/doctor.js'
import { resolveMetadata, type MetadataSource } from '../metadata/sources.js'
import { storeDefaults, type CommonsHandle, type StoreConfig } from '../binding/store.js'
import { bulkMethods } from './bulk/bulk.js'
import { suiteOf } from './query/calls.js'
import { computedFields, type ComputedFields } from './computed.js'
import type { DeletedReads } from './types/deleted-reads.js'
import { overridesOf } from './overrides.js'
import { jsonMethods } from './json.js'
import { checkSlugs, slugSourcesOf, type SlugFunctions, type SlugFunctionsByName } from './slug-sources.js'
import type { SluggedCreates } from './types/slugged-creates.js'
import type { SoftDeleteMethods } from './types/soft-delete-methods.js'
import type { FactsOf, OfModels, SchemaFacts } from './types/report-types.js'
import type { VersionedMethods } from './types/versioned-methods.js'
import { withDeleted } from './with-deleted.js'

export interface CommonsOptions<M extends Metadata> {
  /**
   * What the suite knows of the schema: the `metadata` of the generated module (typed: prefer it) or a DMMF datamodel.
   * Absent: read from the client's schema text, which needs the optional package `@prisma/get-dmmf`.
   */
  readonly metadata?: M | Exclude<MetadataSource, Metadata>
  /** Rows a SQL statement, at most. Default 10,000. */
  readonly chunkRows?: number
  /** Milliseconds for which a write is retried after a deadlock or a lost race. Default 5,000; 0: it is not retried. */
  readonly retryTimeout?: number
  /** Milliseconds, for operations of several statements. Default `{ maxWait: 5000, timeout: 120000 }`. */
  readonly transaction?: TransactionOptions
  /** Where stamps take the time from. Default: the system clock. */
  readonly clock?: () => Date
  /**
   * What a write does to a model with columns for the actor (`@commons.audit`) where nothing says who acts: neither a
   * request with the plugin `currentUser` nor `runAs`. `warn`: the process warns, once. `require`: the write fails.
   * Default: `warn`.
   */
  readonly actorContext?: ActorContext
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
  const registryOf = once((client: ClientLike) => checkedRegistry(options, client))
  // With metadata at hand a wrong name need not wait for a client.
  if (options.slugs !== undefined && options.metadata !== undefined) checkedRegistry(options)
  const parts = once((client: ClientLike) => partsOf<FactsOf<M>>(registryOf(client), { registryOf, config }))
  const attach = (client: Extensible): Extensible => {
    const declared = parts(client)
    const above = {
      $extends: (later: Extension) => attach(typeof later === 'function' ? later(client) : client.$extends(later))
    }
    return extensionOf<FactsOf<M>>(
      { ...declared, client: { ...declared.client, ...above } },
      {} as ComputedFields<FactsOf<M>>
    )(client) as unknown as Extensible
  }
  // Below the rest, so that extensions which are added later find the computed fields.
  const compute = (client: Extensible): Extensible => {
    const result = computedFields<FactsOf<M>>(registryOf(client))
    return attach(
      Object.keys(result).length === 0 ? client : client.$extends({ name: 'fastify-prisma-commons', result })
    )
  }
  return compute as unknown as ReturnType<typeof extensionOf<FactsOf<M>>>
}

/** A client as extensions see it. */
interface Extensible extends ClientLike {
  $extends: (extension: object) => Extensible
}

type Extension = object | ((client: Extensible) => Extensible)

/** Methods that some models have, and those of Prisma that take more on them; all others keep Prisma's own types. */
type FeatureMethods<F extends SchemaFacts> = OfModels<F['softDeleted'], DeletedReads & SoftDeleteMethods> &
  OfModels<F['versioned'], VersionedMethods> &
  OfModels<F['slugs']['model'], SluggedCreates<F>>

/** What a client is extended with, once its schema is known. */
function partsOf<F extends SchemaFacts> (registry: Registry, handle: CommonsHandle) {
  const suite = suiteOf(registry, handle.config)
  const overrides = overridesOf(suite)
  return {
    client: {
      // Opaque: what it is made of cannot be named in the declaration file of a module that exports its client.
      $commons: handle as object,
      $doctor: doctor(handle.registryOf),
      /**
       * The same client, whose calls see soft-deleted rows.
       *
       * @param rows `include` (default): beside the others; `only`: nothing else, with all that belongs to them
       * @example
       * await prisma.$withDeleted().article.findUnique({ where: { id } })
       */
      $withDeleted<Client extends object>(this: Client, rows: Exclude<DeletedRows, 'exclude'> = 'include'): Client {
        return withDeleted(this, overrides, rows)
      }
    },
    model: {
      $allModels: { ...bulkMethods<F>(handle.registryOf, handle.config), ...jsonMethods(handle.registryOf) },
      ...(overrides as FeatureMethods<F>)
    }
  }
}

/** @param result nothing at run time: the client below computes it, and the compiler has to be told */
function extensionOf<F extends SchemaFacts> (
  { client, model }: ReturnType<typeof partsOf<F>>,
  result: ComputedFields<F>
) {
  return Prisma.defineExtension({ name: 'fastify-prisma-commons', client, model, result })
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

function configOf (options: Settings): StoreConfig {
  checkOptions('commons', options, {
    metadata: {
      expected: 'the metadata of the generated module or a DMMF datamodel',
      accepts: value => typeof value === 'object' && value !== null
    },
    chunkRows: check.integer(1),
    retryTimeout: check.integer(0),
    transaction: {
      expected: 'an object of milliseconds',
      accepts: value => typeof value === 'object' && value !== null
    },
    clock: check.function,
    actorContext: check.oneOf('warn', 'require', 'ignore'),
    slugs: {
      expected: 'an object of models, each with a function a slug field',
      accepts: value => typeof value === 'object' && value !== null
    }
  })
  const {
    chunkRows = storeDefaults.chunkRows,
    retryTimeout = storeDefaults.retryTimeout,
    transaction,
    clock = () => new Date(),
    actorContext = 'warn',
    slugs
  } = options
  return {
    ...storeDefaults,
    chunkRows,
    retryTimeout,
    transaction: { ...storeDefaults.transaction, ...transaction },
    acting: actingReader(actorContext, clock),
    clock,
    slugSources: slugSourcesOf(slugs)
  }
}

/** Made when first needed: only then is there a client to read a schema from. */
function once<Argument, Result> (make: (argument: Argument) => Result): (argument: Argument) => Result {
  let made: { readonly value: Result } | undefined
  return argument => (made ??= { value: make(argument) }).value
}
