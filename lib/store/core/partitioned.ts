import type { Model } from '../../model/registry.js'
import { answer } from '../../sql/port/answer.js'
import type { SqlRow } from '../../sql/port/runner.js'

/** Model → whether its table is partitioned, as the first upsert that wrote a row has told. */
const known = new WeakMap<Model, boolean>()

export function isPartitioned (model: Model): boolean | undefined {
  return known.get(model)
}

/** Keeps what the answer of an upsert says about the table. */
export function notePartitioned (model: Model, row: SqlRow | undefined): void {
  const partitioned = row?.[answer.partitioned]
  if (typeof partitioned === 'boolean') known.set(model, partitioned)
}
