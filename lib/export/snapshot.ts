import type { Dialect } from '../sql/port/dialect.js'
import type { ExportConnection, ExportPool } from './export-options.js'

/**
 * What `read` gives, read from one snapshot of the database: on a connection of the pool, in a transaction that writes
 * nothing. The connection is given back whatever happens; one whose reading was broken off is closed.
 */
export async function * inSnapshot<Element> (
  pool: ExportPool,
  { begin, end }: Dialect['snapshot'],
  read: (connection: ExportConnection) => AsyncGenerator<Element, void>
): AsyncGenerator<Element, void> {
  const connection = await pool.connect()
  let isWhole = false
  try {
    for (const { text } of begin) await connection.query(text)
    yield * read(connection)
    await connection.query(end.text)
    isWhole = true
  } finally {
    // A statement may be running still.
    connection.release(!isWhole)
  }
}
