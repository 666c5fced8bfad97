import { CommonsError } from '../errors.js'
import { isSlug } from '../model/is-slug.js'
import type { UniqueMeta } from '../model/meta.js'
import { answer, mergeOutcomes, type MergeOutcome, type UpsertWrite } from '../sql/dialect.js'
import type { SqlRow, SqlRunner } from '../sql/runner.js'
import { partOf, type Chunk } from './chunk.js'
import { keyColumns, ownRow, readFields } from './columns.js'
import type { BulkContext, InputRow } from './context.js'
import { diagnosed, noteAvoidable } from './diagnose.js'
import { Faults } from './faults.js'
import { insertChunks } from './insert-chunks.js'
import { insertColumns, isGenerated } from './insert-columns.js'
import { keyParams, reportRepeated, rowKeys, sortByKey } from './keys.js'
import { excludesMarked, liveWhere } from './live.js'
import { inWaves } from './moves.js'
import { leadsOrder, lockFields } from './lock-order.js'
import { Tally, type BulkReport, type ItemOutcome, type ReportOptions } from './report.js'
import { Outdated, untilFree, type FilledRows } from './slugs.js'
import { touches } from './stamps.js'
import { existingRows, fillNewRows, upsertSlugs } from './upsert-slugs.js'
import { differingFields, expectedVersions, type Version } from './versions.js'
import { writeChunks } from './write-chunks.js'

export interface UpsertOptions extends ReportOptions {
  /** The unique set that tells whether a row exists. */
  readonly on: UniqueMeta
  /** Fields to write on rows that exist; absent: all that the rows name, but the key. */
  readonly update: readonly string[] | undefined
  /** What to do with items of the same key. */
  readonly onDuplicate: 'error' | 'first' | 'last'
  /** The version each item expects, by its index; undefined takes any. */
  readonly expected: readonly Version[] | null
  /** Which items write the row that they find, so that it is stamped and counted, though none of its values changes; absent: none. */
  readonly touched?: readonly boolean[] | null
}

/** How often items that another transaction raced are tried again. */
const attempts = 5

/** Inserts the rows whose key is new and updates the others. Fails as a whole, with all faulty items named. */
export async function upsertRows (context: BulkContext, items: readonly InputRow[], options: UpsertOptions): Promise<BulkReport> {
  const rows = items.map(ownRow)
  const faults = new Faults()
  const indexes = distinctItems(context, rows, options, faults)
  const lacking = upsertSlugs(context, rows, options.on)
  const job = { context, options, indexes, faults }
  // Items at fault are not going to be written: there is nothing to generate.
  if (lacking.length === 0 || faults.any) return await upsertFilled(job, { rows, lacking: [] })
  return await untilFree(context, async () => await fillNewRows(context, rows, lacking, options.on, indexes), async filled => await upsertFilled(job, filled))
}

interface UpsertJob {
  readonly context: BulkContext
  readonly options: UpsertOptions
  /** The items to write, in the order of their keys. */
  readonly indexes: readonly number[]
  readonly faults: Faults
}

/**
 * PostgreSQL checks the row that an item would insert before it looks for the one that exists. An item that names few fields
 * may break a check constraint so, though its row would not: then rows that exist are updated only.
 */
async function upsertFilled (job: UpsertJob, filled: FilledRows): Promise<BulkReport> {
  const { context, options, indexes } = job
  try {
    return await upsertOnce(job, filled, new Set())
  } catch (error) {
    if (!(error instanceof CommonsError) || error.code !== 'check_violation') throw error
    if (context.runner.inTransaction && !context.isolates) {
      noteAvoidable(error)
      throw error
    }
    const existing = await existingRows(context, filled.rows, options.on, indexes)
    if (existing.size === 0) throw error
    return await upsertOnce(job, filled, existing)
  }
}

