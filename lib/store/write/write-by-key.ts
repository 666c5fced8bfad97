import { CommonsError } from '../../errors.js'
import { answer } from '../../sql/port/answer.js'
import type { FindQuery } from '../../sql/port/read-statements.js'
import type { Returning } from '../../sql/port/statement-parts.js'
import type { SqlRow, SqlRunner, Statement } from '../../sql/port/runner.js'
import { partOf, type Chunk } from '../core/chunk.js'
import { keyColumns } from '../core/columns.js'
import { diagnosed } from './explain-constraint.js'
import { ItemErrors } from '../core/item-errors.js'
import { isOrdered } from '../core/lock-order.js'
import { inWaves } from './moves.js'
import { keyParams, reportRepeated, rowKeys, sortByKey } from '../core/keys.js'
import type { ReportBuilder } from '../core/report.js'
import type { Selection } from '../core/selector.js'
import { differingFields } from '../core/versions.js'
import { writeChunks } from './write-chunks.js'
import type { KeyedJob, KeyedResult, KeyedPlan } from './keyed-job.js'

/**
 * The items of a call in the order of their keys, each key once. Where versions are expected, a key that stands twice
 * is a fault.
 */
export function distinctItems (
  { context, selection, expected }: Pick<KeyedJob, 'context' | 'selection' | 'expected'>,
  itemErrors: ItemErrors
): readonly number[] {
  const { order, repeated } = sortByKey(rowKeys(context, selection.unique, selection.rows))
  if (expected?.some(version => version !== undefined) === true) reportRepeated(selection.unique, repeated, itemErrors)
  const extra = new Set(repeated.flatMap(group => group.slice(1)))
  return extra.size === 0 ? order : order.filter(index => !extra.has(index))
}

/** The chunk as the keys that select its rows. */
export function selectedBy ({ rows }: Selection, { indexes }: Chunk): Chunk {
  return { indexes, rows: indexes.map(index => rows[index]!) }
}

/**
 * Writes rows by key, chunk by chunk, and looks up why some of them were not written. One item alone needs no
 * transaction.
 */
export async function writeKeyed (
  job: KeyedJob,
  { itemErrors, chunks, values, statementOf, returning, unmatched, follow = null }: KeyedPlan
): Promise<readonly KeyedResult[]> {
  const { context, selection } = job
  const failIfWanted = (results: readonly KeyedResult[]): void => {
    if (unmatched === 'error') failUnmatched(job, results)
  }
  return await diagnosed(
    context,
    { rows: values, own: selection, isUndone: follow !== null },
    async (inner, moves) => {
      const results = await writeChunks(inner, inWaves(chunks, moves), itemErrors, {
        prepare: chunk => ({ chunk, statement: statementOf(chunk) }),
        write: ({ chunk, statement }, runner) => writeChunk(job, runner, chunk, statement, returning),
        unordered: isOrdered(context, selection.rows) ? null : selection,
        mayUndo: ({ chunk }) => follow !== null || (unmatched === 'error' && chunk.rows.length > 1),
        settle: async (results, runner) => {
          failIfWanted(results)
          await follow?.({ ...context, runner }, results)
        }
      })
      failIfWanted(results)
      return results
    }
  )
}

async function writeChunk (
  job: KeyedJob,
  runner: SqlRunner,
  chunk: Chunk,
  statement: Statement | null,
  returning: Returning
): Promise<KeyedResult> {
  const answered = new Map<number, SqlRow>()
  for (const row of statement === null ? [] : await runner.query(statement)) {
    answered.set(Number(row[answer.ord]) - 1, row)
  }
  const isLeft = (position: number): boolean => statement === null || answered.has(position) === (returning === null)
  const left = partOf(chunk, isLeft)
  const written = partOf(chunk, position => !isLeft(position)).indexes
  const answers = new Map(
    returning === null ? [] : [...answered].map(([position, row]) => [chunk.indexes[position]!, row])
  )
  const rows = decoded(job, answers)
  if (left.rows.length === 0) return { written, answers, rows, unchanged: [], missing: [], conflicts: [] }
  return { written, answers, ...(await explainLeft(job, runner, left, rows)) }
}

