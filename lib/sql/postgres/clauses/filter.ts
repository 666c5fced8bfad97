import type { Model } from '../../../model/registry.js'
import type { Comparison, ComputedForm, Filter, Link } from '../../port/filter.js'
import { encodeColumn, encodeValue } from '../values/encode.js'
import type { Source } from './source.js'
import { elementType, identifier, tableOf } from '../values/types.js'
import { all, predicate } from './assignments.js'

/** The condition on the rows of `alias` that a filter says. Whatever a request gives becomes a bind. */
export function condition (source: Source, model: Model, filter: Filter | null, alias = 't', depth = 0): string {
  switch (filter?.kind) {
    case undefined:
      return ''
    case 'compare':
      return comparison(source, model, filter, alias)
    // A comparison with null is neither true nor false; what is not true is all the rest.
    case 'not':
      return `(${condition(source, model, filter.filter, alias, depth)}) is not true`
    case 'related':
      return exists(source, filter.link, filter.filter, alias, depth)
    case 'and':
    case 'or': {
      const conditions = filter.filters.map(one => condition(source, model, one, alias, depth))
      return conditions.length === 0 ? String(filter.kind === 'and') : `(${conditions.join(` ${filter.kind} `)})`
    }
  }
}

function exists (source: Source, link: Link, filter: Filter, alias: string, depth: number): string {
  const other = `x${depth}`
  const { from, on } = linked(link, alias, other)
  const where = all(on, counted(source, link, other, depth), condition(source, link.model, filter, other, depth + 1))
  return `exists (select from ${from} where ${where})`
}

/** The condition on the rows that a link leads to, under an alias: those that count. */
export function counted (source: Source, { model, where, filter }: Link, alias: string, depth = 0): string {
  return all(predicate(model, where, `${alias}.`), condition(source, model, filter ?? null, alias, depth + 1))
}

/** The table that a link leads to, under an alias, and the condition that joins it. */
export function linked (link: Link, alias: string, other: string): { readonly from: string; readonly on: string } {
  const { model, own, through } = link
  const table = `${tableOf(model)} ${other}`
  const equal = (
    left: string,
    leftColumns: readonly string[],
    right: string,
    rightColumns: readonly string[]
  ): string =>
    all(...leftColumns.map((column, i) => `${left}.${identifier(column)} = ${right}.${identifier(rightColumns[i]!)}`))
  const ownColumns = own.map(field => field.column)
  const otherColumns = link.other.map(field => field.column)
  if (through === null) return { from: table, on: equal(other, otherColumns, alias, ownColumns) }
  const joint = `${other}j`
  const name =
    through.schema === null ? identifier(through.table) : `${identifier(through.schema)}.${identifier(through.table)}`
  return {
    from: `${name} ${joint} join ${table} on ${equal(other, otherColumns, joint, [through.other])}`,
    on: equal(joint, [through.own], alias, ownColumns)
  }
}

/** Joins what the links lead to one after the other; gives the alias of the last. */
export function joinAll (
  source: Source,
  links: readonly Link[],
  from: string,
  alias: string,
  kind: 'join' | 'left join',
  joins: string[]
): string {
  return links.reduce((before, link, i) => {
    const other = `${alias}_${i}`
    const { from, on } = linked(link, before, other)
    joins.push(`${kind} ${link.through === null ? from : `(${from})`} on ${all(on, counted(source, link, other))}`)
    return other
  }, from)
}

/**
 * The select that gives a computed value, as `v`, for the row of an alias.
 *
 * @param alias begins the aliases of what is read for it
 */
export function computedSelect (source: Source, value: ComputedForm, row: string, alias: string): string {
  if (value.kind === 'expression') {
    const text = value.parts
      .map(part => (typeof part === 'string' ? part : `${row}.${identifier(part.column)}`))
      .join('')
    return `select (${text}) as v`
  }
  const [first, ...rest] = value.links
  const inner: string[] = []
  const { from, on } = linked(first!, row, `${alias}c`)
  const last = joinAll(source, rest, `${alias}c`, `${alias}d`, 'join', inner)
  const column = value.field === null ? '*' : `${last}.${identifier(value.field.column)}`
  const taken = `${value.aggregate}(${column})`
  const where = all(on, counted(source, first!, `${alias}c`))
  return [
    `select ${value.aggregate === 'sum' ? `coalesce(${taken}, 0)` : taken} as v from ${from}`,
    ...inner,
    `where ${where}`
  ].join(' ')
}

const signs = { equals: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function comparison (source: Source, model: Model, { field, of, operator, value }: Comparison, alias: string): string {
  const column =
    of === undefined ? `${alias}.${identifier(field.column)}` : `(${computedSelect(source, of, alias, `${alias}v`)})`
  // Without its size: a value is compared as it is, not as the column would round it.
  const type = elementType(model, field)
  const one = (): string => source.bind(encodeValue(model, field, value), type)
  const several = (): string =>
    source.bind(
      encodeColumn(model, field, value as readonly unknown[], () => {}),
      `${type}[]`
    )
  const like = (before: string, after: string): string =>
    `${field.native?.[0] === 'Char' ? `${column}::text` : column} ilike ` +
    `${source.bind(`${before}${String(value).replace(/[\\%_]/g, '\\$&')}${after}`, 'text')}`
  switch (operator) {
    case 'ne':
      return `${column} ${field.required ? '<>' : 'is distinct from'} ${one()}`
    case 'in':
      return `${column} = any(${several()})`
    case 'nin':
      return field.required ? `${column} <> all(${several()})` : `(${column} = any(${several()})) is not true`
    case 'contains':
      return like('%', '%')
    case 'startsWith':
      return like('', '%')
    case 'endsWith':
      return like('%', '')
    case 'isnull':
      return `${column} is ${value === true ? '' : 'not '}null`
    // An array operator wants the very type of the column; a cast to varchar without a size cuts nothing.
    case 'has':
      return (
        `${column} @> ` +
        `${source.bind(encodeValue(model, field, [value]), `${field.native?.[0] === 'VarChar' ? 'varchar' : type}[]`)}`
      )
    default:
      return `${column} ${signs[operator]} ${one()}`
  }
}