/** @param existing items that are not to be inserted */
async function upsertOnce ({ context, options, indexes, faults }: UpsertJob, { rows, lacking }: FilledRows, existing: Set<number>): Promise<BulkReport> {
  const tally = new Tally(options)
  const generated = new Map(lacking.map(({ field, indexes }) => [field.name, new Set(indexes)]))
  const prepare = (chunk: Chunk): PreparedUpsert => prepareUpsert(context, chunk, options, { generated, existing }, faults)
  const write = async (prepared: PreparedUpsert, runner: SqlRunner): Promise<UpsertResult> => {
    return writeUpsert({ context: { ...context, runner }, options, existing, prepare }, prepared, 1)
  }
  const mayUndo = ({ isMerge }: PreparedUpsert): boolean => isMerge
  const settle = (results: readonly UpsertResult[]): void => {
    const refused = new Faults()
    for (const result of results) refused.include(result.refused)
    refused.throwIfAny()
  }
  const own = { unique: options.on, rows, where: liveWhere(context.model, options.on.where) }
  const results = await diagnosed(context, { rows, own, savepoint: lacking.length > 0 }, (inner, moves) =>
    writeChunks(inner, inWaves(insertChunks(context, rows, indexes), moves), faults, { prepare, write, unordered: leadsOrder(context.model, options.on) ? null : own, mayUndo, settle }))
  for (const result of results) {
    tally.created += result.created
    tally.updated += result.updated
    tally.unchanged += result.unchanged
    for (const [index, outcome] of result.outcomes) tally.tell(index, outcome)
    for (const [index, row] of result.rows) tally.place(index, row)
  }
  return tally.report()
}

/** Checks the keys and gives the items to write, in the order of their keys. */
function distinctItems (context: BulkContext, rows: readonly InputRow[], { on, onDuplicate }: UpsertOptions, faults: Faults): readonly number[] {
  const keys = rowKeys(context, on, rows)
  keys.forEach((key, index) => {
    if (key !== null) return
    for (const field of on.fields) {
      if (rows[index]?.[field] === undefined || rows[index]?.[field] === null) faults.add('missing_unique_field', index, field, { field })
    }
  })
  const { order, repeated } = sortByKey(keys)
  const left = new Set<number>()
  if (onDuplicate === 'error') reportRepeated(on, repeated, faults)
  else for (const group of repeated) for (const index of onDuplicate === 'first' ? group.slice(1) : group.slice(0, -1)) left.add(index)
  return left.size === 0 ? order : order.filter(index => !left.has(index))
}

interface PreparedUpsert {
  readonly chunk: Chunk
  readonly write: UpsertWrite
  /** Fields that an item lacks for an insert, by its place in the chunk. */
  readonly incomplete: ReadonlyMap<number, readonly string[]>
  readonly isMerge: boolean
}

/** What was found out about the items beforehand. */
interface KnownItems {
  /** Which items have a slug that was generated for them, by field. */
  readonly generated: ReadonlyMap<string, ReadonlySet<number>>
  /** Items that are not to be inserted. */
  readonly existing: ReadonlySet<number>
}

function prepareUpsert (context: BulkContext, chunk: Chunk, options: UpsertOptions, { generated, existing }: KnownItems, faults: Faults): PreparedUpsert {
  const { model, dialect } = context
  const found = readFields(context, chunk, faults)
  const { columns: inserted, incomplete } = insertColumns(context, chunk, found, faults)
  const update = updatedFields(context, options, found.keys())
  // What was generated is for new rows: one that exists keeps its slug and its id.
  const columns = inserted.map(column => {
    const { name } = column.field
    const ours = generated.get(name)
    if (!update.has(name) || (ours === undefined && !isGenerated(column.field))) return column
    const given = chunk.indexes.map((index, i) => ours?.has(index) !== true && found.get(name)?.values[i] !== undefined)
    if (!given.includes(false)) return column
    if (given.includes(true)) return { ...column, updating: dialect.encodeFlags(given) }
    update.delete(name)
    return column
  })
  const isTouched = chunk.indexes.some(index => options.touched?.[index])
  const expected = expectedVersions(context, chunk, index => options.expected?.[index], faults)
  // An item that lacks only a slug has a row by the look before. Writers that make such rows side by side would meet in two orders.
  const isUpdateOnly = existing.size > 0 || [...incomplete.values()].some(fields => fields.some(field => !isSlug(model, field)))
  const isInsertable = chunk.indexes.map((index, i) => !incomplete.has(i) && !existing.has(index))
  const write: UpsertWrite = {
    model,
    columns,
    on: options.on,
    update,
    touch: touches(context),
    complete: isInsertable.includes(false) ? dialect.encodeFlags(isInsertable) : null,
    expected,
    live: liveWhere(model),
    ...isTouched ? { forced: dialect.encodeFlags(chunk.indexes.map(index => options.touched![index]!)) } : {},
    returning: options.rows === null ? null : [...new Set([...options.rows.fields, ...options.on.fields.map(name => model.ownField(name))])],
    ...isUpdateOnly || expected !== null ? { lock: lockFields(model) } : {}
  }
  const isSparse = columns.some(({ field, named, updating }) => update.has(field.name) && (named === 'some' || updating !== undefined))
  // A row that is marked as deleted may hold the key, which ON CONFLICT would not tell from a row that stays the same.
  const mayBeMarked = !excludesMarked(model, options.on.where)
  // ON CONFLICT gives rows back, and a row may hold its key in another form than the item does.
  const isTold = options.outcomes === true
  return { chunk, write, incomplete, isMerge: isSparse || isTouched || write.complete !== null || write.expected !== null || mayBeMarked || isTold }
}

