import { answer } from '../../sql/port/answer.js'
import type { SqlRow } from '../../sql/port/runner.js'
import type { Chunk } from '../core/chunk.js'
import type { WriteContext } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import type { PreparedUpsert, UpsertOptions } from './prepare-upsert.js'
import type { ItemOutcome } from '../core/report.js'

/** What an upsert came to. */
export interface UpsertResult {
  created: number
  updated: number
  unchanged: number
  readonly rows: Map<number, unknown>
  /** What became of each item; empty where nobody asks. */
  readonly outcomes: ReadonlyMap<number, ItemOutcome>
  /** Items that cannot be written as the rows are. */
  readonly refused: ItemErrors
}

export interface UpsertWork {
  readonly context: WriteContext
  readonly options: UpsertOptions
  /** Items that are not to be inserted. */
  readonly existing: Set<number>
  readonly prepare: (chunk: Chunk) => PreparedUpsert
}

export function place (
  { context, options }: UpsertWork,
  chunk: Chunk,
  answers: readonly SqlRow[],
  result: UpsertResult
): void {
  if (options.rows === null) return
  const decode = context.dialect.decoder(context.model, options.rows.fields, options.rows.form, context.factories)
  for (const row of answers) result.rows.set(chunk.indexes[Number(row[answer.ord]) - 1]!, decode(row))
}

export function add (a: UpsertResult, b: UpsertResult): UpsertResult {
  const refused = new ItemErrors()
  refused.include(a.refused)
  refused.include(b.refused)
  return {
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    rows: new Map([...a.rows, ...b.rows]),
    outcomes: new Map([...a.outcomes, ...b.outcomes]),
    refused
  }
}
