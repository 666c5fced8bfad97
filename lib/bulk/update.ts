import { answer, type Fallback, type UpdateWrite } from '../sql/dialect.js'
import type { SqlRow } from '../sql/runner.js'
import { chunksOf, partOf, writeChunks, type Chunk } from './chunk.js'
import { columnOf, isRow, ownRow, readFields } from './columns.js'
import type { BulkContext, InputRow } from './context.js'
import { diagnosed, keyColumns } from './diagnose.js'
import { Faults } from './faults.js'
import { keyParams, reportRepeated, rowKeys, sortByKey } from './keys.js'
import { replaceFallback } from './replace.js'
import { Tally, type BulkReport, type RowRequest } from './report.js'
import { readSelectors, type Selection } from './selector.js'
import { touches } from './stamps.js'
import { expectedVersions, type Version } from './versions.js'

export interface UpdateItem {
  readonly where: InputRow
  readonly data: InputRow
  /** Version the row must have. */
  readonly version?: Version
}

export interface UpdateOptions {
  /** `sparse`: a field that an item does not name keeps its value. `replace`: an optional one goes to its default. */
  readonly mode: 'sparse' | 'replace'
  /** `report`: items without a row, or with another version, are reported. `error`: they fail the whole batch. */
  readonly unmatched: 'report' | 'error'
  readonly rows: RowRequest | null
}

/** Updates rows by key, each with its own values. */
export async function updateRows (context: BulkContext, items: readonly UpdateItem[], options: UpdateOptions): Promise<BulkReport> {
  const faults = new Faults()
  const data = items.map(item => ownRow(item?.data))
  const selection = readSelectors(context, items.map(item => item?.where), faults)
  const { order, repeated } = sortByKey(rowKeys(context, selection.unique, selection.rows))
  reportRepeated(selection.unique, repeated, faults)
  const job: UpdateJob = { context, items, selection, options }
  const chunks = chunksOf(data, context.chunkRows, order)
  const results = await diagnosed(context, { rows: data, own: selection }, () => writeChunks(context, chunks, faults, {
    prepare: chunk => prepareUpdate(job, chunk, faults),
    write: (prepared, runner) => writeUpdate({ ...job, context: { ...context, runner } }, prepared),
    ...(options.unmatched === 'report' ? {} : { mayUndo: () => true, settle: (results: readonly UpdateResult[]) => failUnmatched(job, results) })
  }))
  const tally = new Tally(options.rows !== null)
  for (const result of results) {
    tally.updated += result.updated
    tally.unchanged += result.unchanged
    tally.missing.push(...result.missing)
    tally.conflicts.push(...result.conflicts)
    for (const [index, row] of result.rows) tally.place(index, row)
  }
  return tally.report()
}

interface UpdateJob {
  readonly context: BulkContext
  readonly items: readonly UpdateItem[]
  readonly selection: Selection
  readonly options: UpdateOptions
}

interface PreparedUpdate {
  readonly chunk: Chunk
  /** Null when the items name nothing to write. */
  readonly write: UpdateWrite | null
}

function prepareUpdate ({ context, items, selection, options }: UpdateJob, chunk: Chunk, faults: Faults): PreparedUpdate {
  const { model } = context
  const found = readFields(context, chunk, faults)
  const columns = model.meta.fields.flatMap(field => {
    // The version is counted, never set.
    if (field.name === model.meta.features.version?.field) return []
    const values = found.get(field.name)
    const fallback: Fallback | null = options.mode === 'replace' ? replaceFallback(context, selection.unique, field) : { kind: 'keep' }
    if (fallback === null) {
      chunk.rows.forEach((row, i) => { if (isRow(row) && values?.values[i] === undefined) faults.add('required', chunk.indexes[i]!, field.name) })
    }
    if (values === undefined && (fallback?.kind ?? 'keep') === 'keep') return []
    return [columnOf(context, chunk, field, values, fallback ?? { kind: 'keep' }, faults)]
  })
  const write: UpdateWrite = {
    model,
    rows: chunk.rows.length,
    keys: keyColumns(context, selected(selection, chunk), selection.unique.fields, faults),
    where: selection.unique.where,
    columns,
    touch: touches(context),
    expected: expectedVersions(context, chunk, index => items[index]?.version, faults),
    returning: options.rows?.fields ?? null
  }
  return { chunk, write: columns.length === 0 ? null : write }
}