/** A row that exists keeps its keys and who made it, and its version is counted, whatever an item says. */
function updatedFields ({ model }: BulkContext, { on, update }: UpsertOptions, named: Iterable<string>): Set<string> {
  const { audit, version } = model.meta.features
  const kept = new Set<string | null | undefined>([...on.fields, ...model.primaryKey.fields, audit?.createdAt, audit?.createdBy, version?.field])
  const wanted = update === undefined ? null : new Set(update)
  return new Set([...named].filter(field => !kept.has(field) && (wanted === null || wanted.has(field))))
}

interface UpsertResult {
  created: number
  updated: number
  unchanged: number
  readonly rows: Map<number, unknown>
  /** What became of each item; empty where nobody asks. */
  readonly outcomes: ReadonlyMap<number, ItemOutcome>
  /** Items that cannot be written as the rows are. */
  readonly refused: Faults
}

interface UpsertWork {
  readonly context: BulkContext
  readonly options: UpsertOptions
  /** Items that are not to be inserted. */
  readonly existing: Set<number>
  readonly prepare: (chunk: Chunk) => PreparedUpsert
}

async function writeUpsert (work: UpsertWork, prepared: PreparedUpsert, attempt: number): Promise<UpsertResult> {
  if (attempt > attempts) throw new CommonsError('write_conflict')
  return prepared.isMerge ? writeMerge(work, prepared, attempt) : writeConflict(work, prepared, attempt)
}

/** INSERT … ON CONFLICT; rows that it leaves unchanged are read afterwards when they are wanted. */
async function writeConflict (work: UpsertWork, prepared: PreparedUpsert, attempt: number): Promise<UpsertResult> {
  const { context, options } = work
  const { chunk, write } = prepared
  const answers = await context.runner.query(context.dialect.upsert(write))
  if (options.rows === null) {
    const created = Number(answers[0]![answer.created])
    const updated = Number(answers[0]![answer.updated])
    return { created, updated, unchanged: chunk.rows.length - created - updated, rows: new Map(), outcomes: new Map(), refused: new Faults() }
  }
  const created = answers.filter(row => row[answer.inserted] === true).length
  const result: UpsertResult = { created, updated: answers.length - created, unchanged: 0, rows: placeByKey(context, options, chunk, answers), outcomes: new Map(), refused: new Faults() }
  const left = partOf(chunk, i => !result.rows.has(chunk.indexes[i]!))
  await readRows(work, left, result)
  // A row that is gone by the time it is read was deleted meanwhile: its item is written again.
  const gone = partOf(left, i => !result.rows.has(left.indexes[i]!))
  result.unchanged = chunk.rows.length - answers.length - gone.rows.length
  return gone.rows.length === 0 ? result : add(result, await writeUpsert(work, work.prepare(gone), attempt + 1))
}

/**
 * Finds the item of each returned row by its key, since RETURNING promises no order. A key that the column stores
 * otherwise than it was given (a rounded decimal) is not found here; such rows are then read by key like unchanged ones.
 */
function placeByKey (context: BulkContext, { on, rows: wanted }: UpsertOptions, chunk: Chunk, answers: readonly SqlRow[]): Map<number, unknown> {
  const { model, dialect, factories } = context
  const keyFields = on.fields.map(name => model.ownField(name))
  const decodeKey = dialect.decoder(model, keyFields, 'prisma', factories)
  const decode = dialect.decoder(model, wanted!.fields, wanted!.form, factories)
  const places = new Map(rowKeys(context, on, chunk.rows).map((key, i) => [key, chunk.indexes[i]!]))
  const keys = rowKeys(context, on, answers.map(decodeKey))
  const rows = new Map<number, unknown>()
  answers.forEach((row, i) => {
    const index = places.get(keys[i]!)
    if (index !== undefined) rows.set(index, decode(row))
  })
  return rows
}

/** What a merge did to the rows of items that are through with it. */
const written = ['created', 'updated', 'unchanged'] as const satisfies readonly MergeOutcome[]

