import { answer, cellAlias, positionAlias } from '../../sql/port/answer.js'
import type { CellPath } from '../../sql/port/read-statements.js'
import type { SqlParameter } from '../../sql/port/runner.js'
import type { WriteContext } from '../core/write-context.js'
import { listQuery, type ListOptions, type Position } from './page.js'

/** Which rows of a model are meant, in whatever order. */
export type ChoiceOptions = Pick<ListOptions, 'deleted' | 'filter' | 'scope'>

export interface TextPageOptions extends Omit<ListOptions, 'rows'> {
  readonly cells: readonly CellPath[]
  readonly delimiter: string
  /** The row to go on from, which is not given itself; null: the first. */
  readonly position: Position | null
}

/** Some rows as lines of CSV. */
export interface TextPage {
  readonly text: string
  readonly count: number
  /** That of the last row; null where there is none. */
  readonly position: Position | null
}

/** Reads rows from a position on as one text. One statement. */
export async function textPageOf (
  context: WriteContext,
  { cells, delimiter, position, ...options }: TextPageOptions
): Promise<TextPage> {
  const { returning, ...query } = listQuery(context, { ...options, rows: noFields })
  const [row] = await context.runner.query(context.dialect.textPage({ ...query, position, cells, delimiter }))
  const count = Number(row![answer.count])
  if (count === 0) return { text: '', count, position: null }
  return {
    text: row![answer.text] as string,
    count,
    position: query.order.map((_, i) => row![positionAlias(i)] as SqlParameter)
  }
}

/** Counts rows, no further than to the limit. One statement. */
export async function countRows (context: WriteContext, limit: number, options: ChoiceOptions): Promise<number> {
  const { model, where, filter } = listQuery(context, { ...options, rows: noFields, take: 0 })
  const [row] = await context.runner.query(context.dialect.countTo({ model, where, filter, limit }))
  return Number(row![answer.count])
}

/** The text that all rows have in each cell; null where it is not the same in all, or empty. One statement. */
export async function commonTexts (
  context: WriteContext,
  cells: readonly CellPath[],
  options: ChoiceOptions
): Promise<readonly (string | null)[]> {
  const { model, where, filter } = listQuery(context, { ...options, rows: noFields, take: 0 })
  const [row] = await context.runner.query(context.dialect.common({ model, where, filter, cells }))
  return cells.map((_, i) => (row![cellAlias(i)] as string | null) || null)
}

const noFields = { fields: [], form: 'json' } as const
