import type { Acting } from '../features/feature.js'
import type { RowField } from '../fields/computed.js'
import type { Model, Registry } from '../model/registry.js'
import { dialectOf } from '../sql/dialects.js'
import type { SqlRunner } from '../sql/port/runner.js'
import type { ReadActing } from './core/stamps.js'
import type { WriteContext } from './core/write-context.js'

/**
 * The port of a store to the client of a database: the client, or the transaction that it is bound to, and what only
 * the binding can do.
 */
export interface Session extends Pick<WriteContext, 'registry' | 'runner' | 'generate' | 'transliterate'> {
  readonly registry: Registry
  readonly settings: StoreSettings
  readonly client: StoreClient
  readonly runner: SqlRunner
  /**
   * Runs `work` in one transaction, inside a transaction in a savepoint of it.
   *
   * @param timeout milliseconds that it may take; default: that of the client
   */
  readonly transaction: <T>(work: (session: Session) => Promise<T>, timeout?: number) => Promise<T>
  /** Makes a decimal, of the client's class, of its digits. */
  readonly decimal: (text: string) => unknown
  /** The fields that the client computes for rows of a model, beside those of its features. */
  readonly resultFields: (model: Model) => Readonly<Record<string, RowField>>
}

/** The client that a store works on; the binding makes it Prisma's. */
export interface StoreClient {}

/** The settings of a store. */
export interface StoreSettings extends Pick<
  WriteContext,
  'chunkRows' | 'exactDecimals' | 'retryTimeout' | 'slugSources'
> {
  readonly acting: ReadActing
  readonly clock: () => Date
}

/** How the operations of a store write in the transaction that its session is bound to. */
export interface WriteMode {
  /** Each operation stands in a savepoint. Default: false. */
  readonly isolates?: boolean
  /** Writers of the model have met a short while ago: see `retried`. Default: false. */
  readonly isContended?: boolean
  /** True once nobody waits for a write any more: then it is not retried. Default: never. */
  readonly isAbandoned?: (() => boolean) | undefined
}

/** How a store runs a transaction. */
export interface TransactOptions {
  /**
   * Do not run the work again when other transactions get in its way, since it can be done only once. Default: false.
   */
  readonly once?: boolean
  /** Milliseconds that the transaction may take. Default: what the store was made with. */
  readonly timeout?: number | undefined
  /** The model whose rows are written: for a while after lost races its writers lock their rows in one order first. */
  readonly model?: Model | undefined
}

export interface IsolatedOptions<T = unknown> extends TransactOptions {
  /**
   * Undo all that the work has written, and return its result all the same. A function tells it from the result.
   * Default: false.
   */
  readonly rollback?: boolean | ((result: T) => boolean)
}

/**
 * Makes the context of one operation on a model. Call it when the operation is called, not when its statement runs: the
 * actor may be another one by then.
 */
export function contextOf (
  session: Session,
  model: Model,
  acting: Acting = session.settings.acting()(model),
  { isolates = false, isContended = false, isAbandoned }: WriteMode = {}
): WriteContext {
  const { registry, runner, generate, transliterate, settings } = session
  const { chunkRows, exactDecimals, retryTimeout, slugSources } = settings
  return {
    registry,
    model,
    dialect: dialectOf(registry.metadata.provider),
    runner,
    factories: { decimal: session.decimal },
    ...acting,
    generate,
    transliterate,
    slugSources,
    chunkRows,
    exactDecimals,
    retryTimeout,
    isolates,
    isContended,
    isAbandoned
  }
}
