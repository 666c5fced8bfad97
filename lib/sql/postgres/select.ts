import { floatForm, instantForm } from '../../model/json-form.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { RowForm, ValueFactories } from '../dialect.js'
import type { SqlRow } from '../runner.js'
import { identifier } from './types.js'

/**
 * The expressions that give back fields of table alias `t`, named as the fields.
 * Types that a driver would parse slowly or lossily leave as text; instants leave as milliseconds, whatever the
 * session's date style and zone.
 */
export function selection (fields: readonly FieldMeta[], alias = 't'): string[] {
  return fields.map(field => `${fieldExpression(field, `${alias}.${identifier(field.column)}`)} as ${identifier(field.name)}`)
}

/** What gives back a value, of a column or of anything that has the values of one. */
export function fieldExpression (field: FieldMeta, column: string): string {
  if (field.list) {
    // Array text forms depend on settings; JSON does not, and elements that JSON would blunt go through text first.
    if (field.native?.[0] === 'Money') return `to_json(${column}::numeric[]::text[])::text`
    return listThroughText.has(field.type) || field.kind === 'enum' ? `to_json(${column}::text[])::text` : `to_json(${column})::text`
  }
  if (field.kind === 'enum') return `${column}::text`
  switch (field.type) {
    case 'DateTime': return `date_part('epoch', ${wholeMilliseconds(field, column)}) * 1000`
    case 'BigInt':
    case 'Json': return `${column}::text`
    case 'Decimal': return field.native?.[0] === 'Money' ? `${column}::numeric::text` : `${column}::text`
    case 'Bytes': return `encode(${column}, 'hex')`
    case 'String': return castless.has(field.native?.[0] ?? 'Text') ? column : `${column}::text`
    default: return column
  }
}

/** Seconds come as a float, which the decoder rounds to the millisecond; what is finer has to be cut off before. */
function wholeMilliseconds (field: FieldMeta, column: string): string {
  switch (field.native?.[0]) {
    case 'Date': return column
    // Prisma shows the time of day that is written there, whatever its zone.
    case 'Timetz': return `date_trunc('milliseconds', ${column}::time)`
    default: return `date_trunc('milliseconds', ${column})`
  }
}

/** Text that the driver gives as it is; a cast would cut the blanks of a char(n) and add a mask to an address. */
const castless: ReadonlySet<string> = new Set(['Text', 'VarChar', 'Char', 'Inet'])

const listThroughText: ReadonlySet<string> = new Set(['BigInt', 'Decimal', 'Float', 'Bytes'])

/** Makes rows of exactly these fields from raw ones, which also carry what the engine needs. */
export function decoder (model: Model, fields: readonly FieldMeta[], form: RowForm, factories: ValueFactories): (row: SqlRow) => Record<string, unknown> {
  const steps = fields.map(field => ({ name: field.name, list: field.list, decode: decodeOf(model, field, form, factories) }))
  return raw => {
    const row: Record<string, unknown> = {}
    for (const { name, list, decode } of steps) {
      const value = raw[name]
      if (value === null) {
        // Prisma shows a list that was never set as an empty one.
        row[name] = list ? [] : null
      } else {
        row[name] = decode === undefined ? value : decode(value)
      }
    }
    return row
  }
}

type Decode = (value: unknown) => unknown

function decodeOf (model: Model, field: FieldMeta, form: RowForm, factories: ValueFactories): Decode | undefined {
  const single = decodeSingle(model, field, form, factories)
  if (!field.list) return single
  const element = elementDecode(field, single)
  return value => {
    const list = JSON.parse(value as string) as unknown[]
    return element === undefined ? list : list.map(element)
  }
}

/** List elements come as JSON: hex of bytes has a prefix there, instants are ISO text, numbers may be text. */
function elementDecode (field: FieldMeta, single: Decode | undefined): Decode | undefined {
  if (field.kind === 'enum') return single
  switch (field.type) {
    case 'DateTime': return value => single!(instantOf(value as string))
    case 'Bytes': return value => single!((value as string).slice(2))
    case 'Float': return single === undefined ? Number : value => single(Number(value))
    case 'Json': return undefined
    default: return single
  }
}

/** Numbers that JSON text may hold, and doubles may not. */
const hugeNumber = /\d{309}|[eE]\+?\d{3}/

/** Numbers that are too large for JavaScript are shown as texts, as those of columns are; JSON.stringify would write null. */
function jsonOf (text: string): unknown {
  if (!hugeNumber.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_name, value: unknown) => typeof value === 'number' ? floatForm(value) : value)
}

function decodeSingle (model: Model, field: FieldMeta, form: RowForm, factories: ValueFactories): Decode | undefined {
  if (field.kind === 'enum') {
    const names = new Map(Object.entries(model.enumOf(field).values).map(([name, value]) => [value, name]))
    return value => names.get(value as string) ?? value
  }
  switch (field.type) {
    case 'DateTime': {
      if (form !== 'json') return dateOf
      const instant = instantForm(field)
      return value => typeof value === 'string' ? value : instant(Math.round(value as number))
    }
    case 'BigInt': return form === 'json' ? undefined : value => BigInt(value as string)
    case 'Decimal': return form === 'json' ? undefined : value => factories.decimal(value as string)
    case 'Json': return value => jsonOf(value as string)
    case 'Bytes': return form === 'json'
      ? value => Buffer.from(value as string, 'hex').toString('base64')
      : value => new Uint8Array(Buffer.from(value as string, 'hex'))
    case 'Float': return form === 'json' ? floatForm : undefined
    default: return undefined
  }
}

/** From milliseconds that are whole but for the error of the float. */
function dateOf (value: unknown): Date {
  return new Date(Math.round(value as number))
}

/** Milliseconds of an instant of a list; what JavaScript cannot read stays the text that the database has for it. */
function instantOf (text: string): number | string {
  const time = instant(text)
  return Number.isNaN(time) ? text : time
}

/** Milliseconds of an ISO instant; one without a zone is UTC, a bare time is of the first day, its zone left out. */
function instant (text: string): number {
  if (text[2] === ':') return Date.parse(`1970-01-01T${text.replace(/[+-].*/, '')}Z`)
  return Date.parse(text.length === 10 || zone.test(text) ? text : `${text}Z`)
}

const zone = /(?:Z|[+-]\d\d:\d\d)$/
