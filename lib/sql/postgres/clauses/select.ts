import { parseJsonText } from '../../../text/parse-json-text.js'
import { hasMicroseconds, withMicroseconds } from '../../../model/instant.js'
import { floatForm, instantForm } from '../../../model/json-form.js'
import type { FieldMeta } from '../../../model/meta.js'
import type { Model } from '../../../model/registry.js'
import type { RowForm, ValueFactories } from '../../port/dialect.js'
import type { SqlRow } from '../../port/runner.js'
import { identifier } from '../values/types.js'

/**
 * The expressions that give back fields of table alias `t`, named as the fields.
 * Types that a driver would parse slowly or lossily leave as text; instants leave as milliseconds, whatever the
 * session's date style and zone.
 */
export function selection (fields: readonly FieldMeta[], alias = 't'): string[] {
  return fields.map(
    field => `${fieldExpression(field, `${alias}.${identifier(field.column)}`)} as ${identifier(field.name)}`
  )
}

/** What gives back a value, of a column or of anything that has the values of one. */
export function fieldExpression (field: FieldMeta, column: string): string {
  if (field.list) {
    // Array text forms depend on settings; JSON does not, and elements that JSON would blunt go through text first.
    if (field.native?.[0] === 'Money') return `to_json(${column}::numeric[]::text[])::text`
    return listThroughText.has(field.type) || field.kind === 'enum'
      ? `to_json(${column}::text[])::text`
      : `to_json(${column})::text`
  }
  if (field.kind === 'enum') return `${column}::text`
  switch (field.type) {
    case 'DateTime':
      return instantExpression(field, column)
    case 'BigInt':
    case 'Json':
      return `${column}::text`
    case 'Decimal':
      return field.native?.[0] === 'Money' ? `${column}::numeric::text` : `${column}::text`
    case 'Bytes':
      return `encode(${column}, 'hex')`
    case 'String':
      return castless.has(field.native?.[0] ?? 'Text') ? column : `${column}::text`
    default:
      return column
  }
}

/**
 * Milliseconds since 1970. Seconds come as a float, which the decoder rounds to the millisecond; what is finer has to
 * be cut off before. Columns that hold microseconds give both, as `1767261600029 58`: one float has not the digits for
 * them.
 */
function instantExpression (field: FieldMeta, column: string): string {
  if (field.native?.[0] === 'Date') return `date_part('epoch', ${column}) * 1000`
  if (field.native?.[0] === 'Timetz') return `${column}::text`
  const milliseconds = `date_part('epoch', date_trunc('milliseconds', ${column})) * 1000`
  if (!hasMicroseconds(field)) return milliseconds
  return (
    `case when ${column} is not null then concat(${milliseconds}, ' ', date_part('microseconds', ` +
    `${column})::integer % 1000) end`
  )
}

/** Text that the driver gives as it is; a cast would cut the blanks of a char(n) and add a mask to an address. */
const castless: ReadonlySet<string> = new Set(['Text', 'VarChar', 'Char', 'Inet'])

const listThroughText: ReadonlySet<string> = new Set(['BigInt', 'Decimal', 'Float', 'Bytes'])

/** Makes rows of exactly these fields from raw ones, which also carry what the engine needs. */
export function decoder (
  model: Model,
  fields: readonly FieldMeta[],
  form: RowForm,
  factories: ValueFactories
): (row: SqlRow) => Record<string, unknown> {
  const steps = fields.map(field => ({
    name: field.name,
    list: field.list,
    decode: decodeOf(model, field, form, factories)
  }))
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
    const list = parseJsonText(value as string) as unknown[]
    return element === undefined ? list : list.map(element)
  }
}

/** List elements come as JSON: hex of bytes has a prefix there, instants are ISO text, numbers may be text. */
function elementDecode (field: FieldMeta, single: Decode | undefined): Decode | undefined {
  if (field.kind === 'enum') return single
  switch (field.type) {
    case 'DateTime':
      return value => single!(instantElement(field, value as string))
    case 'Bytes':
      return value => single!((value as string).slice(2))
    case 'Float':
      return single === undefined ? Number : value => single(Number(value))
    case 'Json':
      return undefined
    default:
      return single
  }
}

