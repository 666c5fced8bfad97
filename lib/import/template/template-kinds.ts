import { isTimeOfDay } from '../../model/instant.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { textLimit } from '../../model/text-limit.js'
import { expectedOf, integerRange } from '../../values/value-reader.js'
import type { CellKind } from '../../tabular/table/table.js'
import { uncapital } from '../../text/capital.js'
import { ruleSentence } from '../../values/rule-failure.js'
import type { ValueRule } from '../../values/value-rule.js'
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
export function cellRuleOf (model: Model, field: FieldMeta, rule: ValueRule | null): CellRule | undefined {
  const error = `Expected ${ruledWords(model, field, rule)}`
  switch (cellKindOf(field)) {
    case 'number': {
      const isWhole = field.type === 'Int'
      const [min, max] = integerRange(field)
      const bounds = within(isWhole ? { min, max } : boundsOf(field), rule, 'minimum', 'maximum')
      return { type: isWhole ? 'whole' : 'decimal', error, ...bounds }
    }
    case 'date':
      return { type: 'date', error }
    default: {
      const limit = textLimit(field)
      // White space that an import removes counts here.
      const lengths = rule?.trims === true ? null : rule
      const bounds = within(limit === undefined ? {} : { max: limit }, lengths, 'minLength', 'maxLength')
      const isBounded = cellKindOf(field) === 'text' && !field.list && Object.keys(bounds).length > 0
      return isBounded ? { type: 'textLength', error, ...bounds } : undefined
    }
  }
}

interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** The narrower of the bounds of a column and of a rule. */
function within ({ min, max }: Bounds, rule: ValueRule | null, least: string, most: string): Bounds {
  const bounds = {
    min: Math.max(min ?? -Infinity, numberOr(rule?.schema[least], -Infinity)),
    max: Math.min(max ?? Infinity, numberOr(rule?.schema[most], Infinity))
  }
  return Object.fromEntries(Object.entries(bounds).filter(([, bound]) => Number.isFinite(bound)))
}

function numberOr (value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}

/** The same with what a rule asks for. */
export function ruledWords (model: Model, field: FieldMeta, rule: ValueRule | null): string {
  const sentences = Object.entries(rule?.schema ?? {}).flatMap(
    ([keyword, limit]) => ruleSentence(keyword, limit) ?? []
  )
  return [wordsOf(model, field), ...sentences.map(sentence => uncapital(sentence))].join('; ')
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

function boundsOf (field: FieldMeta): Bounds {
  const digits = digitsOf(field)
  if (digits === null) return {}
  const max = Number(`${'9'.repeat(digits.all - digits.fraction)}.${'9'.repeat(digits.fraction)}`)
  return { min: -max, max }
}
