const quote = 34
const lineFeed = 10
const carriageReturn = 13

/** A record as it stands in the text: null is a cell without anything in it, not even quotes. */
export interface CsvRecord {
  readonly cells: (string | null)[]
  /** What is wrong with its quotes; the cells are then those of a lenient reading. */
  readonly problem: string | undefined
  /** The position of the first cell with wrong quotes; -1 for none. */
  readonly problemAt: number
}

export interface CsvRecords {
  readonly records: readonly CsvRecord[]
  /** Where the record starts that the text does not end; the length of the text if there is none. */
  readonly end: number
  /** Whether the text may end within quotes of that record, for sure if it is the last. */
  readonly isQuoteOpen: boolean
}

/**
 * Takes a text apart into records, which end with LF, CR LF or CR, or with the last text; a blank line is a record of
 * one null. A quote opens at the start of a cell only; then all is text up to the quote that closes it, two standing
 * for one. A record that more text could still change is left: give it again, with more text behind it.
 */
export function readRecords (text: string, delimiter: string, isLast: boolean): CsvRecords {
  const { length } = text
  const separator = delimiter.charCodeAt(0)
  const records: CsvRecord[] = []
  let end = 0
  while (end < length) {
    const cells: (string | null)[] = []
    let problem: string | undefined
    let problemAt = -1
    let at = end
    for (;;) {
      let quoted: string | null = null
      if (text.charCodeAt(at) === quote) {
        const close = closingQuote(text, at + 1)
        if (close === -1) return { records, end, isQuoteOpen: true }
        quoted = text.slice(at + 1, close).replaceAll('""', '"')
        at = close + 1
      }
      const start = at
      let code = 0
      for (; at < length; at++) {
        code = text.charCodeAt(at)
        if (code === separator || code === lineFeed || code === carriageReturn) break
        if (code === quote && quoted === null && problem === undefined) {
          problem = 'A quote stands inside a cell that is not in quotes'
          problemAt = cells.length
        }
      }
      if (quoted === null) cells.push(at > start ? text.slice(start, at) : null)
      else cells.push(at > start ? quoted + text.slice(start, at) : quoted)
      if (quoted !== null && at > start && problem === undefined) {
        problem = 'Text follows the quote that closes a cell'
        problemAt = cells.length - 1
      }
      if (at === length) {
        // The next character may double the quote that seems to close.
        if (!isLast) return { records, end, isQuoteOpen: quoted !== null && at === start }
        break
      }
      at++
      if (code === separator) continue
      if (code === carriageReturn) {
        // A line feed that belongs to it may be the next character to come.
        if (at === length && !isLast) return { records, end, isQuoteOpen: false }
        if (text.charCodeAt(at) === lineFeed) at++
      }
      break
    }
    records.push({ cells, problem, problemAt })
    end = at
  }
  return { records, end, isQuoteOpen: false }
}

/** The place of the quote that closes, -1 if the text has none. */
function closingQuote (text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at !== -1 && text.charCodeAt(at + 1) === quote) at = text.indexOf('"', at + 2)
  return at
}
