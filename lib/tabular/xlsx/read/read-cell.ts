import { CellError, type ReadCell } from '../../table/table.js'
import { unreadable } from './unreadable.js'
import { readIsoDate } from './iso-date.js'
import { numberCell } from './number-cell.js'
import type { CellFormats } from './read-formats.js'
import type { SharedStrings } from './read-shared-strings.js'
import { decodeEscapes } from '../xml-text.js'

/** A cell as the XML tells it; what has no element is undefined. */
export interface RawCell {
  readonly type: string
  readonly style: number
  readonly value: string | undefined
  readonly inlineText: string | undefined
  readonly formula: string | undefined
}

/** What cells of a workbook refer to. */
export interface CellContext {
  readonly formats: CellFormats
  readonly sharedStrings: SharedStrings
  readonly from1904: boolean
  /** Characters that a cell may have. */
  readonly cellLength: number
}

/** The value of a cell; formulas have the value that was worked out last. */
export function readCell (cell: RawCell, context: CellContext): ReadCell {
  const { type, value, inlineText, formula } = cell
  if (formula !== undefined && isNotWorkedOut(type, value)) {
    return new CellError(`=${formula}`, 'has a formula without a value: open the file in a spreadsheet and save it')
  }
  if (type === 'inlineStr' || (value === undefined && inlineText !== undefined)) {
    return bounded(inlineText ?? value ?? null, context)
  }
  if (value === undefined) return null
  switch (type) {
    case 'str':
      return bounded(value, context)
    case 's':
      return sharedText(value, context)
    case 'e':
      return new CellError(value)
    case 'b':
      return booleanCell(value.trim())
    case 'd':
      return readIsoDate(value.trim())
    default:
      return numberCell(value.trim(), context.formats[cell.style] ?? null, context.from1904)
  }
}

/** A text alone may be worked out as empty. */
function isNotWorkedOut (type: string, value: string | undefined): boolean {
  return value === undefined || (type !== 'str' && value.trim() === '')
}

function booleanCell (text: string): ReadCell {
  switch (text) {
    case '':
      return null
    case '1':
    case 'true':
      return true
    case '0':
    case 'false':
      return false
    default:
      return new CellError(text, 'holds neither true nor false')
  }
}

function sharedText (text: string, context: CellContext): ReadCell {
  if (text.trim() === '') return null
  const found = /^\s*\d+\s*$/.test(text) ? context.sharedStrings[Number(text)] : undefined
  if (found === undefined) throw unreadable('a cell refers to a text that is not there')
  return found ?? tooLong('', context)
}

function bounded (raw: string | null, context: CellContext): ReadCell {
  if (raw === null) return null
  const text = decodeEscapes(raw)
  return text.length > context.cellLength ? tooLong(text, context) : text
}

function tooLong (text: string, { cellLength }: CellContext): CellError {
  return new CellError(text, `is longer than ${cellLength} characters`)
}
