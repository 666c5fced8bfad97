import { answer, type WriteColumn } from '../sql/dialect.js'
import type { SqlRow, SqlRunner } from '../sql/runner.js'
import { chunksOf, inSavepoint, writeChunks, type Chunk } from './chunk.js'
import { ownRow, readFields } from './columns.js'
import type { BulkContext, InputRow } from './context.js'
import { diagnosed } from './diagnose.js'
import { Faults } from './faults.js'
import { insertColumns } from './insert-columns.js'
import { reportRepeatedRows } from './keys.js'
import { Tally, type BulkReport, type RowRequest } from './report.js'
import { withSlugs } from './slugs.js'

export interface CreateOptions {
  /** Leave out rows that hit a unique set, instead of failing. */
  readonly skipDuplicates: boolean
  readonly rows: RowRequest | null
}

/** Inserts all rows, or none. One statement a chunk. */
export async function createRows (context: BulkContext, items: readonly InputRow[], options: CreateOptions): Promise<BulkReport> {
  const given = items.map(ownRow)
  return await withSlugs(context, given, rows => insertRows(context, rows, options, context.runner.inTransaction && rows !== given))
}

/** @param isUndone whether to write in a savepoint, so that the caller's transaction outlives a failure */
async function insertRows (context: BulkContext, rows: readonly InputRow[], options: CreateOptions, isUndone: boolean): Promise<BulkReport> {
  const faults = new Faults()
  if (!options.skipDuplicates) reportRepeatedRows(context, context.model.meta.uniques, rows, faults)
  const prepare = (chunk: Chunk): PreparedInsert => {
    const { columns, incomplete } = insertColumns(context, chunk, readFields(context, chunk, faults), faults)
    incomplete.forEach((fields, i) => fields.forEach(field => faults.add('required', chunk.indexes[i]!, field)))
    return { chunk, columns }
  }
  const { dialect, model } = context
  const tally = new Tally(options.rows !== null)
  const decode = options.rows === null ? null : dialect.decoder(model, options.rows.fields, options.rows.form, context.factories)
  const chunks = chunksOf(rows, context.chunkRows)
  const write = async ({ chunk, columns }: PreparedInsert, runner: SqlRunner): Promise<{ chunk: Chunk, answers: readonly SqlRow[] }> => {
    const statement = dialect.insert({ model, rows: chunk.rows.length, columns, skipDuplicates: options.skipDuplicates, returning: options.rows?.fields ?? null })
    return { chunk, answers: await runner.query(statement) }
  }
  const results = await diagnosed(context, { rows, own: null, isUndone }, () => inSavepoint(context, isUndone, inner => writeChunks(inner, chunks, faults, { prepare, write })))
  for (const { chunk, answers } of results) {
    if (decode === null) {
      tally.created += Number(answers[0]![answer.created])
      continue
    }
    tally.created += answers.length
    for (const row of answers) tally.place(chunk.indexes[Number(row[answer.ord]) - 1]!, decode(row))
  }
  return tally.report()
}

interface PreparedInsert {
  readonly chunk: Chunk
  readonly columns: readonly WriteColumn[]
}
