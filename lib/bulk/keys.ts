import type { UniqueMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import type { BulkContext, InputRow } from './context.js'
import type { Faults } from './faults.js'

/** One text a row for its values in a unique set; null where a value is missing. */
export function keyTexts ({ model, dialect }: BulkContext, unique: Pick<UniqueMeta, 'fields'>, rows: readonly InputRow[]): (string | null)[] {
  const fields = unique.fields.map(name => model.ownField(name))
  const [first] = fields
  if (fields.length === 1 && first !== undefined) return rows.map(row => dialect.keyText(first, row?.[first.name]))
  return rows.map(row => {
    let text = ''
    for (const field of fields) {
      const part = dialect.keyText(field, row?.[field.name])
      if (part === null) return null
      // The length keeps ("a", "bc") and ("ab", "c") apart.
      text += `${part.length}:${part}`
    }
    return text
  })
}

/** Places of the same key, for each key that stands more than once. */
export function repeatedKeys (texts: readonly (string | null)[]): number[][] {
  const first = new Map<string, number>()
  const groups = new Map<string, number[]>()
  texts.forEach((text, index) => {
    if (text === null) return
    const before = first.get(text)
    if (before === undefined) {
      first.set(text, index)
      return
    }
    const group = groups.get(text)
    if (group === undefined) groups.set(text, [before, index])
    else group.push(index)
  })
  return [...groups.values()]
}

/**
 * Rows of one request with the same unique values are found before any SQL. Partial sets are left to the database,
 * which knows the rows they hold for.
 */
export function reportRepeatedRows (context: BulkContext, uniques: readonly UniqueMeta[], rows: readonly InputRow[], faults: Faults): void {
  for (const unique of uniques) {
    if (unique.where !== null || !unique.fields.every(field => rows.some(row => row?.[field] !== undefined))) continue
    reportRepeated(unique, repeatedKeys(keyTexts(context, unique, rows)), faults)
  }
}

/** Indexes that one message lists; the other items of the group are named by their own faults. */
const shownIndexes = 100

/** Every item of a repeated key is at fault, and told where the others stand. */
export function reportRepeated (unique: Pick<UniqueMeta, 'fields'>, groups: readonly (readonly number[])[], faults: Faults): void {
  for (const group of groups) {
    for (const index of group) {
      faults.add('duplicate_key', index, unique.fields.length === 1 ? unique.fields[0] : undefined, {
        fields: unique.fields.join(', '),
        indexes: group.length > shownIndexes ? `${group.slice(0, shownIndexes).join(', ')}, …` : group.join(', ')
      })
    }
  }
}

/** A row by its key, for messages. */
export function keyParams (model: Model, { fields }: UniqueMeta, row: InputRow): Readonly<Record<string, unknown>> {
  return { model: model.name, key: fields.join(', '), value: fields.map(field => String(row[field])).join(', ') }
}

/** The items in the order of their keys: statements that run side by side then lock rows in one order. */
export function keyOrder (texts: readonly (string | null)[], indexes: readonly number[]): readonly number[] {
  const isOrdered = indexes.every((index, i) => i === 0 || (texts[indexes[i - 1]!] ?? '') <= (texts[index] ?? ''))
  return isOrdered ? indexes : indexes.toSorted((a, b) => compare(texts[a] ?? '', texts[b] ?? ''))
}

function compare (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
