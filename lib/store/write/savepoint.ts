import type { Model } from '../../model/registry.js'
import type { WriteContext } from '../core/write-context.js'
import { retried } from './retried.js'

/**
 * Runs `work`, where it is wanted in a transaction of its own, inside one of the caller in a savepoint: then its
 * failure leaves nothing behind, and it is run again after a deadlock or a race.
 */
export async function inSavepoint<T> (
  context: WriteContext,
  isWanted: boolean,
  work: (context: WriteContext) => Promise<T>
): Promise<T> {
  if (!isWanted) return await work(context)
  return await retried(
    context.retryTimeout,
    async isContended => {
      return await context.runner.transaction(
        async runner =>
          await work({ ...context, runner, isUndone: true, isContended: isContended || context.isContended === true })
      )
    },
    contendedModel(context),
    context.isAbandoned
  )
}

/** The model whose contention counts; null inside a transaction, which holds other locks already. */
export function contendedModel ({ model, runner }: WriteContext): Model | null {
  return runner.inTransaction ? null : model
}
