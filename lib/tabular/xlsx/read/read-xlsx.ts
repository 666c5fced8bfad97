import type { FileLimits } from '../../table/limits.js'
import type { SheetPages, SheetRow } from '../../table/table.js'
import { chooseSheet, type SheetChoice } from './choose-sheet.js'
import { readFormats } from './read-formats.js'
import { readSharedStrings } from './read-shared-strings.js'
import { readSheet } from './read-sheet.js'
import { readWorkbook } from './read-workbook.js'
import { refuseOtherFiles } from './sniff.js'
import { ZipParts } from './zip-parts.js'

export interface XlsxReaderOptions extends SheetChoice {
  /** Ends the reading between two pieces of a part, with its reason. */
  readonly signal?: AbortSignal
}

/**
 * The rows of one sheet of an XLSX workbook, unpacked as they are taken; the file is closed when the iteration ends.
 * Cells are null where nothing stands (at the end of a row they are left out), text, numbers, booleans or errors;
 * formulas have the value that was worked out last. Numbers in a format of dates are `YYYY-MM-DD`, with a time
 * `YYYY-MM-DDTHH:MM:SS.mmmZ` as if it was in UTC, times alone `HH:MM:SS`. A cell that cannot be taken, as one that is
 * too long, is an error and the `problem` of its row.
 *
 * 413 `file_too_large` and `file_limit_exceeded` for files beyond the limits, 415 `file_type_unsupported` for what is
 * no .xlsx by its content, 422 `file_unreadable` for broken ones, 501 `format_unavailable` without the packages yauzl
 * and saxes.
 *
 * @example
 * for await (const rows of readXlsx('/tmp/upload', defaultLimits)) for (const { number, cells } of rows)
 * console.log(number, cells)
 */
export async function * readXlsx (
  path: string,
  limits: FileLimits,
  { signal, ...choice }: XlsxReaderOptions = {}
): AsyncGenerator<readonly SheetRow[]> {
  await refuseOtherFiles(path, limits)
  const parts = await ZipParts.open(path, limits, signal)
  try {
    const { sheets, sharedStrings, styles, from1904 } = await readWorkbook(parts, limits)
    const context = {
      formats: styles === undefined ? [] : await readFormats(parts, styles, limits),
      sharedStrings: sharedStrings === undefined ? [] : await readSharedStrings(parts, sharedStrings, limits),
      from1904,
      cellLength: limits.cellLength
    }
    yield * await chooseSheet(sheets, ({ part }): SheetPages => readSheet(parts.read(part), context, limits), choice)
  } finally {
    parts.close()
  }
}
