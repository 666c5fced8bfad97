import type { DeletedRows } from '../model/meta.js'
import { answer } from '../sql/dialect.js'
import type { BulkContext } from './context.js'
import type { Row } from './find.js'
import { visibleWhere } from './live.js'
import type { RowRequest } from './report.js'

export interface PageOptions {
  /** Rows to leave out first. */
  readonly skip: number
  /** Rows to give at most. */
  readonly take: number
  readonly rows: RowRequest
  /** Whether rows that are marked as deleted are among them. Default: `exclude`. */
  readonly deleted?: DeletedRows
}

/** Some rows, and how many there are in all. */
export interface Page {
  readonly count: number
  readonly rows: readonly Row[]
}

/** Reads rows in the order of the primary key. One statement. */
export async function pageOf (context: BulkContext, { skip, take, rows: { fields, form }, deleted = 'exclude' }: PageOptions): Promise<Page> {
  const { dialect, model, runner } = context
  const decode = dialect.decoder(model, fields, form, context.factories)
  const answers = await runner.query(dialect.page({ model, where: visibleWhere(model, deleted), skip, take, returning: fields }))
  return {
    count: Number(answers[0]![answer.count]),
    rows: answers.filter(row => row[answer.present] === true).map(decode)
  }
}
