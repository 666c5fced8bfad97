import { CommonsError } from '../errors.js'
import { answer, type Fallback, type UpdateWrite } from '../sql/dialect.js'
import type { SqlRow } from '../sql/runner.js'
import { chunksOf, writeChunks, type Chunk } from './chunk.js'
import { columnOf, readFields } from './columns.js'
import type { BulkContext, InputRow } from './context.js'
import { diagnosed, keyColumns } from './diagnose.js'
import { Faults } from './faults.js'
import { reportRepeated, rowKeys, sortByKey } from './keys.js'
import { replaceFallback } from './replace.js'
import { Tally, type BulkReport, type RowRequest } from './report.js'
import { readSelectors, type Selection } from './selector.js'
import { touches, updateStamps } from './stamps.js'

export interface UpdateItem {
  readonly where: InputRow
  readonly data: InputRow
  /** Version the row must have; undefined takes any. */
  readonly version?: number | undefined
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
  const data = items.map(item => item?.data)
  const selection = readSelectors(context, items.map(item => item?.where), faults)
  const { order, repeated } = sortByKey(rowKeys(context, selection.unique, selection.rows))
  reportRepeated(selection.unique, repeated, faults)
  const job: UpdateJob = { context, items, selection, options }
  const chunks = chunksOf(data, context.chunkRows, order)
  const results = await diagnosed(context, { rows: data, own: selection }, () => writeChunks(context, chunks, faults, {
    prepare: chunk => prepareUpdate(job, chunk, faults),
    write: (prepared, runner) => writeUpdate({ ...job, context: { ...context, runner } }, prepared),
    mayUndo: () => options.unmatched === 'error'
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
  const { model, dialect } = context
  const found = readFields(context, chunk, faults)
  const stamps = updateStamps(context)
  const written = new Set<string>()
  const columns = model.meta.fields.flatMap(field => {
    const values = found.get(field.name)
    const fallback: Fallback | null = options.mode === 'replace' ? replaceFallback(context, selection.unique, field) : { kind: 'keep' }
    if (fallback === null) {
      values?.values.forEach((value, i) => { if (value === undefined) faults.add('required', chunk.indexes[i]!, field.name) })
      if (values === undefined) chunk.indexes.forEach(index => faults.add('required', index, field.name))
    }
    if (values === undefined && (fallback?.kind ?? 'keep') === 'keep') return []
    written.add(field.name)
    const stamp = stamps.get(field.name)
    const own = stamp === undefined || stamp === 'increment' ? fallback ?? { kind: 'keep' } : { kind: 'bind' as const, value: dialect.encodeValue(model, field, stamp.value) }
    return [columnOf(context, chunk, field, values, own, faults)]
  })
  const keys = keyColumns(context, { ...chunk, rows: chunk.indexes.map(index => selection.rows[index]!) }, selection.unique.fields, faults)
  const versions = chunk.indexes.map(index => items[index]?.version)
  const version = model.meta.features.version
  if (version === undefined && versions.some(value => value !== undefined)) {
    throw new CommonsError('validation_failed', { message: `${model.name} has no version: add "/// @commons.version" to the model` })
  }
  const write: UpdateWrite = {
    model,
    keys,
    where: selection.unique.where,
    columns,
    touch: touches(context, written, (field, value) => dialect.encodeValue(model, field, value)),
    expected: version === undefined || versions.every(value => value === undefined)
      ? null
      : { field: model.ownField(version.field), values: dialect.encode(model, model.ownField(version.field), versions, () => {}) },
    returning: options.rows?.fields ?? (versions.every(value => value === undefined) ? null : [])
  }
  return { chunk, write: columns.length === 0 ? null : write }
}

interface UpdateResult extends Pick<BulkReport, 'missing' | 'conflicts'> {
  readonly updated: number
  readonly unchanged: number
  readonly rows: ReadonlyMap<number, unknown>
}

async function writeUpdate (job: UpdateJob, { chunk, write }: PreparedUpdate): Promise<UpdateResult> {
  const { context: { dialect, runner }, options } = job
  const answers = write === null ? [] : await runner.query(dialect.update(write))
  const rows = new Map<number, unknown>()
  if (write !== null && write.returning === null) {
    const updated = Number(answers[0]![answer.updated])
    return updated === chunk.rows.length
      ? { updated, unchanged: 0, missing: [], conflicts: [], rows }
      : explainUnwritten(job, chunk, updated, rows)
  }
  keep(job, chunk, answers, rows)
  const written = new Set(answers.map(row => Number(row[answer.ord]) - 1))
  const positions = [...chunk.indexes.keys()].filter(i => !written.has(i))
  const left: Chunk = { rows: positions.map(i => chunk.rows[i]!), indexes: positions.map(i => chunk.indexes[i]!) }
  if (left.rows.length === 0) return { updated: written.size, unchanged: 0, missing: [], conflicts: [], rows }
  const result = await explainUnwritten(job, left, 0, rows)
  if (options.unmatched === 'error') failUnmatched(job, result)
  return { ...result, updated: written.size }
}

/** Tells items that were unchanged from those without a row and those with another version. */
async function explainUnwritten (job: UpdateJob, chunk: Chunk, updated: number, rows: Map<number, unknown>): Promise<UpdateResult> {
  const { context: { dialect, model, runner }, items, selection, options } = job
  const version = model.meta.features.version
  const keys = keyColumns(job.context, { ...chunk, rows: chunk.indexes.map(index => selection.rows[index]!) }, selection.unique.fields, new Faults())
  const wanted = new Set([...options.rows?.fields ?? [], ...version === undefined ? [] : [model.ownField(version.field)]])
  const found = await runner.query(dialect.find({ model, keys, where: selection.unique.where, returning: [...wanted] }))
  const present = new Map(found.map(row => [chunk.indexes[Number(row[answer.ord]) - 1]!, row]))
  const missing = chunk.indexes.filter(index => !present.has(index)).map(index => ({ index, where: items[index]!.where }))
  const conflicts = version === undefined
    ? []
    : chunk.indexes.flatMap(index => {
      const expected = items[index]!.version
      const current = present.get(index)?.[version.field]
      return expected === undefined || current === undefined || current === expected ? [] : [{ index, where: items[index]!.where, expected, current: Number(current) }]
    })
  const refused = new Set(conflicts.map(conflict => conflict.index))
  keep(job, chunk, found.filter(row => !refused.has(chunk.indexes[Number(row[answer.ord]) - 1]!)), rows)
  const result = { updated, unchanged: present.size - conflicts.length - updated, missing, conflicts, rows }
  if (options.unmatched === 'error') failUnmatched(job, result)
  return result
}

function failUnmatched ({ context: { model }, selection: { unique }, items }: UpdateJob, { missing, conflicts }: UpdateResult): void {
  const faults = new Faults()
  for (const { index } of missing) {
    const where = items[index]!.where
    faults.add('object_not_found', index, unique.fields.length === 1 ? unique.fields[0] : undefined, {
      model: model.name, key: unique.fields.join(', '), value: unique.fields.map(field => String((where[field] ?? (where[unique.name] as InputRow)[field]))).join(', ')
    })
  }
  for (const { index, expected, current } of conflicts) faults.add('version_conflict', index, model.meta.features.version?.field, { expected, current })
  faults.throwIfAny()
}

function keep ({ context, options }: UpdateJob, chunk: Chunk, answers: readonly SqlRow[], rows: Map<number, unknown>): void {
  if (options.rows === null) return
  const decode = context.dialect.decoder(context.model, options.rows.fields, options.rows.form, context.factories)
  for (const row of answers) rows.set(chunk.indexes[Number(row[answer.ord]) - 1]!, decode(row))
}
