import { createReadStream } from 'node:fs'
import { access, open, rm, type FileHandle } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { CellError, type ReadCell, type TablePages } from '../../tabular/table/table.js'
import { plainDecimal } from '../../text/decimal.js'
import { refusedCell } from '../read/refused-cell.js'
import type { FailedRow } from '../write/run.js'
import { temporaryPath } from '../../http/temporary-folder.js'

/** The header of the column that tells why a row failed. */
export const errorsColumn = 'import_errors'

/** Rows of a page when they are read back. */
const pageRows = 1000

/** The failed rows of one import, kept in a file as they come: there may be as many as the import has rows. */
export class FailedRowsFile {
  readonly #width: number
  readonly #onLost: (error: unknown) => void
  #path = ''
  #file: FileHandle | null = null
  #isLost = false

  /**
   * @param width number of columns that the file of the import has
   * @param onLost told why rows could not be kept; the import goes on without the file
   */
  constructor (width: number, onLost: (error: unknown) => void) {
    this.#width = width
    this.#onLost = onLost
  }

  async append (rows: readonly FailedRow[]): Promise<void> {
    if (this.#isLost) return
    try {
      if (this.#path === '') this.#path = await temporaryPath()
      this.#file ??= await open(this.#path, 'wx', 0o600)
      await this.#file.appendFile(rows.map(failed => `${oneLine(this.#lineOf(failed))}\n`).join(''))
    } catch (error) {
      await this.#lose(error)
    }
  }

  /** Ends the writing; false where there is nothing to be read. */
  async close (): Promise<boolean> {
    const file = this.#file
    this.#file = null
    try {
      await file?.close()
    } catch (error) {
      await this.#lose(error)
    }
    return this.#path !== '' && !this.#isLost
  }

  async isThere (): Promise<boolean> {
    return await access(this.#path).then(
      () => true,
      () => false
    )
  }

  async remove (): Promise<void> {
    await this.close()
    if (this.#path !== '') await rm(this.#path, { force: true })
  }

  async #lose (error: unknown): Promise<void> {
    this.#isLost = true
    this.#onLost(error)
    // Where the disk is full, neither may work.
    await this.remove().catch(() => {})
  }

  /** The rows as the file of the import has them, with the reasons in a further cell. */
  async * pages (): TablePages {
    const lines = createInterface({ input: createReadStream(this.#path), crlfDelay: Infinity })
    let page: (readonly unknown[])[] = []
    for await (const line of lines) {
      page.push(JSON.parse(line) as unknown[])
      if (page.length < pageRows) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  }

  #lineOf ({ row, errors }: FailedRow): readonly unknown[] {
    const cells = Array.from({ length: this.#width }, (_, position) => keptCell(row.cells[position] ?? null))
    return [
      ...cells,
      errors.map(({ field, message }) => (field === undefined ? message : `${field}: ${message}`)).join('; ')
    ]
  }
}

function keptCell (cell: ReadCell): unknown {
  if (cell instanceof CellError) return refusedCell(cell)
  return typeof cell === 'number' ? plainDecimal(String(cell)) : cell
}

/**
 * JSON leaves two separators as they are, which a reader of lines may take for the end of one, though that of Node 20
 * does not.
 */
function oneLine (cells: readonly unknown[]): string {
  return JSON.stringify(cells).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}