/** Numbers that JSON text may hold, and doubles may not. */
const hugeNumber = /\d{309}|[eE]\+?\d{3}/

/**
 * Numbers that are too large for JavaScript are shown as texts, as those of columns are; JSON.stringify would write
 * null.
 */
function jsonOf (text: string): unknown {
  if (!hugeNumber.test(text)) return parseJsonText(text)
  return parseJsonText(text, (_name, value: unknown) => (typeof value === 'number' ? floatForm(value) : value))
}

function decodeSingle (model: Model, field: FieldMeta, form: RowForm, factories: ValueFactories): Decode | undefined {
  if (field.kind === 'enum') {
    const names = new Map(Object.entries(model.enumOf(field).values).map(([name, value]) => [value, name]))
    return value => names.get(value as string) ?? value
  }
  switch (field.type) {
    case 'DateTime':
      return form === 'json' ? instantDecode(field) : dateDecode(field)
    case 'BigInt':
      return form === 'json' ? undefined : value => BigInt(value as string)
    case 'Decimal':
      return form === 'json' ? undefined : value => factories.decimal(value as string)
    case 'Json':
      return value => jsonOf(value as string)
    case 'Bytes':
      return form === 'json'
        ? value => Buffer.from(value as string, 'hex').toString('base64')
        : value => new Uint8Array(Buffer.from(value as string, 'hex'))
    case 'Float':
      return form === 'json' ? floatForm : undefined
    default:
      return undefined
  }
}

/** Dates, from milliseconds that are whole but for the error of the float. */
function dateDecode (field: FieldMeta): Decode {
  if (field.native?.[0] === 'Timetz') return value => new Date(instant(value as string))
  return hasMicroseconds(field)
    ? value => new Date(Math.round(Number.parseFloat(value as string)))
    : value => new Date(Math.round(value as number))
}

/** The text of an instant; what JavaScript cannot read stays as the database has it. */
function instantDecode (field: FieldMeta): Decode {
  const form = instantForm(field)
  if (field.native?.[0] === 'Timetz') {
    return value =>
      `${withMicroseconds(form(instant(value as string)), microsecondsOf(value as string))}${offsetOf(value as string)}`
  }
  if (!hasMicroseconds(field)) return value => (typeof value === 'string' ? value : form(Math.round(value as number)))
  return value => {
    const [milliseconds, micros = ''] = (value as string).split(' ', 2)
    const time = Number(milliseconds)
    return Number.isNaN(time) ? value : withMicroseconds(form(Math.round(time)), micros.padStart(3, '0'))
  }
}

/** An element of a list, in the form that a column of one instant gives. */
function instantElement (field: FieldMeta, text: string): number | string {
  if (field.native?.[0] === 'Timetz') return text
  const time = instant(text)
  if (Number.isNaN(time)) return text
  return hasMicroseconds(field) ? `${time} ${microsecondsOf(text)}` : time
}

/** Milliseconds of an ISO instant; one without a zone is UTC, a bare time is of the first day, its zone left out. */
function instant (text: string): number {
  if (text[2] === ':') return Date.parse(`1970-01-01T${text.replace(/[+-].*/, '')}Z`)
  return Date.parse(text.length === 10 || zone.test(text) ? text : `${text}Z`)
}

/** The three digits behind the milliseconds. */
function microsecondsOf (text: string): string {
  return (fraction.exec(text)?.[1] ?? '').padEnd(3, '0')
}

/** The zone of a time of day; nothing for UTC. */
function offsetOf (text: string): string {
  const offset = text.slice(text.search(/[+-]/))
  return offset === '+00' ? '' : offset.length === 3 ? `${offset}:00` : offset
}

const zone = /(?:Z|[+-]\d\d:\d\d)$/
const fraction = /\.\d{3}(\d{1,3})/

/** No returned field can have such a name. */
export function keyAlias (position: number): string {
  return identifier(`$k${position}`)
}
