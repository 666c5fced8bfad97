import type { InputRow } from '../../../lib/store/core/write-context.js'
import type { DeleteOptions } from '../../../lib/store/write/keyed-job.js'
import type { BulkReport } from '../../../lib/store/core/report.js'
import { withoutIndex } from '../../../lib/error-places.js'
import { BulkError, CommonsError } from '../../../lib/errors.js'
import type { BulkCall, ReadCall, RowsLeft } from './bulk-call.js'
import { checkArguments } from './check-arguments.js'

// What the methods take once `checkArguments` has looked at them; the compiler checks a caller by the interfaces.

interface OneArguments {
  readonly where: InputRow
  readonly select?: unknown
}

interface ManyArguments {
  readonly where: readonly InputRow[]
  readonly unmatched?: NonNullable<DeleteOptions['unmatched']>
  readonly select?: unknown
}

interface PurgeArguments {
  readonly olderThan: Date | number
  readonly limit?: number
}

type Change = 'softDelete' | 'restore'

const left: Readonly<Record<Change, RowsLeft>> = { softDelete: 'marked', restore: 'live' }

/**
 * The methods of models whose rows can be soft-deleted. Other models have them too while they run, and say what
 * they lack.
 */
export function softDeleteMethods (callOf: ReadCall, clock: () => Date) {
  const many = async (
    { model, store, answer }: BulkCall,
    method: string,
    change: Change,
    args: ManyArguments
  ): Promise<BulkReport> => {
    checkArguments(model, method, args, ['where', 'unmatched'])
    const { where, unmatched = 'report', select } = args
    return await answer(select, left[change], rows => store[change](model, where, { rows, unmatched }))
  }
  const one = async ({ model, store, answer }: BulkCall, change: Change, args: OneArguments): Promise<unknown> => {
    checkArguments(model, change, args, ['selector'])
    const { where, select = true } = args
    try {
      const { rows } = await answer(select, left[change], rows =>
        store[change](model, [where], { rows, unmatched: 'error' })
      )
      // Read after the write, for a relation or a computed field, it may be gone.
      if (rows?.[0] === undefined) {
        throw new CommonsError('object_not_found', { params: { model: model.name }, message: `No such ${model.name}` })
      }
      return rows[0]
    } catch (error) {
      throw error instanceof BulkError ? withoutIndex(error) : error
    }
  }
  return {
    async softDelete (this: unknown, args: OneArguments): Promise<unknown> {
      return await one(callOf(this), 'softDelete', args)
    },

    async bulkSoftDelete (this: unknown, args: ManyArguments): Promise<BulkReport> {
      return await many(callOf(this), 'bulkSoftDelete', 'softDelete', args)
    },

    async restore (this: unknown, args: OneArguments): Promise<unknown> {
      return await one(callOf(this), 'restore', args)
    },

    async bulkRestore (this: unknown, args: ManyArguments): Promise<BulkReport> {
      return await many(callOf(this), 'bulkRestore', 'restore', args)
    },

    async purge (this: unknown, args: PurgeArguments): Promise<BulkReport> {
      const { model, store } = callOf(this)
      checkArguments(model, 'purge', args, ['olderThan', 'limit'], false)
      const { olderThan, limit } = args
      const before = typeof olderThan === 'number' ? new Date(clock().getTime() - olderThan) : olderThan
      return await store.purge(model, limit === undefined ? { before } : { before, limit })
    }
  }
}