/** Insert-then-update, for items that name different fields. Rows that are not seen yet are locked by then. */
async function writeMerge (work: UpsertWork, { chunk, write, incomplete }: PreparedUpsert, attempt: number): Promise<UpsertResult> {
  const { context, options } = work
  const outcomes = outcomesOf(await context.runner.query(context.dialect.merge(write)))
  const having = (wanted: MergeOutcome | undefined): Chunk => partOf(chunk, i => outcomes.get(i) === wanted)

  const refused = new Faults()
  chunk.indexes.forEach((index, i) => {
    if (outcomes.get(i) !== 'absent') return
    // Its row was there a moment ago: it is new now.
    if (work.existing.delete(index)) {
      outcomes.delete(i)
      return
    }
    const lacking = incomplete.get(i)
    if (lacking === undefined) refused.add('object_not_found', index, undefined, keyParams(context.model, options.on, chunk.rows[i]!))
    // Its row was there when slugs were generated.
    else if (lacking.every(field => isSlug(context.model, field))) throw new Outdated()
    else for (const field of lacking) if (!isSlug(context.model, field)) refused.add('required', index, field)
  })
  for (const index of having('deleted').indexes) refused.addTaken(index, context.model.name, options.on, true)
  await reportConflicts(work, having('conflict'), refused)

  const result: UpsertResult = {
    created: having('created').rows.length,
    updated: having('updated').rows.length,
    unchanged: having('unchanged').rows.length,
    rows: new Map(),
    outcomes: new Map(options.outcomes === true ? written.flatMap(outcome => having(outcome).indexes.map(index => [index, outcome] as const)) : []),
    refused
  }
  const raced = having(undefined)
  if (!refused.any) await readRows(work, partOf(chunk, i => outcomes.has(i)), result)
  return raced.rows.length === 0 ? result : add(result, await writeUpsert(work, work.prepare(raced), attempt + 1))
}

/** What became of each item, by its place in the chunk; an item that is in no answer was raced. */
function outcomesOf (answers: readonly SqlRow[]): Map<number, MergeOutcome> {
  const outcomes = new Map<number, MergeOutcome>()
  const rank = (outcome: MergeOutcome | undefined): number => outcome === undefined ? Infinity : mergeOutcomes.indexOf(outcome)
  for (const row of answers) {
    const position = Number(row[answer.ord]) - 1
    const outcome = row[answer.outcome] as MergeOutcome
    if (rank(outcome) < rank(outcomes.get(position))) outcomes.set(position, outcome)
  }
  return outcomes
}

async function reportConflicts ({ context, options, prepare }: UpsertWork, chunk: Chunk, faults: Faults): Promise<void> {
  const version = context.model.meta.features.version
  if (chunk.rows.length === 0 || version === undefined) return
  const { dialect, model, runner } = context
  const keys = keyColumns(context, chunk, options.on.fields, faults)
  const { columns, update } = prepare(chunk).write
  const compare = columns.filter(({ field, named }) => update.has(field.name) && named !== 'none').map(column => ({ ...column, fallback: { kind: 'keep' } as const }))
  const answers = await runner.query(dialect.find({ model, keys, where: liveWhere(model, options.on.where), returning: [model.ownField(version.field)], compare }))
  for (const row of answers) {
    const index = chunk.indexes[Number(row[answer.ord]) - 1]!
    faults.add('version_conflict', index, version.field, { expected: options.expected?.[index], current: row[version.field], ...differingFields(row) })
  }
}

async function readRows (work: UpsertWork, chunk: Chunk, result: UpsertResult): Promise<void> {
  const { context: { dialect, model, runner }, context, options } = work
  if (chunk.rows.length === 0 || options.rows === null) return
  const keys = keyColumns(context, chunk, options.on.fields, new Faults())
  place(work, chunk, await runner.query(dialect.find({ model, keys, where: liveWhere(model, options.on.where), returning: options.rows.fields })), result)
}

function place ({ context, options }: UpsertWork, chunk: Chunk, answers: readonly SqlRow[], result: UpsertResult): void {
  if (options.rows === null) return
  const decode = context.dialect.decoder(context.model, options.rows.fields, options.rows.form, context.factories)
  for (const row of answers) result.rows.set(chunk.indexes[Number(row[answer.ord]) - 1]!, decode(row))
}

function add (a: UpsertResult, b: UpsertResult): UpsertResult {
  const refused = new Faults()
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
