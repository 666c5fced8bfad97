import type { FieldMeta } from '../../../model/meta.js'
import type { Model } from '../../../model/registry.js'
import type { ReportValue } from '../../port/dialect.js'
import { toText, type TextResult } from './value-text.js'

/**
 * All values of one field as one PostgreSQL array literal, to be unnested: `{"a",NULL,"b"}`.
 * Text is the only form that reaches the database unharmed and cheaply: driver-side arrays take the type of their first
 * element, lose NaN, and cost several times the CPU.
 * A list value travels as the text of its own literal, because unnest would flatten a second dimension.
 */
export function encodeColumn (model: Model, field: FieldMeta, values: readonly unknown[], report: ReportValue): string {
  const convert = toText(model, field)
  const bare = !field.list && isBare(field)
  const parts = new Array<string>(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    parts[i] = 'NULL'
    if (value === null || value === undefined) {
      if (value === null && field.required && !field.list) report(i, 'not_null', {})
      continue
    }
    const text = field.list ? listText(field, value, convert) : convert(value)
    if (typeof text === 'string') parts[i] = bare ? text : quoted(text)
    else if (text !== null) report(i, text.code, text.params)
    else if (field.required) report(i, 'not_null', {})
  }
  return `{${parts.join(',')}}`
}

/** One value as a bind of its own (not inside an array). */
export function encodeValue (model: Model, field: FieldMeta, value: unknown): string | null {
  if (value === null || value === undefined) return null
  const convert = toText(model, field)
  const text = field.list ? listText(field, value, convert) : convert(value)
  if (text !== null && typeof text !== 'string') {
    throw new TypeError(
      `${model.name}.${field.name} cannot hold ${String(value)}: ${Object.values(text.params).join()}`
    )
  }
  return text
}

/** Flags as a boolean array literal. */
export function encodeFlags (flags: readonly boolean[]): string {
  return `{${flags.map(flag => (flag ? 't' : 'f')).join(',')}}`
}

/** Texts as an array literal. Each is quoted: the bare word `null` is a null there. */
export function encodeTexts (texts: readonly string[]): string {
  return `{${texts.map(quoted).join(',')}}`
}

/** Whole numbers as an array literal. */
export function encodeNumbers (numbers: readonly number[]): string {
  return `{${numbers.join(',')}}`
}

function listText (field: FieldMeta, value: unknown, convert: (value: unknown) => TextResult): TextResult {
  const list = Array.isArray(value) ? value : isSet(value) ? value.set : null
  if (list === null) return { code: 'invalid_type', params: { expected: 'a list' } }
  const bare = isBare(field)
  const parts: string[] = []
  for (const element of list) {
    // A list of JSON holds the JSON null, as in Prisma.
    const text =
      element === null && field.type === 'Json'
        ? 'null'
        : element === null || element === undefined
          ? undefined
          : convert(element)
    if (text === undefined || text === null) {
      return { code: 'invalid_value', params: { problem: 'A list may not hold null' } }
    }
    if (typeof text !== 'string') return text
    parts.push(bare ? text : quoted(text))
  }
  return `{${parts.join(',')}}`
}

function isSet (value: unknown): value is { readonly set: readonly unknown[] } {
  return typeof value === 'object' && value !== null && 'set' in value && Array.isArray(value.set)
}

/** Types whose text never needs quotes inside an array literal. */
function isBare (field: FieldMeta): boolean {
  return (
    field.kind === 'scalar' &&
    (field.type === 'Int' ||
      field.type === 'BigInt' ||
      field.type === 'Boolean' ||
      field.type === 'Float' ||
      field.type === 'Decimal')
  )
}

function quoted (text: string): string {
  return text.includes('"') || text.includes('\\') ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`
}
