import type { DeletedRows } from '../../model/meta.js'
import { answer, positionAlias } from '../../sql/port/answer.js'
import type { ListQuery } from '../../sql/port/read-statements.js'
import { allOf, type Filter } from '../../sql/port/filter.js'
import { completeOrder, reversed, type OrderTerm } from '../../sql/port/ordering.js'
import type { SqlParameter } from '../../sql/port/runner.js'
import type { WriteContext } from '../core/write-context.js'
import type { Row } from './find.js'
import { deletedFilter } from '../core/soft-delete-filter.js'
import type { RowRequest } from '../core/report.js'
import { scopeFilter, type Scope } from '../core/scope.js'

export interface ListOptions {
  /** Rows to give at most. */
  readonly take: number
  readonly rows: RowRequest
  /** Whether soft-deleted rows are among them. Default: `exclude`. */
  readonly deleted?: DeletedRows
  /** The rows that are wanted. Default: all. */
  readonly filter?: Filter | null
  /** Field → the value that rows must have in it. Default: any row is seen. */
  readonly scope?: Scope | null
  /**
   * What rows are ordered by; rows that are alike in it stand in the order of the primary key. Default: by that alone.
   */
  readonly order?: readonly OrderTerm[]
}

export interface PageOptions extends ListOptions {
  /** Rows to leave out first. */
  readonly skip: number
}

/** A row's place in an order: the value of each term, as text. */
export type Position = readonly SqlParameter[]

export interface SeekOptions extends ListOptions {
  /** The row to go on from, which is not given itself; null: an end of the order. */
  readonly position: Position | null
  /** Give the rows before the position instead of those behind it, in the same order. Default: false. */
  readonly backwards?: boolean
}

/** Some rows, and how many there are in all. */
export interface Page {
  readonly count: number
  readonly rows: readonly Row[]
}

/** Some rows, and the position of each. */
export interface Seek {
  readonly rows: readonly Row[]
  readonly positions: readonly Position[]
}

/** Reads rows by their place in the order. One statement. */
export async function pageOf (context: WriteContext, options: PageOptions): Promise<Page> {
  const { dialect, model, runner } = context
  const { fields, form } = options.rows
  const decode = dialect.decoder(model, fields, form, context.factories)
  const answers = await runner.query(dialect.page({ ...listQuery(context, options), skip: options.skip }))
  return {
    count: Number(answers[0]![answer.count]),
    rows: answers.filter(row => row[answer.present] === true).map(decode)
  }
}

/**
 * Reads rows from a position on: where an index serves the order, at the cost of the rows that it gives. One statement.
 */
export async function seekRows (context: WriteContext, options: SeekOptions): Promise<Seek> {
  const { dialect, model, runner } = context
  const {
    rows: { fields, form },
    position,
    backwards = false
  } = options
  const query = listQuery(context, options)
  const decode = dialect.decoder(model, fields, form, context.factories)
  const found = await runner.query(
    dialect.seek({ ...query, order: backwards ? reversed(query.order) : query.order, position })
  )
  const answers = backwards ? found.toReversed() : found
  const aliases = query.order.map((_, i) => positionAlias(i))
  return { rows: answers.map(decode), positions: answers.map(row => aliases.map(alias => row[alias] as SqlParameter)) }
}

/** What to ask of the dialect. */
export function listQuery (
  { model }: WriteContext,
  { take, rows, deleted = 'exclude', filter = null, scope = null, order = [] }: ListOptions
): ListQuery {
  return {
    model,
    where: deletedFilter(model, deleted),
    filter: allOf([scopeFilter(model, scope), filter]),
    order: completeOrder(model, order),
    take,
    returning: rows.fields
  }
}
