import { CommonsError } from '../../errors.js'
import { isSlug } from '../../model/is-slug.js'
import { answer, mergeOutcomes, type MergeOutcome } from '../../sql/port/answer.js'
import type { SqlRow } from '../../sql/port/runner.js'
import { partOf, type Chunk } from '../core/chunk.js'
import { keyColumns } from '../core/columns.js'
import type { WriteContext } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { keyParams, rowKeys } from '../core/keys.js'
import { notDeleted } from '../core/soft-delete-filter.js'
import { isPartitioned, notePartitioned } from '../core/partitioned.js'
import type { PreparedUpsert, UpsertOptions } from './prepare-upsert.js'
import { Outdated } from '../slug/slugs.js'
import { differingFields } from '../core/versions.js'
import { type UpsertResult, type UpsertWork, place, add } from './upsert-result.js'

/** How often items that another transaction raced are tried again. */
const attempts = 5

/** Writes a chunk, and again those of its items that another transaction raced. */
export async function writeUpsert (work: UpsertWork, prepared: PreparedUpsert, attempt: number): Promise<UpsertResult> {
  if (attempt > attempts) throw new CommonsError('write_conflict')
  return prepared.isMerge ? writeMerge(work, prepared, attempt) : writeConflict(work, prepared, attempt)
}

/** INSERT … ON CONFLICT; rows that it leaves unchanged are read afterwards when they are wanted. */
async function writeConflict (work: UpsertWork, prepared: PreparedUpsert, attempt: number): Promise<UpsertResult> {
  const { context, options } = work
  const { chunk, write } = prepared
  const answers = await context.runner.query(
    context.dialect.upsert({ ...write, partitioned: isPartitioned(context.model) })
  )
  notePartitioned(context.model, answers[0])
  if (options.rows === null) {
    const created = Number(answers[0]![answer.created])
    const updated = Number(answers[0]![answer.updated])
    return {
      created,
      updated,
      unchanged: chunk.rows.length - created - updated,
      rows: new Map(),
      outcomes: new Map(),
      refused: new ItemErrors()
    }
  }
  const created = answers.filter(row => row[answer.inserted] === true).length
  const result: UpsertResult = {
    created,
    updated: answers.length - created,
    unchanged: 0,
    rows: placeByKey(context, options, chunk, answers),
    outcomes: new Map(),
    refused: new ItemErrors()
  }
  const left = partOf(chunk, i => !result.rows.has(chunk.indexes[i]!))
  await readRows(work, left, result)
  // A row that is gone by the time it is read was deleted meanwhile: its item is written again.
  const gone = partOf(left, i => !result.rows.has(left.indexes[i]!))
  result.unchanged = chunk.rows.length - answers.length - gone.rows.length
  return gone.rows.length === 0 ? result : add(result, await writeUpsert(work, work.prepare(gone), attempt + 1))
}

/**
 * Finds the item of each returned row by its key, since RETURNING promises no order. A key that the column stores
 * otherwise than it was given (a rounded decimal) is not found here; such rows are then read by key like unchanged
 * ones.
 */
function placeByKey (
  context: WriteContext,
  { on, rows: wanted }: UpsertOptions,
  chunk: Chunk,
  answers: readonly SqlRow[]
): Map<number, unknown> {
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
async function writeMerge (
  work: UpsertWork,
  { chunk, write, incomplete }: PreparedUpsert,
  attempt: number
): Promise<UpsertResult> {
  const { context, options } = work
  const outcomes = outcomesOf(await context.runner.query(context.dialect.merge(write)))
  const having = (wanted: MergeOutcome | undefined): Chunk => partOf(chunk, i => outcomes.get(i) === wanted)

  const refused = new ItemErrors()
  chunk.indexes.forEach((index, i) => {
    if (outcomes.get(i) !== 'absent') return
    // Its row was there a moment ago: it is new now.
    if (work.existing.delete(index)) {
      outcomes.delete(i)
      return
    }
    const lacking = incomplete.get(i)
    if (lacking === undefined) {
      refused.add('object_not_found', index, undefined, keyParams(context.model, options.on, chunk.rows[i]!))
      return
    }
    // Its row was there when slugs were generated.
    if (lacking.every(field => isSlug(context.model, field))) throw new Outdated()
    for (const field of lacking) {
      if (!isSlug(context.model, field)) refused.add('required', index, field)
    }
  })
  for (const index of having('deleted').indexes) refused.addTaken(index, context.model.name, options.on, true)
  await reportConflicts(work, having('conflict'), refused)

  const result: UpsertResult = {
    created: having('created').rows.length,
    updated: having('updated').rows.length,
    unchanged: having('unchanged').rows.length,
    rows: new Map(),
    outcomes: new Map(
      options.outcomes === true
        ? written.flatMap(outcome => having(outcome).indexes.map(index => [index, outcome] as const))
        : []
    ),
    refused
  }
  const raced = having(undefined)
  if (!refused.any) {
    await readRows(
      work,
      partOf(chunk, i => outcomes.has(i)),
      result
    )
  }
  return raced.rows.length === 0 ? result : add(result, await writeUpsert(work, work.prepare(raced), attempt + 1))
}

/** What became of each item, by its place in the chunk; an item that is in no answer was raced. */
function outcomesOf (answers: readonly SqlRow[]): Map<number, MergeOutcome> {
  const outcomes = new Map<number, MergeOutcome>()
  const rank = (outcome: MergeOutcome | undefined): number =>
    outcome === undefined ? Infinity : mergeOutcomes.indexOf(outcome)
  for (const row of answers) {
    const position = Number(row[answer.ord]) - 1
    const outcome = row[answer.outcome] as MergeOutcome
    if (rank(outcome) < rank(outcomes.get(position))) outcomes.set(position, outcome)
  }
  return outcomes
}

async function reportConflicts (
  { context, options, prepare }: UpsertWork,
  chunk: Chunk,
  itemErrors: ItemErrors
): Promise<void> {
  const version = context.model.meta.features.version
  if (chunk.rows.length === 0 || version === undefined) return
  const { dialect, model, runner } = context
  const keys = keyColumns(context, chunk, options.on.fields, itemErrors)
  const { columns, update } = prepare(chunk).write
  const compare = columns
    .filter(({ field, named }) => update.has(field.name) && named !== 'none')
    .map(column => ({ ...column, fallback: { kind: 'keep' } as const }))
  const answers = await runner.query(
    dialect.find({
      model,
      keys,
      where: notDeleted(model, options.on.where),
      returning: [model.ownField(version.field)],
      compare
    })
  )
  for (const row of answers) {
    const index = chunk.indexes[Number(row[answer.ord]) - 1]!
    itemErrors.add('version_conflict', index, version.field, {
      expected: options.expected?.[index],
      current: row[version.field],
      ...differingFields(row)
    })
  }
}

async function readRows (work: UpsertWork, chunk: Chunk, result: UpsertResult): Promise<void> {
  const {
    context: { dialect, model, runner },
    context,
    options
  } = work
  if (chunk.rows.length === 0 || options.rows === null) return
  const keys = keyColumns(context, chunk, options.on.fields, new ItemErrors())
  place(
    work,
    chunk,
    await runner.query(
      dialect.find({ model, keys, where: notDeleted(model, options.on.where), returning: options.rows.fields })
    ),
    result
  )
}
