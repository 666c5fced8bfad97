import type { FileLimits } from '../../table/limits.js'
import { readPart } from './read-workbook.js'
import type { DateShape } from '../serial.js'
import type { ZipParts } from './zip-parts.js'

/** Spreadsheets take fewer. */
const mostFormats = 65_536

/** What a format makes of a number: a date, a whole number of at least so many digits, or null for any other number. */
export type CellFormat = DateShape | number | null

/** The formats of the styles that cells name by number. */
export type CellFormats = readonly CellFormat[]

const formatPath = 'styleSheet/numFmts/numFmt'
/** The formats of named styles stand elsewhere, in the same words. */
const stylePath = 'styleSheet/cellXfs/xf'

/** Reads which styles show numbers as something else. */
export async function readFormats (parts: ZipParts, path: string, limits: FileLimits): Promise<CellFormats> {
  const custom = new Map<string, CellFormat>()
  const ids = await readPart<string>(parts, path, limits, { most: mostFormats, unit: 'styles of cells' }, emit => ({
    elements: [formatPath, stylePath],
    open (path, { numFmtId: id, formatCode: code = '' }) {
      if (path === formatPath) custom.set(id ?? '', paddedDigits(code) ?? dateShape(code))
      else emit(id ?? '0')
    }
  }))
  return ids.map(id => custom.get(id) ?? (custom.has(id) ? null : knownShape(Number(id))))
}

/** The digits that a format such as `0000` shows at least. */
function paddedDigits (code: string): number | null {
  return /^0{2,100}(?=;|$)/.exec(code)?.[0].length ?? null
}

/**
 * What stands in a format for itself: quoted, escaped, filled or as wide as a character, or in brackets but for hours
 * that go on.
 */
const literals = /"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]?/gi

/** Whether a format shows dates; only its first section is looked at. */
export function dateShape (code: string): DateShape | null {
  const letters = code.replace(literals, '').split(';', 1)[0]!
  if (/^general$/i.test(letters)) return null
  if (/\[[hms]+\]/i.test(letters)) return 'elapsed'
  if (/[hs]/i.test(letters)) return 'time'
  return /[dmy]/i.test(letters) ? 'date' : null
}

/** The formats that files need not tell. */
function knownShape (id: number): DateShape | null {
  if (id === 46) return 'elapsed'
  if ((id >= 18 && id <= 22) || id === 45 || id === 47 || (id >= 32 && id <= 35) || id === 55 || id === 56) {
    return 'time'
  }
  return (id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? 'date' : null
}
