import { answer } from '../sql/dialect.js'
import type { SqlRow, SqlRunner } from '../sql/runner.js'
import { chunksOf, writeChunks, type Chunk } from './chunk.js'
import type { BulkContext, InputRow } from './context.js'
import { diagnosed, keyColumns } from './diagnose.js'
import { Faults } from './faults.js'
import { keyOrder, keyTexts, repeatedKeys } from './keys.js'
import { Tally, type BulkReport, type RowRequest } from './report.js'
import { readSelectors } from './selector.js'

export interface DeleteOptions {
  readonly rows: RowRequest | null
}

/** Deletes rows by key. A key that stands twice counts once; keys without a row are reported. */
export async function deleteRows (context: BulkContext, selectors: readonly InputRow[], options: DeleteOptions): Promise<BulkReport> {
  const { dialect, model } = context
  const faults = new Faults()
  const { unique, rows } = readSelectors(context, selectors, faults)
  const returning = options.rows?.fields ?? null
  const decode = options.rows === null ? null : dialect.decoder(model, options.rows.fields, options.rows.form, context.factories)
  const texts = keyTexts(context, unique, rows)
  const again = new Set(repeatedKeys(texts).flatMap(group => group.slice(1)))
  const distinct = keyOrder(texts, [...rows.keys()].filter(index => !again.has(index)))
  const prepare = (chunk: Chunk): PreparedDelete => ({ chunk, keys: keyColumns(context, chunk, unique.fields, faults) })
  const write = async ({ chunk, keys }: PreparedDelete, runner: SqlRunner): Promise<{ chunk: Chunk, answers: readonly SqlRow[] }> => {
    return { chunk, answers: await runner.query(dialect.delete({ model, keys, where: unique.where, returning })) }
  }
  const results = await diagnosed(context, { rows, own: { unique, rows } }, () =>
    writeChunks(context, chunksOf(rows, context.chunkRows, distinct), faults, { prepare, write }))

  const tally = new Tally(options.rows !== null)
  for (const { chunk, answers } of results) {
    const answered = new Set(answers.map(row => chunk.indexes[Number(row[answer.ord]) - 1]!))
    // Counts only: the answer lists the items without a row; otherwise it lists the deleted rows.
    const missing = decode === null ? [...answered] : chunk.indexes.filter(index => !answered.has(index))
    tally.deleted += chunk.indexes.length - missing.length
    for (const index of missing) tally.missing.push({ index, where: selectors[index]! })
    if (decode !== null) for (const row of answers) tally.place(chunk.indexes[Number(row[answer.ord]) - 1]!, decode(row))
  }
  return tally.report()
}

interface PreparedDelete {
  readonly chunk: Chunk
  readonly keys: ReturnType<typeof keyColumns>
}
