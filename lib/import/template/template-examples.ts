import { instantText, isTimeOfDay } from '../../model/instant.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { textLimit } from '../../model/text-limit.js'
import { capital } from '../../text/capital.js'
import type { Cell } from '../../tabular/table/table.js'
import { trimEndWhere } from '../../text/trim.js'
import { ruleExample } from './rule-example.js'
import type { TemplateColumn } from './template-columns.js'
import { digitsOf } from './template-kinds.js'
import type { ValueList } from './template-lists.js'

/** Values of an example, one for each row. */
export const exampleRows = 3

/**
 * Examples for columns, values that an import takes: what the options say comes first, then rows that are there, then
 * what the kind of the field allows. Values of unique fields differ. Null where none is known.
 */
export function examplesOf (
  columns: readonly TemplateColumn[],
  lists: ReadonlyMap<TemplateColumn, ValueList>
): ReadonlyMap<TemplateColumn, readonly Cell[]> {
  return new Map(
    columns.map(column => {
      const from = makerOf(column, columns) ?? column
      return [
        column,
        Array.from({ length: exampleRows }, (_, i) =>
          cellOf(from.column.of.field, exampleOf(from, lists.get(from)?.values ?? [], i))
        )
      ]
    })
  )
}

/** The column of the same row that makes the row which values name. */
function makerOf (
  { named, column: { example } }: TemplateColumn,
  columns: readonly TemplateColumn[]
): TemplateColumn | undefined {
  if (named?.others !== 'same' || example !== null) return undefined
  return columns.find(({ uses }) =>
    uses.some(
      ({ step, plan }) => step.model === named.model && plan.field === named.field && plan.source.kind === 'column'
    )
  )
}

function exampleOf (column: TemplateColumn, values: readonly Cell[], i: number): unknown {
  const {
    column: {
      of: { model, field, rule },
      example
    },
    named,
    codec
  } = column
  if (example !== null) {
    return i === 0 || !isUnique(column) ? example : (following(example, i) ?? exampleOfKind(model, field, i))
  }
  if (named !== null && values.length > 0) {
    return isUniqueAlone(column) ? (values[i] ?? null) : values[i % values.length]
  }
  if (named !== null && named.others === null) return null
  const value = ruleExample(rule, exampleOfKind(model, field, i), i)
  return codec === null ? value : codec.show(value)
}

function isUnique ({ uses }: TemplateColumn): boolean {
  return uses.some(({ step, plan }) => step.model.meta.uniques.some(({ fields }) => fields.includes(plan.field.name)))
}

function isUniqueAlone ({ uses }: TemplateColumn): boolean {
  return uses.some(({ step, plan }) => step.model.uniqueOf([plan.field.name]) !== undefined)
}

/** The value some places behind one that can be counted on: `C-009` leads to `C-010`. */
function following (value: unknown, places: number): unknown {
  if (typeof value === 'number') return value + places
  if (typeof value !== 'string') return undefined
  const stem = trimEndWhere(value, isDigit)
  const digits = value.slice(stem.length)
  return digits === '' ? undefined : stem + String(BigInt(digits) + BigInt(places)).padStart(digits.length, '0')
}

function isDigit (character: string): boolean {
  return character >= '0' && character <= '9'
}

/** A value of a field's kind, in its JSON form. */
function exampleOfKind (model: Model, field: FieldMeta, i: number): unknown {
  if (field.list) return [exampleOfKind(model, { ...field, list: false }, i)]
  if (field.kind === 'enum') {
    const names = Object.keys(model.enumOf(field).values)
    return names[i % names.length]
  }
  const number = i + 1
  switch (field.type) {
    case 'Int':
      return number
    case 'BigInt':
      return String(number)
    case 'Float':
      return number + 0.5
    case 'Decimal':
      return decimalOf(field, number)
    case 'Boolean':
      return i % 2 === 0
    case 'DateTime':
      return instantText(field, isTimeOfDay(field) ? `0${number + 7}:30:00` : `2026-0${number}-15T08:30:00Z`)
    case 'Json':
      return { example: number }
    case 'Bytes':
      return Buffer.from(`Example ${number}`).toString('base64')
    default:
      return textExample(model, field, number)
  }
}

function decimalOf (field: FieldMeta, number: number): number {
  const { all, fraction } = digitsOf(field) ?? { all: 4, fraction: 2 }
  return fraction === 0 ? number : all === fraction ? number / 10 : number + 0.5
}

function textExample ({ meta: { features } }: Model, field: FieldMeta, number: number): string {
  const size = Number(field.native?.[1] ?? 1)
  switch (field.native?.[0]) {
    case 'Uuid':
      return `00000000-0000-4000-8000-00000000000${number}`
    case 'Inet':
      return `192.0.2.${number}`
    case 'Bit':
    case 'VarBit':
      return number.toString(2).padStart(size, '0').slice(-size)
    default: {
      const isAddress = features.identity?.email === field.name || /e-?mail$/i.test(field.name)
      const text = isAddress ? `person${number}@example.com` : `${titleOf(field.name)} ${number}`
      return text.length <= (textLimit(field) ?? Infinity) ? text : String(number)
    }
  }
}

/** `contractNumber` → `Contract number`. */
function titleOf (name: string): string {
  return capital(name.replaceAll('_', ' ').replace(/(?<=[\p{Ll}\p{N}])\p{Lu}/gu, letter => ` ${letter.toLowerCase()}`))
}

/** A value as it is typed: cells hold texts and numbers. */
function cellOf (field: FieldMeta, value: unknown): Cell {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'string') {
    return value ?? null
  }
  if (value instanceof Date) return instantText(field, value)
  if (
    field.list &&
    Array.isArray(value) &&
    value.every(one => typeof one !== 'object' && !String(one).includes(','))
  ) {
    return value.join(', ')
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
