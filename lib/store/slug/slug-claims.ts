import type { WriteContext, InputRow } from '../core/write-context.js'
import { rowKeys, type RowKey } from '../core/keys.js'
import type { LackingSlugs } from './slug-fields.js'
import { slugFamilies, slugFamily } from './slug-text.js'

/** Rows of a batch whose slugs begin with one text, in the same part of the table. */
export interface SlugWish {
  readonly base: string
  /** Place of the first of the rows. */
  readonly index: number
  /** How many free numbers serve all the rows, whatever the other rows of the batch take. */
  wanted: number
  /** The numbers that are free in the table, ascending; null: 0, 1, 2 …. */
  numbers: readonly number[] | null
  /** How many of the numbers have been looked at. */
  used: number
}

/** A part of the table in which no slug stands twice: the rows with the same other values of one unique constraint. */
interface Part {
  /** How many rows of the batch have slugs of each family. */
  readonly families: Map<string, number>
  readonly taken: Set<string>
}

/** Where a row is: its part in each unique constraint that it can clash in. */
interface Place {
  readonly parts: readonly Part[]
  /** By base. */
  readonly wishes: Map<string, SlugWish>
}

/** Keeps the rows of one batch from claiming one slug twice. */
export class SlugClaims {
  readonly wishes: SlugWish[] = []
  readonly #wishOf: (SlugWish | undefined)[]
  readonly #places: readonly Place[]
  readonly #context: WriteContext
  readonly #lacking: LackingSlugs

  /** @param bases the bases of the rows that lack a slug; what the others name counts as taken */
  constructor (
    context: WriteContext,
    lacking: LackingSlugs,
    rows: readonly InputRow[],
    bases: readonly (string | undefined)[]
  ) {
    this.#context = context
    this.#lacking = lacking
    this.#places = placesOf(context, lacking, rows)
    this.#wishOf = rows.map(() => undefined)
    rows.forEach((row, index) => {
      const base = bases[index]
      const slug = base ?? this.#keyOf(row?.[lacking.field.name])
      if (slug === null) return
      const { parts } = this.#places[index]!
      for (const family of slugFamilies(slug, lacking.limit)) {
        for (const { families } of parts) families.set(family, (families.get(family) ?? 0) + 1)
      }
      if (base === undefined) this.#take(index, slug)
      else this.#wish(index, base)
    })
    for (const wish of this.wishes) {
      const family = slugFamily(wish.base, lacking.limit)
      const own = wish.wanted
      // In each set its own rows are among the family.
      for (const { families } of this.#places[wish.index]!.parts) wish.wanted += (families.get(family) ?? 0) - own
    }
  }

  /** The next slug of a row; undefined when its column has no room for any more. */
  next (index: number, slugOf: (base: string, number: number) => string | undefined): string | undefined {
    const wish = this.#wishOf[index]!
    for (;;) {
      const number = wish.numbers === null ? wish.used : wish.numbers[wish.used]
      wish.used++
      const slug = number === undefined ? undefined : slugOf(wish.base, number)
      if (slug === undefined) return undefined
      if (this.#take(index, slug)) return slug
    }
  }

  #wish (index: number, base: string): void {
    const { wishes } = this.#places[index]!
    let wish = wishes.get(base)
    if (wish === undefined) {
      wish = { base, index, wanted: 0, numbers: null, used: 0 }
      wishes.set(base, wish)
      this.wishes.push(wish)
    }
    wish.wanted++
    this.#wishOf[index] = wish
  }

  /** Claims a slug for a row; false when another row has it in one of the sets. */
  #take (index: number, slug: string): boolean {
    const { parts } = this.#places[index]!
    const key = this.#keyOf(slug) ?? slug
    if (parts.some(({ taken }) => taken.has(key))) return false
    for (const { taken } of parts) taken.add(key)
    return true
  }

  #keyOf (slug: unknown): string | null {
    return this.#context.dialect.keyText(this.#lacking.field, slug)
  }
}

/** The place of each row. Rows with equal values share it, so that what follows compares slugs alone. */
function placesOf (context: WriteContext, { field, uniques }: LackingSlugs, rows: readonly InputRow[]): Place[] {
  // For each unique constraint, the values of its other fields in each row; null: the row clashes with none.
  const scopes = uniques.map(unique => ({
    keys: rowKeys(context, { fields: unique.fields.filter(name => name !== field.name) }, rows),
    parts: new Map<RowKey, Part>()
  }))
  const places = new Map<RowKey, Place>()
  const [first] = scopes
  return rows.map((_, index) => {
    const name = scopes.length === 1 ? first!.keys[index]! : JSON.stringify(scopes.map(({ keys }) => keys[index]))
    return madeOnce(places, name, () => ({
      parts: scopes.flatMap(({ keys, parts }) =>
        keys[index] === null ? [] : [madeOnce(parts, keys[index]!, () => ({ families: new Map(), taken: new Set() }))]
      ),
      wishes: new Map()
    }))
  })
}

function madeOnce<Key, Value> (made: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = made.get(key)
  if (value === undefined) {
    value = make()
    made.set(key, value)
  }
  return value
}
