import { answer } from '../../sql/port/answer.js'
import type { WriteColumn } from '../../sql/port/statement-parts.js'
import type { SqlRow, SqlRunner } from '../../sql/port/runner.js'
import type { Chunk } from '../core/chunk.js'
import { ownRow, readFields } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { diagnosed } from './explain-constraint.js'
import { ItemErrors } from '../core/item-errors.js'
import { insertChunks } from './insert-chunks.js'
import { insertColumns } from './insert-columns.js'
import { reportRepeatedRows } from '../core/keys.js'
import { ReportBuilder, type BulkReport, type ReportOptions } from '../core/report.js'
import { fillUnskipped, isTaken } from './skipped.js'
import { lackingSlugs } from '../slug/slug-fields.js'
import { untilFree, withSlugs } from '../slug/slugs.js'
import { writeChunks } from './write-chunks.js'

export interface CreateOptions extends ReportOptions {
  /** Leave out rows that hit a unique constraint, instead of failing. Default: false. */
  readonly skipDuplicates?: boolean
}

/** Inserts all rows, or none. One statement a chunk, after one that finds the slugs that rows lack. */
export async function createRows (
  context: WriteContext,
  items: readonly InputRow[],
  options: CreateOptions
): Promise<BulkReport> {
  const rows = items.map(ownRow)
  const lacking = lackingSlugs(context, rows)
  const hasGeneratedSlugs = lacking.length > 0
  if (options.skipDuplicates !== true) {
    return await withSlugs(context, rows, filled => insertRows({ context, options, hasGeneratedSlugs, rows: filled }))
  }
  if (lacking.length === 0) return await insertRows({ context, options, hasGeneratedSlugs, rows })
  // ON CONFLICT would leave out a row whose slug another writer takes meanwhile, and numbers of rows that are left out
  // would be lost: what is skipped is found beforehand, by what the rows name.
  return await untilFree(
    context,
    async () => await fillUnskipped(context, rows, lacking),
    async ({ rows, indexes }) =>
      await insertRows({ context, options: { ...options, skipDuplicates: false }, hasGeneratedSlugs, rows, indexes }),
    { isRace: error => isTaken(context, error) }
  )
}

interface Insertion {
  readonly context: WriteContext
  readonly options: CreateOptions
  /** See WrittenItems. */
  readonly hasGeneratedSlugs: boolean
  readonly rows: readonly InputRow[]
  /** The rows to write; default: all. */
  readonly indexes?: readonly number[]
}

async function insertRows ({ context, options, hasGeneratedSlugs, rows, indexes }: Insertion): Promise<BulkReport> {
  const itemErrors = new ItemErrors()
  const { skipDuplicates = false } = options
  if (!skipDuplicates && indexes === undefined) {
    reportRepeatedRows(context, context.model.meta.uniques, rows, itemErrors)
  }
  const prepare = (chunk: Chunk): PreparedInsert => {
    const { columns, incomplete } = insertColumns(context, chunk, readFields(context, chunk, itemErrors), itemErrors)
    incomplete.forEach((fields, i) => fields.forEach(field => itemErrors.add('required', chunk.indexes[i]!, field)))
    return { chunk, columns }
  }
  const { dialect, model } = context
  const builder = new ReportBuilder(options)
  // Which rows were left out, only rows that are given back can tell.
  const returning = options.rows?.fields ?? (options.outcomes === true && skipDuplicates ? [] : null)
  const decode =
    options.rows === null ? null : dialect.decoder(model, options.rows.fields, options.rows.form, context.factories)
  const chunks = insertChunks(context, rows, indexes)
  const write = async (
    { chunk, columns }: PreparedInsert,
    runner: SqlRunner
  ): Promise<{ chunk: Chunk; answers: readonly SqlRow[] }> => {
    const statement = dialect.insert({
      model,
      rows: chunk.rows.length,
      columns,
      skipDuplicates,
      returning
    })
    return { chunk, answers: await runner.query(statement) }
  }
  const results = await diagnosed(context, { rows, own: null, hasGeneratedSlugs }, inner =>
    writeChunks(inner, chunks, itemErrors, { prepare, write, unordered: null })
  )
  for (const { chunk, answers } of results) {
    if (returning === null) {
      if (options.outcomes === true) builder.count('created', chunk.indexes)
      else builder.created += Number(answers[0]![answer.created])
      continue
    }
    const indexes = answers.map(row => chunk.indexes[Number(row[answer.ord]) - 1]!)
    builder.count('created', indexes)
    if (decode !== null) answers.forEach((row, i) => builder.place(indexes[i]!, decode(row)))
  }
  return builder.report()
}

interface PreparedInsert {
  readonly chunk: Chunk
  readonly columns: readonly WriteColumn[]
}
