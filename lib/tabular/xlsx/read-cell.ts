import { isDecimalText } from '../../text/decimal.js'
import { CellError, type ReadCell } from '../table.js'
import { unreadable } from './faults.js'
import type { CellFormats } from './read-formats.js'
import type { SharedStrings } from './read-shared-strings.js'
import { instantText, serialText } from './serial.js'
import { decodeEscapes } from './xml-text.js'

/** A cell as the XML tells it. */
export interface RawCell {
  readonly type: string
  readonly style: number
  /** Its value or text, undefined without an element for it. */
  readonly text: string | undefined
}

/** What cells of a workbook refer to. */
export interface CellContext {
  readonly formats: CellFormats
  readonly sharedStrings: SharedStrings
  readonly from1904: boolean
  /** Characters that a cell may have. */
  readonly cellLength: number
}

/** Why a cell cannot be taken: what is said after its name. */
export class CellProblem {
  readonly text: string

  constructor (text: string) {
    this.text = text
  }
}

const instant = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/
const time = /^T?(\d\d:\d\d:\d\d)(?:\.0*|(\.\d{1,3})\d*)?Z?$/

/** The value of a cell; formulas have the value that was worked out last, null without one. */
export function readCell (cell: RawCell, context: CellContext): ReadCell | CellProblem {
  const { type, text } = cell
  if (text === undefined) return null
  switch (type) {
    case 'str':
    case 'inlineStr': return bounded(decodeEscapes(text), context)
    case 's': return sharedText(text, context)
    case 'b': return ['1', 'true'].includes(text.trim())
    case 'e': return new CellError(text)
    case 'd': return isoText(text.trim())
    default: return numberOf(cell.style, text.trim(), context)
  }
}

function numberOf (style: number, text: string, { formats, from1904 }: CellContext): ReadCell | CellProblem {
  if (text === '') return null
  const value = isDecimalText(text) ? Number(text) : NaN
  if (!Number.isFinite(value)) return new CellProblem('holds no number')
  const shape = formats[style] ?? null
  return shape === null ? value : serialText(value, shape, from1904) ?? value
}

function sharedText (text: string, context: CellContext): ReadCell | CellProblem {
  if (text.trim() === '') return null
  const found = /^\s*\d+\s*$/.test(text) ? context.sharedStrings[Number(text)] : undefined
  if (found === undefined) throw unreadable('a cell refers to a text that is not there')
  return found ?? tooLong(context)
}

function isoText (text: string): ReadCell | CellProblem {
  if (text === '') return null
  const clock = time.exec(text)
  if (clock !== null) return `${clock[1]}${(clock[2] ?? '').padEnd(clock[2] === undefined ? 0 : 4, '0')}`
  const [, day, hours = '00:00', zone = 'Z'] = instant.exec(text) ?? []
  const date = new Date(`${day}T${hours}${zone}`)
  return day === undefined || Number.isNaN(date.getTime()) ? new CellProblem('holds no date') : instantText(date)
}

function bounded (text: string, context: CellContext): string | CellProblem {
  return text.length > context.cellLength ? tooLong(context) : text
}

function tooLong ({ cellLength }: CellContext): CellProblem {
  return new CellProblem(`is longer than ${cellLength} characters`)
}
