import { CommonsError } from '../../errors.js'
import { answer } from '../../sql/port/answer.js'
import { keyColumns, ownRow } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { ItemErrors } from '../core/item-errors.js'
import { KeyedMutex } from './keyed-mutex.js'
import { lackingSlugs, slugBase, valueOf, type LackingSlugs } from './slug-fields.js'
import { numberedSlug } from './slug-text.js'
import { SlugClaims } from './slug-claims.js'

export interface SlugOptions {
  /** Turns what `write` throws into one of our errors; default: those that are ours already. */
  readonly errorOf?: (error: unknown) => CommonsError | undefined
}

/** How often a write is begun when others take its slugs; each time at least one of them has got its own. */
const attempts = 100

/**
 * Writes new rows with the slugs that they lack. Rows that name theirs, or whose model has no slugs, are handed on as
 * they are. One query finds the slugs of all rows; when another writer takes one of them before `write` has, the work
 * begins again, so `write` must leave nothing behind when it fails: inside a transaction of the caller it runs in a
 * savepoint.
 *
 * @param rows new rows, each with a slug or with what it is made from
 * @param write gets the rows with their slugs: `rows` itself when none was lacking
 * @throws CommonsError `write_conflict` when others win 100 times in a row; whatever else `write` throws
 *
 * @example
 * const article = await withSlugs(context, [{ title: 'Hello' }], ([data]) => insert(data))
 */
export async function withSlugs<T> (
  context: WriteContext,
  rows: readonly InputRow[],
  write: (rows: readonly InputRow[]) => Promise<T>,
  options: SlugOptions = {}
): Promise<T> {
  const lacking = lackingSlugs(context, rows)
  if (lacking.length === 0) return await write(rows)
  return await untilFree(
    context,
    async () => ({ lacking, rows: await fillSlugs(context, rows, lacking) }),
    async filled => await write(filled.rows),
    options
  )
}

/** Rows that have all their slugs, and which of these were generated. */
export interface FilledRows {
  readonly rows: readonly InputRow[]
  readonly lacking: readonly LackingSlugs[]
  /** The rows to write; absent: all. */
  readonly indexes?: readonly number[]
}

/** Thrown by a write whose rows were gone, or there, other than when their slugs were generated: it begins again. */
export class Outdated extends Error {}

interface RetryOptions<Filled> extends SlugOptions {
  /** Whether another writer may be the cause; default: a generated slug is taken. */
  readonly isRace?: (error: CommonsError | undefined, filled: Filled) => boolean
}

/**
 * Writers who lost a race go one after another, by the texts that their slugs begin with: side by side all of them
 * would find the same free number, and all but one lose again. A writer in a transaction never waits here, as others
 * may wait for it.
 */
const losers = new KeyedMutex()

/** Fills and writes rows until no other writer takes their slugs in between. */
export async function untilFree<T, Filled extends FilledRows> (
  context: WriteContext,
  fill: () => Promise<Filled>,
  write: (filled: Filled) => Promise<T>,
  {
    errorOf = ownError,
    isRace = (error, filled) => isSlugTaken(context, filled.lacking, error)
  }: RetryOptions<Filled> = {}
): Promise<T> {
  let refused = ''
  let release: (() => void) | undefined
  try {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const filled = await fill()
      try {
        return await write(filled)
      } catch (error) {
        if (error instanceof Outdated) continue
        if (!isRace(errorOf(error), filled)) throw error
        // Something else would have come out if another writer were the cause: the fault is in what the rows name.
        const tried = [
          filled.indexes,
          ...filled.lacking.map(({ field, indexes }) => indexes.map(index => filled.rows[index]![field.name]))
        ].join(';')
        if (tried === refused) throw error
        refused = tried
        if (!context.runner.inTransaction) release ??= await losers.acquire(beginnings(context, filled))
      }
    }
    throw new CommonsError('write_conflict')
  } finally {
    release?.()
  }
}

