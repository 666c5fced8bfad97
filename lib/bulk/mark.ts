import type { Returning, UpdateWrite, WriteColumn } from '../sql/dialect.js'
import { chunksOf, writeChunks, type Chunk } from './chunk.js'
import type { BulkContext } from './context.js'
import { diagnosed, keyColumns } from './diagnose.js'
import type { Faults } from './faults.js'
import { distinctItems, failUnmatched, writeKeyed, type KeyedJob, type KeyedResult } from './keyed.js'
import { touches } from './stamps.js'
import { expectedVersions } from './versions.js'

/** How the marks of rows change, and what has to follow in the same transaction. */
export interface MarkChange {
  readonly unmatched: 'report' | 'error'
  readonly columnsOf: (chunk: Chunk) => readonly WriteColumn[]
  readonly returning: Returning
  /** Null where nothing follows: then a single statement needs no transaction. */
  readonly follow: ((context: BulkContext, results: readonly KeyedResult[]) => Promise<void>) | null
}

/** Writes the marks of rows by key, or takes them away; their versions are counted, and they are stamped as changed. */
export async function writeMarks (job: KeyedJob, faults: Faults, { unmatched, columnsOf, returning, follow }: MarkChange): Promise<readonly KeyedResult[]> {
  const { context, selection, expected } = job
  const { dialect, model } = context
  const prepare = (chunk: Chunk): { readonly chunk: Chunk, readonly write: UpdateWrite } => ({
    chunk,
    write: {
      model,
      rows: chunk.rows.length,
      keys: keyColumns(context, chunk, selection.unique.fields, faults),
      where: selection.where,
      columns: columnsOf(chunk),
      touch: touches(context),
      expected: expectedVersions(context, chunk, index => expected?.[index], faults),
      returning
    }
  })
  // The items name no values: a constraint that refuses them is about those that their rows hold.
  const rows = selection.rows.map(() => ({}))
  return await diagnosed(context, { rows, own: selection }, () => writeChunks(context, chunksOf(selection.rows, context.chunkRows, distinctItems(job, faults)), faults, {
    prepare,
    write: ({ chunk, write }, runner) => writeKeyed(job, runner, chunk, dialect.update(write), returning),
    mayUndo: () => follow !== null || unmatched === 'error',
    settle: async (results, runner) => {
      if (unmatched === 'error') failUnmatched(job, results)
      await follow?.({ ...context, runner }, results)
    }
  }))
}
