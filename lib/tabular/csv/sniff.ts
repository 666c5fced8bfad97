const delimiters = [',', ';', '\t', '|'] as const

/** Throws a TypeError unless the text is one character that can stand between cells. */
export function checkDelimiter (delimiter: string): void {
  if (!/^[^"\r\n\0\uD800-\uDFFF]$/.test(delimiter)) {
    throw new TypeError(
      `The delimiter must be one character other than a quote or a line break, not ${JSON.stringify(delimiter)}`
    )
  }
}

/**
 * The line `sep=x` that tells spreadsheets the delimiter and that they do not show: what it says, and its length with
 * the line break.
 */
export function separatorLine (text: string): { readonly delimiter: string; readonly length: number } | null {
  const [line, delimiter] = /^sep=([^"\r\n\0\uD800-\uDFFF])(?:\r\n|\r|\n|$)/i.exec(text) ?? []
  return line === undefined || delimiter === undefined ? null : { delimiter, length: line.length }
}

/** The text of the first record that is not blank, line breaks within quotes included. */
export function firstRecord (text: string): string {
  return /(?:[^\r\n"]|"[^"]*(?:"|$))+/.exec(text)?.[0] ?? ''
}

/** The one of `, ; TAB |` that stands most often outside quotes in a record; the first of them if none does. */
export function sniffDelimiter (record: string): string {
  const bare = record.replace(/"[^"]*(?:"|$)/g, '')
  const counts = delimiters.map(delimiter => bare.split(delimiter).length)
  return delimiters[counts.indexOf(Math.max(...counts))]!
}
