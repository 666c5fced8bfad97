import type { DeleteWrite } from '../sql/dialect.js'
import { chunksOf, writeChunks, type Chunk } from './chunk.js'
import type { BulkContext, InputRow } from './context.js'
import { diagnosed, keyColumns } from './diagnose.js'
import { Faults } from './faults.js'
import { distinctItems, failUnmatched, tallyKeyed, writeKeyed, type KeyedJob, type KeyedResult } from './keyed.js'
import { Tally, type BulkReport, type RowRequest } from './report.js'
import { readSelectors } from './selector.js'
import { markRows } from './soft-delete.js'
import { expectedVersions, type Version } from './versions.js'

export interface DeleteOptions {
  readonly rows: RowRequest | null
  /** The version each item expects, by its index; undefined takes any. */
  readonly expected?: readonly Version[] | null
  /** `report` (default): items without a row, or with another version, are reported. `error`: they fail the whole batch. */
  readonly unmatched?: 'report' | 'error'
}

/**
 * Deletes rows by key; on models with soft deletion they are marked, and rows that were marked before are not there.
 * A key that stands twice counts once; keys without a row are reported.
 */
export async function deleteRows (context: BulkContext, selectors: readonly InputRow[], options: DeleteOptions): Promise<BulkReport> {
  const isMarked = context.model.meta.features.softDelete !== undefined
  return isMarked ? await markRows(context, selectors, options, 'missing') : await removeRows(context, selectors, options)
}

async function removeRows (context: BulkContext, selectors: readonly InputRow[], { rows, expected = null, unmatched }: DeleteOptions): Promise<BulkReport> {
  const { dialect, model } = context
  const faults = new Faults()
  const selection = readSelectors(context, selectors, faults)
  const job: KeyedJob = { context, selection, selectors, expected, rows, known: selection.where, idle: 'missing' }
  const prepare = (chunk: Chunk): PreparedDelete => ({
    chunk,
    write: {
      model,
      rows: chunk.rows.length,
      keys: keyColumns(context, chunk, selection.unique.fields, faults),
      where: selection.where,
      expected: expectedVersions(context, chunk, index => expected?.[index], faults),
      returning: rows?.fields ?? null
    }
  })
  const chunks = chunksOf(selection.rows, context.chunkRows, distinctItems(job, faults))
  const results = await diagnosed(context, { rows: selection.rows, own: selection }, () => writeChunks(context, chunks, faults, {
    prepare,
    write: ({ chunk, write }, runner) => writeKeyed(job, runner, chunk, dialect.delete(write), write.returning),
    ...(unmatched === 'error' ? { mayUndo: () => true, settle: (results: readonly KeyedResult[]) => failUnmatched(job, results) } : {})
  }))
  const tally = new Tally(rows !== null)
  tallyKeyed(tally, results, 'deleted')
  return tally.report()
}

interface PreparedDelete {
  readonly chunk: Chunk
  readonly write: DeleteWrite
}
