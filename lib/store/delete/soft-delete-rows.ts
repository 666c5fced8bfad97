import type { WriteColumn } from '../../sql/port/statement-parts.js'
import { chunksOf, type Chunk } from '../core/chunk.js'
import { keyColumns } from '../core/columns.js'
import { distinctItems, writeKeyed } from '../write/write-by-key.js'
import { type KeyedJob, type KeyedPlan, type KeyedResult } from '../write/keyed-job.js'
import { statementLock } from '../core/lock-order.js'
import { touches } from '../core/stamps.js'
import { expectedVersions } from '../core/versions.js'

/** How the soft-delete stamps of rows change, and what follows from it. */
export interface MarkChange extends Pick<KeyedPlan, 'itemErrors' | 'returning' | 'unmatched' | 'follow'> {
  readonly columnsOf: (chunk: Chunk) => readonly WriteColumn[]
}

/** Soft-deletes rows by key, or restores them; their versions are counted, and they are stamped as changed. */
export async function writeMarks (job: KeyedJob, { columnsOf, ...plan }: MarkChange): Promise<readonly KeyedResult[]> {
  const { context, selection, expected } = job
  const { dialect, model } = context
  const { itemErrors, returning } = plan
  return await writeKeyed(job, {
    ...plan,
    chunks: chunksOf(selection.rows, context.chunkRows, distinctItems(job, itemErrors)),
    // The items name no values: a constraint that refuses them is about those that their rows hold.
    values: selection.rows.map(() => ({})),
    statementOf: chunk =>
      dialect.update({
        model,
        rows: chunk.rows.length,
        keys: keyColumns(context, chunk, selection.unique.fields, itemErrors),
        where: selection.where,
        columns: columnsOf(chunk),
        touch: touches(context),
        expected: expectedVersions(context, chunk, index => expected?.[index], itemErrors),
        returning,
        ...statementLock(model, chunk)
      })
  })
}
