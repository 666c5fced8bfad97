import { Prisma } from '@prisma/client/extension'
import type { InputRow } from '../../lib/bulk/context.js'
import type { BulkReport } from '../../lib/bulk/report.js'
import { uniqueNamed } from '../../lib/bulk/selector.js'
import type { BulkStore } from '../../lib/bulk/store.js'
import type { UpdateItem, UpdateOptions } from '../../lib/bulk/update.js'
import type { Model, Registry } from '../../lib/model/registry.js'
import type { ClientLike } from '../client-like.js'
import { createStore, type StoreConfig } from '../store.js'
import { checkArguments } from './check-arguments.js'
import type { BulkMethods } from './methods.js'
import { planRows, type ReadPlan, type Reader } from './rows.js'
import type { SchemaFacts } from './types.js'

/** What a call works with: the caller's client (or transaction), and the model it was made on. */
interface Call {
  readonly model: Model
  readonly store: BulkStore
  readonly reader: Reader
}

// What the methods take once `checkArguments` has looked at them; the compiler checks a caller by the interfaces.

interface Selecting {
  readonly select?: unknown
}

interface CreateArguments extends Selecting {
  readonly data: readonly InputRow[]
  readonly skipDuplicates?: boolean
}

interface UpsertArguments extends Selecting {
  readonly data: readonly InputRow[]
  readonly on: string
  readonly update?: readonly string[]
  readonly onDuplicate?: 'error' | 'first' | 'last'
}

interface UpdateArguments extends Selecting {
  readonly data: readonly UpdateItem[]
}

interface DeleteArguments extends Selecting {
  readonly where: readonly InputRow[]
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
  const rowsOf = (model: Model, { select }: Selecting, reader: Reader | null): Promise<ReadPlan> => planRows(model, select, reader, config.chunkRows)

  const update = async (self: unknown, method: string, args: UpdateArguments, mode: UpdateOptions['mode']): Promise<BulkReport> => {
    const { model, store, reader } = callOf(self)
    checkArguments(model, method, args, ['data'])
    const { wanted, finish } = await rowsOf(model, args, reader)
    return finish(await store.update(model, args.data, { mode, unmatched: 'report', rows: wanted }) as BulkReport<InputRow>)
  }

  const methods = {
    async bulkCreate (this: unknown, args: CreateArguments): Promise<BulkReport> {
      const { model, store, reader } = callOf(this)
      checkArguments(model, 'bulkCreate', args, ['data', 'skipDuplicates'])
      const { wanted, finish } = await rowsOf(model, args, reader)
      return finish(await store.create(model, args.data, { skipDuplicates: args.skipDuplicates ?? false, rows: wanted }) as BulkReport<InputRow>)
    },

    async bulkUpsert (this: unknown, args: UpsertArguments): Promise<BulkReport> {
      const { model, store, reader } = callOf(this)
      checkArguments(model, 'bulkUpsert', args, ['data', 'on', 'update', 'onDuplicate'])
      const { data, update: fields, onDuplicate = 'error' } = args
      const on = uniqueNamed(model, args.on)
      const { wanted, finish } = await rowsOf(model, args, reader)
      return finish(await store.upsert(model, data, { on, update: fields, onDuplicate, expected: null, rows: wanted }) as BulkReport<InputRow>)
    },

    async bulkUpdate (this: unknown, args: UpdateArguments): Promise<BulkReport> {
      return await update(this, 'bulkUpdate', args, 'sparse')
    },

    async bulkReplace (this: unknown, args: UpdateArguments): Promise<BulkReport> {
      return await update(this, 'bulkReplace', args, 'replace')
    },

    async bulkDelete (this: unknown, args: DeleteArguments): Promise<BulkReport> {
      const { model, store } = callOf(this)
      checkArguments(model, 'bulkDelete', args, ['where'])
      const { wanted, finish } = await rowsOf(model, args, null)
      return finish(await store.delete(model, args.where, { rows: wanted }) as BulkReport<InputRow>)
    }
  }
  // The interfaces say for each model what these functions take and give, which they themselves find in the metadata.
  return methods as { readonly [Name in keyof typeof methods]: unknown } as BulkMethods<F>
}
