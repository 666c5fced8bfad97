import { answer } from '../../sql/port/answer.js'
import type { SqlRow, Statement } from '../../sql/port/runner.js'
import type { WriteContext } from '../core/write-context.js'
import { listQuery, type Seek, type SeekOptions } from './page.js'
import type { TextPage, TextPageOptions } from './text-page.js'

/**
 * Reads rows in their order by a cursor of the database, in the transaction of the context: the statement runs once,
 * however many parts it is read in. A transaction has one, which ends with it.
 */
export const rowCursor = {
  /** As `seekRows`, but positions tell nothing. */
  async rows (context: WriteContext, { position, ...options }: SeekOptions): Promise<Seek> {
    const { dialect, model, factories } = context
    const { fields, form } = options.rows
    const query = listQuery(context, options)
    const rows = (await fetch(context, position === null, query.take, () => dialect.all(query))).map(
      dialect.decoder(model, fields, form, factories)
    )
    return { rows, positions: rows.length === 0 ? [] : [goOn] }
  },

  /** As `textPageOf`, but the position tells nothing. */
  async text (context: WriteContext, { cells, delimiter, position, ...options }: TextPageOptions): Promise<TextPage> {
    const { returning, ...query } = listQuery(context, { ...options, rows: { fields: [], form: 'json' } })
    const lines = await fetch(context, position === null, query.take, () =>
      context.dialect.textLines({ ...query, cells, delimiter })
    )
    return {
      text: lines.map(row => row[answer.text] as string).join(''),
      count: lines.length,
      position: lines.length === 0 ? null : goOn
    }
  }
}

/** The cursor itself knows where it is. */
const goOn: readonly string[] = []

async function fetch (
  { dialect: { cursor }, runner }: WriteContext,
  isFirst: boolean,
  take: number,
  statement: () => Statement
): Promise<readonly SqlRow[]> {
  if (isFirst) await runner.query(cursor.open(statement()))
  return await runner.query(cursor.fetch(take))
}