/** The chunk as the keys that select its rows. */
function selected ({ rows }: Selection, { indexes }: Chunk): Chunk {
  return { indexes, rows: indexes.map(index => rows[index]!) }
}

interface UpdateResult extends Pick<BulkReport, 'updated' | 'unchanged' | 'missing' | 'conflicts'> {
  readonly rows: ReadonlyMap<number, unknown>
}

async function writeUpdate (job: UpdateJob, { chunk, write }: PreparedUpdate): Promise<UpdateResult> {
  const { context: { dialect, runner } } = job
  const rows = new Map<number, unknown>()
  const answers = write === null ? [] : await runner.query(dialect.update(write))
  const answered = new Set(answers.map(row => Number(row[answer.ord]) - 1))
  // Without rows the answer lists the items that were not written; otherwise those that were.
  const isLeft = (position: number): boolean => write === null || answered.has(position) === (write.returning === null)
  const left = partOf(chunk, isLeft)
  if (write?.returning !== null) keep(job, chunk, answers, rows)
  const updated = chunk.rows.length - left.rows.length
  return left.rows.length === 0 ? { updated, unchanged: 0, missing: [], conflicts: [], rows } : { updated, ...await explainUnwritten(job, left, rows) }
}

/** Tells items that were unchanged from those without a row and those with another version. */
async function explainUnwritten (job: UpdateJob, chunk: Chunk, rows: Map<number, unknown>): Promise<Omit<UpdateResult, 'updated'>> {
  const { context, items, selection, options } = job
  const { dialect, model, runner } = context
  const version = model.meta.features.version
  const keys = keyColumns(context, selected(selection, chunk), selection.unique.fields, new Faults())
  const wanted = new Set([...options.rows?.fields ?? [], ...version === undefined ? [] : [model.ownField(version.field)]])
  const found = await runner.query(dialect.find({ model, keys, where: selection.unique.where, returning: [...wanted] }))
  const present = new Map(found.map(row => [chunk.indexes[Number(row[answer.ord]) - 1]!, row]))
  const missing = chunk.indexes.filter(index => !present.has(index)).map(index => ({ index, where: items[index]!.where }))
  const conflicts = [...present].flatMap(([index, row]) => {
    const { where, version: expected } = items[index]!
    const current = version === undefined ? undefined : row[version.field]
    return expected === undefined || current === expected ? [] : [{ index, where, expected, current: Number(current) }]
  })
  const refused = new Set(conflicts.map(conflict => conflict.index))
  keep(job, chunk, found.filter(row => !refused.has(chunk.indexes[Number(row[answer.ord]) - 1]!)), rows)
  return { unchanged: present.size - conflicts.length, missing, conflicts, rows }
}

function failUnmatched ({ context: { model }, selection: { unique, rows } }: UpdateJob, results: readonly UpdateResult[]): void {
  const faults = new Faults()
  for (const { missing, conflicts } of results) {
    for (const { index } of missing) faults.add('object_not_found', index, unique.fields.length === 1 ? unique.fields[0] : undefined, keyParams(model, unique, rows[index]!))
    for (const { index, expected, current } of conflicts) faults.add('version_conflict', index, model.meta.features.version?.field, { expected, current })
  }
  faults.throwIfAny()
}

function keep ({ context, options }: UpdateJob, chunk: Chunk, answers: readonly SqlRow[], rows: Map<number, unknown>): void {
  if (options.rows === null) return
  const decode = context.dialect.decoder(context.model, options.rows.fields, options.rows.form, context.factories)
  for (const row of answers) rows.set(chunk.indexes[Number(row[answer.ord]) - 1]!, decode(row))
}
