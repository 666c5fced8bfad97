import type { FieldMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import type { Aggregate, ComputedForm } from '../../sql/port/filter.js'
import type { OrderTerm } from '../../sql/port/ordering.js'
import { didYouMean } from '../../suggest.js'
import { isOrderable, isTextual, pathOf, walk } from './field-path.js'

/** A value that the database computes for each row; made by `count`, `sum`, `avg`, `min`, `max` and `expression`. */
export type ComputedValue =
  | { readonly kind: 'aggregate'; readonly aggregate: Aggregate; readonly path: string }
  | { readonly kind: 'expression'; readonly sql: string; readonly type?: ExpressionType }

/** The type of an expression's values, by Prisma's names of types. */
export type ExpressionType = (typeof expressionTypes)[number]

const expressionTypes = ['String', 'Int', 'BigInt', 'Float', 'Decimal', 'Boolean', 'DateTime'] as const

/** True for what the functions of this file give. */
export function isComputedValue (value: unknown): value is ComputedValue {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  if (value.kind === 'aggregate') return true
  return value.kind === 'expression' && (!('type' in value) || expressionTypes.some(type => type === value.type))
}

/**
 * How many rows a relation leads to; those that are soft-deleted do not count.
 *
 * @example
 * defineResource({ model: 'Article', computed: { commentCount: count('comments') } }) // ?ordering=-commentCount
 */
export function count (relation: string): ComputedValue {
  return { kind: 'aggregate', aggregate: 'count', path: relation }
}

/** The sum of a field over the rows that a relation leads to, `lineItems.quantity`; 0 where there is none. */
export function sum (path: string): ComputedValue {
  return { kind: 'aggregate', aggregate: 'sum', path }
}

/** The mean of a field over the rows that a relation leads to; null where there is none. */
export function avg (path: string): ComputedValue {
  return { kind: 'aggregate', aggregate: 'avg', path }
}

/** The smallest value of a field in the rows that a relation leads to; null where there is none. */
export function min (path: string): ComputedValue {
  return { kind: 'aggregate', aggregate: 'min', path }
}

/** The largest value of a field in the rows that a relation leads to; null where there is none. */
export function max (path: string): ComputedValue {
  return { kind: 'aggregate', aggregate: 'max', path }
}

/**
 * SQL of your own, in which `{field}` stands for the column of a field; `{{` and `}}` are braces. It goes into the
 * statement as it is: nothing that a request sends may ever be part of it.
 *
 * @param type what its values are; without it they can be ordered by and shown, but not filtered by
 * @example
 * defineResource({ model: 'Article', computed: { titleLength: expression('length({title})', 'Int') } })
 */
export function expression (sql: string, type?: ExpressionType): ComputedValue {
  return { kind: 'expression', sql, ...(type === undefined ? {} : { type }) }
}

/** What a request may order by, but for the direction. */
export type OrderChoice = Omit<OrderTerm, 'descending'>

/** The same of a value that no column holds. */
export type ComputedChoice = OrderChoice & { readonly value: ComputedForm }

/** A field, be it of a row that a to-one relation leads to. */
export function fieldChoice (registry: Registry, model: Model, name: string, option: string): OrderChoice {
  const { links, field } = pathOf(registry, model, name, option)
  const refuse = (problem: string): never => {
    throw new TypeError(`resource ${model.name}: option "${option}" names "${name}", ${problem}`)
  }
  const several = links.find(link => link.list)
  if (several !== undefined) {
    refuse(`but "${several.name}" leads to several rows: order by min('${name}') or max('${name}') in "computed"`)
  }
  if (!isOrderable(field)) refuse('whose values have no order')
  return {
    name,
    value: { kind: 'field', links, field },
    nullable: !field.required || links.some(link => !link.required)
  }
}

/** What the option `computed` declares. */
export function computedChoice (
  registry: Registry,
  model: Model,
  name: string,
  computed: ComputedValue
): ComputedChoice {
  if (computed.kind === 'expression') {
    return { name, value: { kind: 'expression', parts: partsOf(model, name, computed.sql) }, nullable: true }
  }
  const value = aggregateOf(registry, model, name, computed)
  return { name, value, nullable: computed.aggregate !== 'count' && computed.aggregate !== 'sum' }
}

function aggregateOf (
  registry: Registry,
  model: Model,
  name: string,
  { aggregate, path }: Extract<ComputedValue, { kind: 'aggregate' }>
): ComputedForm {
  const option = `computed.${name}`
  const refuse = (problem: string): never => {
    throw new TypeError(`resource ${model.name}: option "${option}" is ${aggregate}('${path}'), ${problem}`)
  }
  const { links, model: last, rest } = walk(registry, model, path.split('.'), path, option)
  if (links.length === 0) {
    const relations = model.meta.relations.map(relation => relation.name)
    return refuse(`which names no relation. ${didYouMean(path.split('.')[0]!, relations)}`)
  }
  if (aggregate === 'count') {
    if (rest !== undefined) {
      refuse(
        `but "${rest}" is no relation. ${didYouMean(
          rest,
          last.meta.relations.map(relation => relation.name)
        )}`
      )
    }
    return { kind: 'aggregate', links, aggregate, field: null }
  }
  if (rest === undefined) return refuse(`which lacks a field of ${last.name}. Known: ${last.fieldNames.join(', ')}`)
  const field = last.field(rest) ?? refuse(`but "${rest}" is unknown. ${didYouMean(rest, last.fieldNames)}`)
  if (!(aggregate === 'sum' || aggregate === 'avg' ? isNumber(field) : hasExtremes(field))) {
    refuse(`which "${rest}" of type ${field.type}${field.list ? '[]' : ''} does not have`)
  }
  return { kind: 'aggregate', links, aggregate, field }
}

function isNumber (field: FieldMeta): boolean {
  return (
    !field.list &&
    field.kind === 'scalar' &&
    ['Int', 'BigInt', 'Float', 'Decimal'].includes(field.type) &&
    !['Money', 'Oid'].includes(field.native?.[0] ?? '')
  )
}

/** PostgreSQL has no min and max of the other types. */
function hasExtremes (field: FieldMeta): boolean {
  return !field.list && (isNumber(field) || field.kind === 'enum' || field.type === 'DateTime' || isTextual(field))
}

/** `length({title})` as texts and fields. */
function partsOf (model: Model, name: string, sql: string): readonly (string | FieldMeta)[] {
  const refuse = (problem: string): never => {
    throw new TypeError(
      `resource ${model.name}: option "computed.${name}" is expression(${JSON.stringify(sql)}), ${problem}`
    )
  }
  const parts = sql.split(/(\{\{|\}\}|\{[^{}]*\})/).map(part => {
    if (part === '{{' || part === '}}') return part.charAt(0)
    if (!/^\{.*\}$/.test(part)) {
      return /[{}]/.test(part)
        ? refuse('which has a brace without its other half: write {{ or }} for a brace of SQL')
        : part
    }
    const field = part.slice(1, -1)
    return (
      model.field(field) ?? refuse(`which names the unknown field "${field}". ${didYouMean(field, model.fieldNames)}`)
    )
  })
  return parts.every(part => part === '') ? refuse('which is empty') : parts.filter(part => part !== '')
}
