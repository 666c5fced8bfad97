import { Prisma } from '@prisma/client/extension'
import type { InputRow } from '../../lib/bulk/context.js'
import type { BulkReport } from '../../lib/bulk/report.js'
import { uniqueNamed } from '../../lib/bulk/selector.js'
import type { BulkStore } from '../../lib/bulk/store.js'
import type { UpdateItem, UpdateOptions } from '../../lib/bulk/update.js'
import { CommonsError } from '../../lib/errors.js'
import type { Model, Registry } from '../../lib/model/registry.js'
import type { ClientLike } from '../client-like.js'
import { createStore, type StoreConfig } from '../store.js'
import type { BulkMethods } from './methods.js'
import { planRows, type Reader } from './rows.js'
import type { SchemaFacts } from './types.js'

/** What a call works with: the caller's client (or transaction), and the model it was made on. */
interface Call {
  readonly model: Model
  readonly store: BulkStore
  readonly reader: Reader
}

/** What every method takes, once the compiler has checked a caller's types. */
interface Arguments {
  readonly data?: unknown
  readonly where?: unknown
  readonly on?: string
  readonly update?: readonly string[]
  readonly onDuplicate?: 'error' | 'first' | 'last'
  readonly skipDuplicates?: boolean
  readonly select?: unknown
}

/**
 * The bulk methods of every model. Each takes part in the transaction of the client it is called on; a call that
 * needs one statement opens none, several chunks share one of their own.
 */
export function bulkMethods<F extends SchemaFacts> (registryOf: (client: ClientLike) => Registry, config: StoreConfig): BulkMethods<F> {
  const callOf = (self: unknown): Call => {
    const context = Prisma.getExtensionContext(self) as unknown as Reader & { $name: string, $parent: ClientLike }
    const registry = registryOf(context.$parent)
    return { model: registry.model(context.$name), store: createStore(context.$parent, registry, config), reader: context }
  }

  const update = async (self: unknown, { data, select }: Arguments, mode: UpdateOptions['mode']): Promise<BulkReport> => {
    const { model, store, reader } = callOf(self)
    const { wanted, finish } = planRows(model, select, reader, config.chunkRows)
    return finish(await store.update(model, listOf<UpdateItem>(data, 'data'), { mode, unmatched: 'report', rows: wanted }) as BulkReport<InputRow>)
  }

  const methods = {
    async bulkCreate (this: unknown, { data, skipDuplicates = false, select }: Arguments): Promise<BulkReport> {
      const { model, store, reader } = callOf(this)
      const { wanted, finish } = planRows(model, select, reader, config.chunkRows)
      return finish(await store.create(model, listOf<InputRow>(data, 'data'), { skipDuplicates, rows: wanted }) as BulkReport<InputRow>)
    },

    async bulkUpsert (this: unknown, { data, on: name = '', update, onDuplicate = 'error', select }: Arguments): Promise<BulkReport> {
      const { model, store, reader } = callOf(this)
      const { wanted, finish } = planRows(model, select, reader, config.chunkRows)
      const on = uniqueNamed(model, name)
      return finish(await store.upsert(model, listOf<InputRow>(data, 'data'), { on, update, onDuplicate, expected: null, rows: wanted }) as BulkReport<InputRow>)
    },

    async bulkUpdate (this: unknown, args: Arguments): Promise<BulkReport> {
      return await update(this, args, 'sparse')
    },

    async bulkReplace (this: unknown, args: Arguments): Promise<BulkReport> {
      return await update(this, args, 'replace')
    },

    async bulkDelete (this: unknown, { where, select }: Arguments): Promise<BulkReport> {
      const { model, store } = callOf(this)
      const { wanted, finish } = planRows(model, select, null, config.chunkRows)
      return finish(await store.delete(model, listOf<InputRow>(where, 'where'), { rows: wanted }) as BulkReport<InputRow>)
    }
  }
  // The interfaces say for each model what these functions take and give, which they themselves find in the metadata.
  return methods as { readonly [Name in keyof typeof methods]: unknown } as BulkMethods<F>
}

function listOf<T> (value: unknown, name: string): readonly T[] {
  if (!Array.isArray(value)) throw new CommonsError('validation_failed', { message: `${name} takes a list` })
  return value
}
