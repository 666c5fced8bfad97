import { contextOf } from '../../../lib/store/session.js'
import type { InputRow } from '../../../lib/store/core/write-context.js'
import { withSlugs } from '../../../lib/store/slug/slugs.js'
import type { Model } from '../../../lib/model/registry.js'
import { mapError } from '../../binding/map-error.js'
import { sessionOf } from '../../binding/store.js'
import type { Call } from '../query/calls.js'
import type { Below } from '../query/delegates.js'
import { inTransaction } from '../query/in-transaction.js'

/** A new row that lacks a slug, anywhere in a write of Prisma's; the slug is put into it before the write runs. */
export interface Unnamed {
  readonly model: Model
  readonly row: Record<string, unknown>
}

/**
 * Runs a write once its rows have their slugs, by one query a model, and again when another writer takes one of them
 * meanwhile. In a transaction of the caller's each attempt has a savepoint: a failed one would end it.
 */
export async function withMissingSlugs (
  call: Call,
  unnamed: readonly Unnamed[],
  write: (client: Below) => PromiseLike<unknown>
): Promise<unknown> {
  const {
    client,
    suite: { config, registry }
  } = call
  const models = [...new Set(unnamed.map(({ model }) => model))]
  const errorOf = (error: unknown): ReturnType<typeof mapError> => mapError(error, registry)
  const attempt = async (): Promise<unknown> =>
    client.$connect === undefined ? inTransaction(call, write) : write(client)
  const filled = async (left: readonly Model[]): Promise<unknown> => {
    const [model, ...others] = left
    if (model === undefined) return attempt()
    const rows = unnamed.filter(one => one.model === model).map(({ row }) => row)
    const fill = async (named: readonly InputRow[]): Promise<unknown> => {
      for (const { field } of model.meta.features.slug ?? []) {
        rows.forEach((row, i) => {
          row[field] = named[i]?.[field]
        })
      }
      return filled(others)
    }
    return withSlugs(
      contextOf(sessionOf(client, registry, config), model),
      rows.map(row => ({ ...row })),
      fill,
      { errorOf }
    )
  }
  return filled(models)
}
