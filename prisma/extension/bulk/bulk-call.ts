import { Prisma } from '@prisma/client/extension'
import type { InputRow } from '../../../lib/store/core/write-context.js'
import type { BulkReport, RowRequest } from '../../../lib/store/core/report.js'
import type { ModelStore } from '../../../lib/store/model-store.js'
import type { Model, Registry } from '../../../lib/model/registry.js'
import type { ClientLike } from '../../binding/client-like.js'
import { createStore, type StoreConfig } from '../../binding/store.js'
import { planRows, type Reader } from './rows.js'

/**
 * What the rows of a call are once it has done its work: seen by any reading, by one that asks for them, or by none.
 */
export type RowsLeft = 'live' | 'marked' | 'gone'

/** What a call works with: the caller's client (or transaction), and the model it was made on. */
export interface BulkCall {
  readonly model: Model
  readonly store: ModelStore
  /** Runs `work` and adds to its report the rows that `select` asks for. */
  readonly answer: (
    select: unknown,
    left: RowsLeft,
    work: (rows: RowRequest | null) => Promise<BulkReport>
  ) => Promise<BulkReport>
}

/** What becomes of decimals with more digits behind the point than their column keeps. */
export type Decimals = 'exact' | 'round'

/** Reads a call from the `this` of a method that the extension has put on a model. */
export type ReadCall = (self: unknown, decimals?: Decimals) => BulkCall

export function bulkCalls (registryOf: (client: ClientLike) => Registry, config: StoreConfig): ReadCall {
  return (self, decimals = 'exact') => {
    const context = Prisma.getExtensionContext(self) as unknown as Reader & {
      readonly $name: string
      readonly $parent: ClientLike
    }
    const registry = registryOf(context.$parent)
    const model = registry.model(context.$name)
    const readers: Readonly<Record<RowsLeft, Reader | null>> = {
      live: context,
      marked: { findMany: args => context.findMany({ ...args, deleted: 'include' }) },
      gone: null
    }
    return {
      model,
      store: createStore(context.$parent, registry, { ...config, exactDecimals: decimals === 'exact' }),
      async answer (select, left, work) {
        const { wanted, finish } = await planRows(model, select, readers[left], config.chunkRows)
        return await finish((await work(wanted)) as BulkReport<InputRow>)
      }
    }
  }
}
