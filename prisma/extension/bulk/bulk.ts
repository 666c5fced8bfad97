import type { InputRow } from '../../../lib/store/core/write-context.js'
import type { DeleteOptions } from '../../../lib/store/write/keyed-job.js'
import type { BulkReport } from '../../../lib/store/core/report.js'
import { uniqueNamed } from '../../../lib/store/core/selector.js'
import type { UpdateItem, UpdateOptions } from '../../../lib/store/write/update.js'
import type { Registry } from '../../../lib/model/registry.js'
import type { ClientLike } from '../../binding/client-like.js'
import type { StoreConfig } from '../../binding/store.js'
import { bulkCalls, type Decimals } from './bulk-call.js'
import { checkArguments } from './check-arguments.js'
import type { BulkMethods } from '../types/methods.js'
import { softDeleteMethods } from './soft-delete.js'
import type { SchemaFacts } from '../types/report-types.js'

// What the methods take once `checkArguments` has looked at them; the compiler checks a caller by the interfaces.

interface Selecting {
  readonly select?: unknown
}

interface Writing extends Selecting {
  readonly decimals?: Decimals
}

interface CreateArguments extends Writing {
  readonly data: readonly InputRow[]
  readonly skipDuplicates?: boolean
}

interface UpsertArguments extends Writing {
  readonly data: readonly InputRow[]
  readonly on: string
  readonly update?: readonly string[]
  readonly onDuplicate?: 'error' | 'first' | 'last'
}

interface UpdateArguments extends Writing {
  readonly data: readonly UpdateItem[]
  readonly unmatched?: UpdateOptions['unmatched']
}

interface DeleteArguments extends Selecting {
  readonly where: readonly InputRow[]
  readonly unmatched?: NonNullable<DeleteOptions['unmatched']>
}

/**
 * The bulk methods of every model. Each takes part in the transaction of the client it is called on; a call that
 * needs one statement opens none, several chunks share one of their own.
 */
export function bulkMethods<F extends SchemaFacts> (
  registryOf: (client: ClientLike) => Registry,
  config: StoreConfig
): BulkMethods<F> {
  const callOf = bulkCalls(registryOf, config)
  const update = async (
    self: unknown,
    method: string,
    args: UpdateArguments,
    mode: UpdateOptions['mode']
  ): Promise<BulkReport> => {
    const { model, store, answer } = callOf(self, args?.decimals)
    checkArguments(model, method, args, ['data', 'unmatched', 'decimals'])
    const { data, unmatched = 'report' } = args
    return await answer(args.select, 'live', rows => store.update(model, data, { mode, unmatched, rows }))
  }

  const methods = {
    async bulkCreate (this: unknown, args: CreateArguments): Promise<BulkReport> {
      const { model, store, answer } = callOf(this, args?.decimals)
      checkArguments(model, 'bulkCreate', args, ['data', 'skipDuplicates', 'decimals'])
      const { data, skipDuplicates = false } = args
      return await answer(args.select, 'live', rows => store.create(model, data, { skipDuplicates, rows }))
    },

    async bulkUpsert (this: unknown, args: UpsertArguments): Promise<BulkReport> {
      const { model, store, answer } = callOf(this, args?.decimals)
      checkArguments(model, 'bulkUpsert', args, ['data', 'on', 'update', 'onDuplicate', 'decimals'])
      const { data, update, onDuplicate = 'error' } = args
      const on = uniqueNamed(model, args.on)
      return await answer(args.select, 'live', rows =>
        store.upsert(model, data, { on, update, onDuplicate, expected: null, rows })
      )
    },

    async bulkUpdate (this: unknown, args: UpdateArguments): Promise<BulkReport> {
      return await update(this, 'bulkUpdate', args, 'sparse')
    },

    async bulkReplace (this: unknown, args: UpdateArguments): Promise<BulkReport> {
      return await update(this, 'bulkReplace', args, 'replace')
    },

    async bulkDelete (this: unknown, args: DeleteArguments): Promise<BulkReport> {
      const { model, store, answer } = callOf(this)
      checkArguments(model, 'bulkDelete', args, ['where', 'unmatched'])
      const { where, unmatched = 'report' } = args
      return await answer(args.select, 'gone', rows => store.delete(model, where, { unmatched, rows }))
    },

    // Typed on the models alone that have the feature; elsewhere a call says what the model lacks.
    ...softDeleteMethods(callOf, config.clock)
  }
  // The interfaces say for each model what these functions take and give, which they themselves find in the metadata.
  return methods as { readonly [Name in keyof typeof methods]: unknown } as BulkMethods<F>
}
