import type { SqlParameter } from '../../port/runner.js'
import type { Sorted } from './ordering.js'
import type { Source } from './source.js'

/**
 * The rows behind a position, which has the value of each term as text. Null is larger than every value. Terms of one
 * direction that are never null are compared as one row, which an index on them serves; the first term alone bounds the
 * rest, so that an index on it serves where that cannot be.
 */
export function behind (source: Source, terms: readonly Sorted[], position: readonly SqlParameter[]): string {
  const bind = (i: number): string => {
    const { type } = terms[i]!
    return type === null ? source.untyped(position[i]!) : source.bind(position[i]!, type)
  }
  const after = (i: number): string => {
    const { expression, nullable, descending } = terms[i]!
    if (position[i] === null) return descending ? `${expression} is not null` : 'false'
    if (descending) return `${expression} < ${bind(i)}`
    return nullable ? `(${expression} > ${bind(i)} or ${expression} is null)` : `${expression} > ${bind(i)}`
  }
  const same = (i: number): string =>
    position[i] === null ? `${terms[i]!.expression} is null` : `${terms[i]!.expression} = ${bind(i)}`
  const isRow = (from: number): boolean =>
    terms.slice(from).every(({ nullable, descending }) => !nullable && descending === terms[from]!.descending)
  const from = (i: number): string => {
    if (i === terms.length - 1) return after(i)
    if (!isRow(i)) return `(${after(i)} or (${same(i)} and ${from(i + 1)}))`
    const rest = terms.slice(i)
    return (
      `(${rest.map(({ expression }) => expression).join(', ')}) ${rest[0]!.descending ? '<' : '>'} ` +
      `(${rest.map((_, j) => bind(i + j)).join(', ')})`
    )
  }
  const [first] = terms
  const isBounded = position[0] !== null && (first!.descending || !first!.nullable) && terms.length > 1 && !isRow(0)
  const bound = isBounded ? `${first!.expression} ${first!.descending ? '<=' : '>='} ${bind(0)} and ` : ''
  return `${bound}${from(0)}`
}