/** Tells items that stay as they are from those without a row and those with another version. */
async function explainLeft (
  job: KeyedJob,
  runner: SqlRunner,
  chunk: Chunk,
  rows: Map<number, unknown>
): Promise<Omit<KeyedResult, 'written' | 'answers'>> {
  const {
    context: { dialect, model },
    context,
    selection,
    selectors,
    expected,
    idle,
    mark
  } = job
  const found = new Map<number, SqlRow>()
  const version = model.meta.features.version
  if (idle === 'unchanged' || expected !== null) {
    const keys = keyColumns(context, selectedBy(selection, chunk), selection.unique.fields, new ItemErrors())
    const telling = [
      ...(version === undefined ? [] : [model.ownField(version.field)]),
      ...(mark === undefined ? [] : [mark.field])
    ]
    const returning = new Set([...(job.rows?.fields ?? []), ...telling])
    const answers = await runner.query(
      dialect.find({ model, keys, where: job.known, returning: [...returning], ...comparison(job, chunk) })
    )
    for (const row of answers) found.set(chunk.indexes[Number(row[answer.ord]) - 1]!, row)
  }
  const conflicts = [...found].flatMap(([index, row]) => {
    const wanted = expected?.[index]
    const current = version === undefined ? undefined : row[version.field]
    return wanted === undefined || current === wanted
      ? []
      : [{ index, where: selectors[index]!, expected: wanted, current: Number(current), ...differingFields(row) }]
  })
  for (const { index } of conflicts) found.delete(index)
  refuseRaced(job, found)
  if (idle === 'missing') found.clear()
  const refused = new Set(conflicts.map(({ index }) => index))
  const missing = chunk.indexes
    .filter(index => !found.has(index) && !refused.has(index))
    .map(index => ({ index, where: selectors[index]! }))
  for (const [index, row] of decoded(job, found)) rows.set(index, row)
  return { rows, unchanged: [...found.keys()], missing, conflicts }
}

/**
 * A row that has the version which its item takes and is not what the item wants became so after the statement had
 * looked: then all is begun again.
 */
function refuseRaced (job: KeyedJob, found: ReadonlyMap<number, SqlRow>): void {
  for (const [index, row] of found) {
    if (isOpen(job, row, job.expected?.[index] !== undefined)) throw new CommonsError('write_conflict')
  }
}

/**
 * True where a row that was left alone turns out to need the write. Values tell so only where a version is expected.
 */
function isOpen ({ idle, mark }: KeyedJob, row: SqlRow, isExpected: boolean): boolean {
  if (idle === 'missing') return isExpected
  if (mark !== undefined) return mark.isSet !== (row[mark.field.name] !== null)
  return isExpected && differingFields(row).fields?.length !== 0
}

/** Where no item expects a version there can be no conflict to tell of. */
function comparison ({ expected, compareOf }: KeyedJob, chunk: Chunk): Pick<FindQuery, 'compare'> {
  const mayConflict = compareOf !== undefined && chunk.indexes.some(index => expected?.[index] !== undefined)
  return mayConflict ? { compare: compareOf(chunk) } : {}
}

function decoded (
  { context: { dialect, model, factories }, rows }: KeyedJob,
  answers: ReadonlyMap<number, SqlRow>
): Map<number, unknown> {
  if (rows === null) return new Map()
  const decode = dialect.decoder(model, rows.fields, rows.form, factories)
  return new Map([...answers].map(([index, row]) => [index, decode(row)]))
}

/** Throws when an item has no row, or one of another version. */
function failUnmatched (
  { context: { model }, selection: { unique, rows } }: KeyedJob,
  results: readonly KeyedResult[]
): void {
  const itemErrors = new ItemErrors()
  for (const { missing, conflicts } of results) {
    for (const { index } of missing) {
      itemErrors.add(
        'object_not_found',
        index,
        unique.fields.length === 1 ? unique.fields[0] : undefined,
        keyParams(model, unique, rows[index]!)
      )
    }
    for (const { index, where, ...versions } of conflicts) {
      itemErrors.add('version_conflict', index, model.meta.features.version?.field, versions)
    }
  }
  itemErrors.throwIfAny()
}

/** Adds what chunks came to; `count` names the written rows. */
export function reportKeyed (
  builder: ReportBuilder,
  results: readonly KeyedResult[],
  count: 'updated' | 'deleted' | 'restored'
): void {
  builder.count(count, [])
  for (const { written, unchanged, missing, conflicts, rows } of results) {
    builder.count(count, written)
    builder.count('unchanged', unchanged)
    builder.missing.push(...missing)
    builder.conflicts.push(...conflicts)
    for (const [index, row] of rows) builder.place(index, row)
  }
}
