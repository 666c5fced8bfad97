import { defaultValue } from '../../model/default-value.js'
import type { FieldMeta, SlugFeature, UniqueMeta } from '../../model/meta.js'
import { textLimit } from '../../model/text-limit.js'
import { isRow } from '../core/columns.js'
import type { WriteContext, InputRow } from '../core/write-context.js'
import { defaultLimit, slugText } from './slug-text.js'

/** A slug field, and the rows that leave it to be generated. */
export interface LackingSlugs {
  readonly field: FieldMeta
  readonly from: readonly string[]
  /** Places of the rows, ascending. */
  readonly indexes: readonly number[]
  /** The unique constraints that the slug is part of. */
  readonly uniques: readonly UniqueMeta[]
  readonly limit: number
}

/** The slug fields that some rows do not name; undefined, null and the empty text name none. */
export function lackingSlugs ({ model }: WriteContext, rows: readonly InputRow[]): LackingSlugs[] {
  return (model.meta.features.slug ?? []).flatMap(({ field: name, from }: SlugFeature) => {
    const indexes: number[] = []
    rows.forEach((row, index) => {
      if (isRow(row) && !isNamed(row[name])) indexes.push(index)
    })
    if (indexes.length === 0) return []
    const field = model.ownField(name)
    const uniques = model.meta.uniques.filter(unique => unique.fields.includes(name))
    return [{ field, from, indexes, uniques, limit: textLimit(field) ?? defaultLimit }]
  })
}

function isNamed (slug: unknown): boolean {
  return slug !== undefined && slug !== null && slug !== ''
}

/** The slug that a row gets when it is free. */
export function slugBase (
  { model, slugSources, transliterate }: WriteContext,
  { field, from, limit }: LackingSlugs,
  row: InputRow
): string {
  const source = slugSources.get(`${model.name}.${field.name}`)
  const text =
    source === undefined ? joined(from.map(name => valueOf(model.ownField(name), row))) : (source(row) ?? '')
  if (typeof text !== 'string') {
    throw new TypeError(`The slug function of ${model.name}.${field.name} must give text, not ${typeof text}`)
  }
  return slugText(text, transliterate, limit)
}

/** A value that the row is going to have; undefined when only the database, or the client, makes it. */
export function valueOf (field: FieldMeta, row: InputRow): unknown {
  const value = row[field.name]
  return value === undefined ? defaultValue(field) : value
}

/** What is no text is no part of a slug; the write reports it. */
function joined (parts: readonly unknown[]): string {
  return parts.filter(part => typeof part === 'string' && part !== '').join(' ')
}
