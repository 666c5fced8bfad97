import { isCharacter, trimWhere } from '../../../text/trim.js'
import type { Cell, TableColumn } from '../../table/table.js'
import { dateSerial, instantSerial } from '../serial.js'
import type { CellStyle, StyleSheet } from './style-sheet.js'
import { escapeText } from '../xml-text.js'

/** What a cell may hold at most. */
const maxCharacters = 32_767

const digits = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE][+-]?\d+)?$/

/** The XML of a cell; empty for null and for what is no number where numbers are. */
export type WriteCell = (reference: string, value: Cell) => string

/** A cell of text in a style. */
export function textCell (reference: string, style: number, text: string): string {
  const space = /^\s|\s$|[\n\t]/.test(text) ? ' xml:space="preserve"' : ''
  return `<c r="${reference}" s="${style}" t="inlineStr"><is><t${space}>${escapeText(text)}</t></is></c>`
}

/** The style of the cells of a column, of those too that are filled in later. */
export function columnStyle (column: TableColumn, styles: StyleSheet, style: CellStyle = {}): number {
  return styles.indexOf({
    format: columnFormats[column.kind],
    align: column.align ?? (column.kind === 'number' ? 'right' : 'left'),
    ...style
  })
}

/**
 * Writes the cells of a column. Values that the kind of the column cannot show stay as text, in full.
 *
 * @param onCut is told of each text that was cut at the 32,767 characters that a cell may hold
 */
export function cellWriter (column: TableColumn, styles: StyleSheet, onCut: () => void): WriteCell {
  const style = columnStyle(column, styles)
  const textStyle = columnStyle(column, styles, { format: 'text' })
  const linesStyle = columnStyle(column, styles, { format: 'text', wrap: true })
  const finestStyle = columnStyle(column, styles, { format: 'datetime-ms' })

  const asText: WriteCell = (reference, value) => {
    const text = textOf(value)
    // Rows are as high as their lines in wrapped cells only.
    const style = text.includes('\n') ? linesStyle : textStyle
    if (text.length <= maxCharacters) return textCell(reference, style, text)
    onCut()
    // A pair of surrogates is not torn.
    return textCell(reference, style, text.slice(0, maxCharacters).replace(/[\ud800-\udbff]$/, ''))
  }
  const asNumber: WriteCell = (reference, value) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return ''
    const number = exactNumber(value)
    return number === undefined ? asText(reference, value) : `<c r="${reference}" s="${style}"><v>${number}</v></c>`
  }
  const asBoolean: WriteCell = (reference, value) =>
    typeof value === 'boolean'
      ? `<c r="${reference}" s="${style}" t="b"><v>${Number(value)}</v></c>`
      : asText(reference, value)
  const asDate: WriteCell = (reference, value) => {
    const serial = dateSerial(value)
    return serial === undefined ? asText(reference, value) : `<c r="${reference}" s="${style}"><v>${serial}</v></c>`
  }
  const asInstant: WriteCell = (reference, value) => {
    const serial = instantSerial(value)
    if (serial === undefined) return asText(reference, value)
    const fine = new Date(String(value)).getUTCMilliseconds() !== 0
    return `<c r="${reference}" s="${fine ? finestStyle : style}"><v>${serial}</v></c>`
  }
  const asJson: WriteCell = (reference, value) => asText(reference, JSON.stringify(value))

  const write = {
    text: asText,
    number: asNumber,
    boolean: asBoolean,
    date: asDate,
    datetime: asInstant,
    json: asJson
  }[column.kind]
  return (reference, value) => (value === null || value === undefined ? '' : write(reference, value))
}

/** Any value as text. */
export function textOf (value: Cell): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const columnFormats = {
  text: 'text',
  number: 'general',
  boolean: 'general',
  date: 'date',
  datetime: 'datetime',
  json: 'text'
} as const

/**
 * The digits of a number that spreadsheets keep: 15 of them, in the range that all programs know; undefined for others.
 */
function exactNumber (value: Cell): string | undefined {
  // The digits of a binary fraction are those of its shortest form, which programs read back as it was.
  if (typeof value === 'number' && !Number.isInteger(value)) return String(value)
  const text = textOf(value)
  const parts = digits.exec(text)
  if (parts === null) return undefined
  // Programs read as many digits of a large number as they keep: whether its zeros were digits, nobody could tell.
  if (typeof value === 'string' && parts[2]!.length > 15) return undefined
  const significant = trimWhere(`${parts[2]}${parts[3] ?? ''}`, isCharacter('0'))
  const size = Math.abs(Number(text))
  if (significant.length > 15 || (significant !== '' && !(size >= 1e-307 && size < 1e308))) return undefined
  return text.replace(/^\+/, '')
}
