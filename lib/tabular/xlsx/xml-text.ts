/** What XML gives a meaning, what it cannot hold (lone surrogates too), and what would be read as an escape. */
const unsafe = /[&<>"\p{Cs}\ufffe\uffff]|(?![\t\n])\p{Cc}|_(?=x[0-9A-Fa-f]{4}_)/gu
const escaped = /_x([0-9A-Fa-f]{4})_/g

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/**
 * Text for the XML of a spreadsheet. Characters that XML cannot hold are written as `_x0001_`, text that looks like
 * such an escape has its first character escaped.
 */
export function escapeText (text: string): string {
  return text.replace(
    unsafe,
    character => named[character] ?? `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
  )
}

/** Text for an attribute, where line breaks and tabs would be read as blanks. */
export function escapeAttribute (text: string): string {
  return escapeText(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
}

/** Text as it was before its escapes were written: once, so that an escaped escape stays text. */
export function decodeEscapes (text: string): string {
  return text.includes('_x')
    ? text.replace(escaped, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    : text
}
