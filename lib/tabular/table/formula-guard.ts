/**
 * What spreadsheets may take for a formula, in any number of apostrophes: an operator (half or full width) behind
 * blanks, or a text that starts with a control character that they skip. The source of a regular expression that means
 * the same in JavaScript (without flags) and in PostgreSQL.
 */
export const formulaPattern = "^'*(?:[ \\t\\r\\n\\v\\f]*[=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20]|[\\t\\r\\n\\0])"

/**
 * What spreadsheets may divide cells by, whatever the file was written with: cells that hold one stand in quotes, so
 * that no formula begins behind it.
 */
export const commonSeparators = [',', ';', '\t'] as const

const formula = new RegExp(formulaPattern)

/**
 * The text with an apostrophe in front if spreadsheets could take it for a formula. A text that came with apostrophes
 * of its own gets one more, so that `unguarded` gives every text back.
 *
 * @example
 * guarded('=1+1') // "'=1+1"
 */
export function guarded (text: string): string {
  return formula.test(text) ? `'${text}` : text
}

/** The text that `guarded` was given. */
export function unguarded (text: string): string {
  return text.startsWith("'") && formula.test(text) ? text.slice(1) : text
}
