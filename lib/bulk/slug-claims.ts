import type { BulkContext, InputRow } from './context.js'
import { rowKeys } from './keys.js'
import type { LackingSlugs } from './slug-fields.js'
import { slugFamilies } from './slug-text.js'

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

/** Keeps the rows of one batch from claiming one slug twice. */
export class SlugClaims {
  readonly wishes: SlugWish[] = []
  readonly #wishOf = new Map<number, SlugWish>()
  readonly #taken = new Set<string>()
  readonly #context: BulkContext
  readonly #lacking: LackingSlugs
  /** For each unique set, the values of its other fields in each row; null: the row clashes with none. */
  readonly #scopes: readonly (readonly (string | number | null)[])[]

  /** @param bases the bases of the rows that lack a slug; what the others name counts as taken */
  constructor (context: BulkContext, lacking: LackingSlugs, rows: readonly InputRow[], bases: ReadonlyMap<number, string>) {
    const { field, uniques, limit } = lacking
    this.#context = context
    this.#lacking = lacking
    this.#scopes = uniques.map(unique => rowKeys(context, { fields: unique.fields.filter(name => name !== field.name) }, rows))
    const families = new Map<string, number>()
    const wishes = new Map<string, SlugWish>()
    rows.forEach((row, index) => {
      const base = bases.get(index)
      const slug = base ?? this.#keyOf(row?.[field.name])
      if (slug === null) return
      for (const family of slugFamilies(slug, limit)) {
        for (const mark of this.#marks(index, family)) families.set(mark, (families.get(mark) ?? 0) + 1)
      }
      if (base === undefined) this.#take(index, slug)
      else this.#wish(wishes, index, base)
    })
    for (const wish of this.wishes) {
      const rivals = slugFamilies(wish.base, limit).slice(0, 1).flatMap(family => this.#marks(wish.index, family)).map(mark => families.get(mark) ?? 0)
      // In each set its own rows are among the family.
      wish.wanted += rivals.reduce((sum, count) => sum + count - wish.wanted, 0)
    }
  }

  /** The next slug of a row; undefined when its column has no room for any more. */
  next (index: number, slugOf: (base: string, number: number) => string | undefined): string | undefined {
    const wish = this.#wishOf.get(index)!
    for (;;) {
      const number = wish.numbers === null ? wish.used : wish.numbers[wish.used]
      wish.used++
      const slug = number === undefined ? undefined : slugOf(wish.base, number)
      if (slug === undefined) return undefined
      if (this.#take(index, slug)) return slug
    }
  }

  #wish (wishes: Map<string, SlugWish>, index: number, base: string): void {
    const name = [base, ...this.#scopes.map(scope => scope[index] === null ? '' : `=${scope[index]}`)].join('\u0000')
    const wish = wishes.get(name) ?? { base, index, wanted: 0, numbers: null, used: 0 }
    if (wish.wanted === 0) this.wishes.push(wish)
    wish.wanted++
    wishes.set(name, wish)
    this.#wishOf.set(index, wish)
  }

  /** Claims a slug for a row; false when another row has it in one of the sets. */
  #take (index: number, slug: string): boolean {
    const marks = this.#marks(index, this.#keyOf(slug) ?? slug)
    if (marks.some(mark => this.#taken.has(mark))) return false
    for (const mark of marks) this.#taken.add(mark)
    return true
  }

  /** A text as it stands in each of the unique sets that the row is in. */
  #marks (index: number, text: string): string[] {
    return this.#scopes.flatMap((scope, i) => scope[index] === null ? [] : [[i, scope[index], text].join('\u0000')])
  }

  #keyOf (slug: unknown): string | null {
    return this.#context.dialect.keyText(this.#lacking.field, slug)
  }
}