/** What the generated slugs begin with, with their fields. */
function beginnings (context: WriteContext, { lacking, rows }: FilledRows): string[] {
  const { name } = context.model
  return lacking.flatMap(one =>
    one.indexes.map(index => `${name}.${one.field.name}:${slugBase(context, one, ownRow(rows[index]!))}`)
  )
}

function ownError (error: unknown): CommonsError | undefined {
  return error instanceof CommonsError ? error : undefined
}

/** True when a unique constraint of generated slugs refused the write, and no item is named whose slug was given. */
function isSlugTaken (
  { model }: WriteContext,
  lacking: readonly LackingSlugs[],
  error: CommonsError | undefined
): boolean {
  if (error?.code !== 'unique_violation') return false
  // The items' own errors stand upon that of the constraint.
  const { params } = error.details.length > 0 && error.cause instanceof CommonsError ? error.cause : error
  const { model: name, constraintFields } = params
  if (name !== model.name || !Array.isArray(constraintFields)) return false
  const isOf = ({ uniques }: LackingSlugs): boolean =>
    uniques.some(
      ({ fields }) =>
        fields.length === constraintFields.length && fields.every(field => constraintFields.includes(field))
    )
  const generated = new Set(lacking.filter(isOf).flatMap(({ indexes }) => indexes))
  return generated.size > 0 && error.details.every(({ index }) => index === undefined || generated.has(index))
}

/** The rows with the slugs that they lack; one query for each slug field that has a unique constraint. */
export async function fillSlugs (
  context: WriteContext,
  rows: readonly InputRow[],
  lacking: readonly LackingSlugs[]
): Promise<readonly InputRow[]> {
  const filled = [...rows]
  for (const one of lacking) {
    const slugs =
      one.uniques.length === 0
        ? one.indexes.map(index => slugBase(context, one, ownRow(rows[index]!)))
        : await freeSlugs(context, rows, one)
    const { name } = one.field
    one.indexes.forEach((index, i) => {
      // Assigned and not spelled out: a computed name in a literal makes it a slow one.
      const copy: Record<string, unknown> = { ...filled[index] }
      copy[name] = slugs[i]
      filled[index] = copy
    })
  }
  return filled
}

/** The slugs of the lacking rows, in their order: free in the table, and each claimed by one row of the batch. */
async function freeSlugs (context: WriteContext, rows: readonly InputRow[], lacking: LackingSlugs): Promise<string[]> {
  const { dialect, model, runner } = context
  const { field, indexes, uniques, limit } = lacking
  const scope = [...new Set(uniques.flatMap(unique => unique.fields))].filter(name => name !== field.name)
  const own = rows.map(ownRow)
  const completed =
    scope.length === 0
      ? own
      : own.map(row => ({
        ...row,
        ...Object.fromEntries(scope.map(name => [name, valueOf(model.ownField(name), row ?? {})]))
      }))
  const bases: (string | undefined)[] = own.map(() => undefined)
  for (const index of indexes) bases[index] = slugBase(context, lacking, own[index]!)
  const claims = new SlugClaims(context, lacking, completed, bases)
  const { wishes } = claims
  const statement = dialect.freeSlugs({
    model,
    field,
    uniques,
    bases: wishes.map(({ base }) => base),
    wanted: wishes.map(({ wanted }) => wanted),
    // Values that no column can hold are reported by the write.
    scope: keyColumns(
      context,
      { rows: wishes.map(({ index }) => completed[index]!), indexes: wishes.map(({ index }) => index) },
      scope,
      new ItemErrors()
    ),
    limit
  })
  for (const row of await runner.query(statement)) {
    wishes[Number(row[answer.ord]) - 1]!.numbers = String(row[answer.numbers]).split(',').map(Number)
  }
  const itemErrors = new ItemErrors()
  const slugs = indexes.map(index => {
    const slug = claims.next(index, (base, number) => numberedSlug(base, number, limit))
    if (slug === undefined) {
      itemErrors.add('invalid_value', index, field.name, { problem: `No slug of at most ${limit} characters is free` })
    }
    return slug ?? ''
  })
  itemErrors.throwIfAny()
  return slugs
}
