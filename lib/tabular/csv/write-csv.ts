import { cellText, mayHoldFormula } from '../table/cell-text.js'
import { chunkSize } from '../table/chunk-size.js'
import { commonSeparators, guarded } from '../table/formula-guard.js'
import type { Cell, TableFrame, WriteTable } from '../table/table.js'
import { checkDelimiter } from './sniff.js'

export interface CsvWriterOptions {
  /** One character. Default: a comma. */
  readonly delimiter?: string
  /** Start with a byte order mark, which some spreadsheets need to take the file for UTF-8. Default: false. */
  readonly bom?: boolean
  /** Put an apostrophe in front of texts that spreadsheets could take for formulas. Default: true. */
  readonly guard?: boolean
}

const lineEnd = '\r\n'

/**
 * Gives a writer of CSV as in RFC 4180. Whoever builds the same lines elsewhere, as in SQL, keeps to these rules:
 *
 * - Every record ends with CR LF, the last one too; cells are divided by the delimiter; the text is UTF-8.
 * - A cell without a value (null, undefined) is nothing at all; an empty text is `""`.
 * - The text of a cell is what `cellText` gives. With `guard`, `guarded` is put over cells of the kinds `text` and
 *   `json`, and over all that stands around the rows: lines, facts, headers and foot.
 * - The text, guarded if it has to be, is put in quotes if it is empty, has the delimiter, a comma, a semicolon, a TAB,
 *   a quote, CR or LF, or starts or ends with a space; quotes in it are doubled. All others are written as they are.
 * - Lines come first, then facts as `Label: value`, each a record of one cell; then the headers, the rows, and, if
 *   there is a foot, an empty line and the lines of the foot.
 *
 * Throws a TypeError if the delimiter cannot be one.
 */
export function csvWriter (options: CsvWriterOptions = {}): WriteTable {
  const { delimiter = ',', bom = false, guard = true } = options
  checkDelimiter(delimiter)
  const quoted = quoting(delimiter)
  const own = (text: string): string => quoted(guard ? guarded(text) : text)

  return async function * (frame, pages) {
    const kinds = frame.columns.map(({ kind }) => kind)
    const writes = kinds.map(kind => (guard && mayHoldFormula(kind) ? own : quoted))
    const line = (row: readonly Cell[]): string => {
      let text = ''
      for (let index = 0; index < kinds.length; index++) {
        if (index > 0) text += delimiter
        const value = cellText(kinds[index]!, row[index])
        if (value !== null) text += writes[index]!(value)
      }
      return text + lineEnd
    }
    let text =
      (bom ? '\uFEFF' : '') +
      [...heading(frame).map(own), frame.columns.map(({ label }) => own(label)).join(delimiter), ''].join(lineEnd)
    for await (const page of pages) {
      for (const row of page) {
        text += line(row)
        if (text.length < chunkSize) continue
        yield Buffer.from(text)
        text = ''
      }
    }
    const { foot = [] } = frame
    if (foot.length > 0) text += ['', ...foot.map(own), ''].join(lineEnd)
    if (text !== '') yield Buffer.from(text)
  }
}

function heading ({ lines = [], facts = [] }: TableFrame): readonly string[] {
  return [...lines, ...facts.map(({ label, value }) => `${label}: ${cellText('text', value) ?? ''}`)]
}

/** Puts texts in quotes that need them. */
function quoting (delimiter: string): (text: string) => string {
  const code = delimiter.charCodeAt(0).toString(16).padStart(4, '0')
  const special = new RegExp(`["\\r\\n${commonSeparators.join('')}\\u${code}]|^ | $|^$`)
  return text => (special.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
}
