import { isTimeOfDay } from '../../model/instant.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { textLimit } from '../../model/text-limit.js'
import { expectedOf, integerRange } from '../../values/value-reader.js'
import type { CellKind } from '../../tabular/table/table.js'
import type { CellRule } from '../../tabular/xlsx/write/workbook.js'

/** Digits that spreadsheets keep of a number. */
const keptDigits = 15

/** How the cells of a field are formatted: as text where a spreadsheet would change what is typed. */
export function cellKindOf (field: FieldMeta): CellKind {
  if (field.kind === 'enum' || field.list) return 'text'
  switch (field.type) {
    case 'Int':
    case 'Float':
      return 'number'
    case 'Decimal':
      return (digitsOf(field)?.all ?? 0) > keptDigits ? 'text' : 'number'
    case 'DateTime':
      return isTimeOfDay(field) ? 'text' : field.native?.[0] === 'Date' ? 'date' : 'datetime'
    default:
      return 'text'
  }
}

/** What is checked as a value is typed, besides lists; undefined where that could refuse what an import takes. */
export function cellRuleOf (model: Model, field: FieldMeta): CellRule | undefined {
  const error = `Expected ${wordsOf(model, field)}`
  switch (cellKindOf(field)) {
    case 'number': {
      if (field.type !== 'Int') return { type: 'decimal', error, ...boundsOf(field) }
      const [min, max] = integerRange(field)
      return { type: 'whole', min, max, error }
    }
    case 'date':
      return { type: 'date', error }
    default: {
      const limit = field.list ? undefined : textLimit(field)
      return limit === undefined ? undefined : { type: 'textLength', max: limit, error }
    }
  }
}

/** What a cell must hold, in words for people. */
export function wordsOf (model: Model, field: FieldMeta): string {
  if (field.list) return `several values with commas between them, each ${wordsOf(model, { ...field, list: false })}`
  switch (field.kind === 'enum' ? 'enum' : field.type) {
    case 'String':
      return textLimit(field) === undefined
        ? expectedOf(model, field).replace(/^a string$/, 'text')
        : `text of at most ${textLimit(field)} characters`
    case 'BigInt':
      return 'an integer from -2^63 to 2^63 - 1'
    case 'Decimal': {
      const digits = digitsOf(field)
      return digits === null
        ? 'a decimal number'
        : `a number of at most ${digits.all - digits.fraction} digits, and ${digits.fraction} behind the point`
    }
    case 'DateTime':
      return cellKindOf(field) === 'date'
        ? 'a date, as 2026-01-31'
        : isTimeOfDay(field)
          ? expectedOf(model, field)
          : 'a date with a time in UTC, as 2026-01-31T08:30:00Z'
    default:
      return expectedOf(model, field)
  }
}

/** The digits of a decimal column: all of them, and those behind the point; null where it does not say. */
export function digitsOf ({ type, native }: FieldMeta): { readonly all: number; readonly fraction: number } | null {
  if (type !== 'Decimal' || native?.[0] !== 'Decimal' || native[1] === undefined) return null
  return { all: Number(native[1]), fraction: Number(native[2] ?? 0) }
}

function boundsOf (field: FieldMeta): { readonly min?: number; readonly max?: number } {
  const digits = digitsOf(field)
  if (digits === null) return {}
  const max = Number(`${'9'.repeat(digits.all - digits.fraction)}.${'9'.repeat(digits.fraction)}`)
  return { min: -max, max }
}
