import type { BulkStore } from '../bulk/store.js'
import type { Row } from '../bulk/find.js'
import type { ImportPlan, Lookup } from './plan.js'
import { problemOf, type ImportRow, type Naming } from './rows.js'

/** Rows that are kept in mind of each model that is looked into. */
const keptRows = 50_000

/** The rows that values name: each value of a file is looked for once, all those of some rows by one query a field. */
export class Lookups {
  readonly #found = new Map<Lookup, Map<string, Row>>()
  readonly #plan: ImportPlan

  constructor (plan: ImportPlan) {
    this.#plan = plan
  }

  /**
   * Finds what rows name before anything is written, and reports what nobody is going to make. Rows that are found are
   * kept in mind, so that the store must be one whose rows stay.
   */
  async prepare (store: BulkStore, rows: readonly ImportRow[]): Promise<void> {
    const made = new Set<string>()
    for (const [i, { model }] of this.#plan.steps.entries()) {
      const wanted = rows.flatMap(row => (row.parts[i]?.namings ?? []).map(naming => ({ row, naming })))
      const found = await this.#find(store, wanted.map(({ naming }) => naming), true)
      wanted.forEach(({ row, naming }, position) => {
        const { lookup, column } = naming
        if (found[position] === null && lookup.create === null && !made.has(lookup.model.name)) row.problems.push(problemOf(column, 'foreign_key_not_found', paramsOf(naming)))
      })
      made.add(model.name)
    }
  }

  /** The key of the row that each value names; undefined where there is none. Rows that an import may make are made. */
  async keys (store: BulkStore, namings: readonly Naming[]): Promise<readonly unknown[]> {
    const found = await this.#find(store, namings, false)
    const lacking = new Map<string, Naming>()
    namings.forEach((naming, position) => {
      if (found[position] === null && naming.lookup.create !== null) lacking.set(keyOf(store, naming), naming)
    })
    if (lacking.size === 0) return found.map((row, position) => row?.[namings[position]!.lookup.id.name])
    for (const lookup of new Set([...lacking.values()].map(({ lookup }) => lookup))) {
      const values = [...lacking.values()].filter(naming => naming.lookup === lookup).map(({ value }) => value)
      // Another import may be making the same rows.
      await store.create(lookup.model, values.map(lookup.create!), { rows: null, skipDuplicates: true })
    }
    const made = await this.#find(store, namings, false)
    return made.map((row, position) => row?.[namings[position]!.lookup.id.name])
  }

  async #find (store: BulkStore, namings: readonly Naming[], keeps: boolean): Promise<readonly (Row | null)[]> {
    const found = new Array<Row | null>(namings.length).fill(null)
    const texts = namings.map(naming => store.keyText(naming.lookup.field, naming.value) ?? '')
    const asked = new Map<Lookup, number[]>()
    namings.forEach(({ lookup }, position) => {
      const known = this.#found.get(lookup)?.get(texts[position]!)
      if (known !== undefined) found[position] = known
      else if (asked.has(lookup)) asked.get(lookup)!.push(position)
      else asked.set(lookup, [position])
    })
    for (const [lookup, positions] of asked) {
      const { model, field, id } = lookup
      const rows = await store.lookUp(model, positions.map(position => [{ field, value: namings[position]!.value }]), { rows: { fields: [id], form: 'prisma' } })
      rows.forEach((row, i) => {
        found[positions[i]!] = row
        if (row !== null && keeps) this.#keep(lookup, texts[positions[i]!]!, row)
      })
    }
    return found
  }

  #keep (lookup: Lookup, text: string, row: Row): void {
    const known = this.#found.get(lookup)
    if (known === undefined) this.#found.set(lookup, new Map([[text, row]]))
    else if (known.size < keptRows) known.set(text, row)
  }
}

/** What to say of a value that names no row. */
export function paramsOf ({ lookup: { model, field }, value }: Naming): Readonly<Record<string, unknown>> {
  return { model: model.name, key: field.name, value: String(value) }
}

function keyOf (store: BulkStore, { column, lookup, value }: Naming): string {
  return `${column.name}:${store.keyText(lookup.field, value) ?? ''}`
}
