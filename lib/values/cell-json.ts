import { parseJson } from '../http/json-body.js'
import type { FieldMeta } from '../model/meta.js'
import { isDecimalText, plainDecimal } from '../text/decimal.js'

/**
 * Makes of what a cell holds the JSON that a client would send for it. What cannot be made of it is left to the reader
 * of the field to refuse.
 */
export type CellJson = (value: unknown) => unknown

/**
 * The JSON of one field's cells. Texts stay as they are, leading zeros and blanks included; numbers, dates and truth
 * values may be written as people write them.
 */
export function cellJson (field: FieldMeta): CellJson {
  if (!field.list) return singleJson(field)
  // An element is JSON already: texts in it are not read once more.
  return field.type === 'Json' ? value => (value === '' ? [] : singleJson(field)(value)) : listJson(singleJson(field))
}

/** A list stands in a cell as JSON, or as its elements with commas between them. */
export function listJson (element: CellJson): CellJson {
  return value => {
    if (typeof value !== 'string') return [element(value)]
    const text = value.trim()
    if (text === '') return []
    const list = text.startsWith('[') ? parsed(text) : text.split(',').map(one => one.trim())
    return Array.isArray(list) ? list.map(element) : list
  }
}

/**
 * True for a cell without a value. A text of no characters is a value of texts, bytes and lists alone: many programs
 * put quotes around every cell.
 */
export function isEmptyCell ({ kind, type, native, list }: FieldMeta, cell: unknown): boolean {
  const isText = kind === 'scalar' && ((type === 'String' && native?.[0] !== 'Uuid') || type === 'Bytes')
  return cell === null || (cell === '' && !isText && !list)
}

export function trimmed (value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : value
}

/** Not a value where it is no JSON, or has keys that no body may have. */
export function parsed (text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function singleJson (field: FieldMeta): CellJson {
  if (field.kind === 'enum') return trimmed
  switch (field.type) {
    case 'Int':
      return value => (typeof value === 'string' && integer.test(value.trim()) ? Number(value) : value)
    case 'Float':
      return value => (typeof value === 'string' && isDecimalText(value.trim()) ? Number(value) : trimmed(value))
    // A number cell has all digits of an integer, though JSON would not keep them.
    case 'BigInt':
      return value => trimmed(Number.isInteger(value) ? textOf(value) : value)
    case 'Bytes':
      return value => trimmed(textOf(value))
    case 'Decimal':
      return value => (typeof value === 'number' ? exactNumber(value) : trimmed(value))
    case 'DateTime':
      return trimmed
    case 'Boolean':
      return value => truths.get(typeof value === 'string' ? value.trim().toLowerCase() : value) ?? value
    case 'Json':
      return value => (typeof value === 'string' ? parsed(value) : value)
    default:
      return textOf
  }
}

/** A spreadsheet holds numbers for texts of digits, unless its column is one of texts. */
function textOf (value: unknown): unknown {
  if (typeof value === 'number') return plainDecimal(String(value))
  return typeof value === 'boolean' ? String(value) : value
}

/** A number cell has all of its digits, where more than 15 of a JSON number would be in doubt: those are a text. */
function exactNumber (value: number): number | string {
  const text = String(value)
  return text.length > 15 ? plainDecimal(text) : value
}

const integer = /^[+-]?\d{1,15}(?:\.0+)?$/

const truths: ReadonlyMap<unknown, boolean> = new Map([
  ...['true', 't', 'yes', 'y', 'on', '1', 1, true].map((word): [unknown, boolean] => [word, true]),
  ...['false', 'f', 'no', 'n', 'off', '0', 0, false].map((word): [unknown, boolean] => [word, false])
])
