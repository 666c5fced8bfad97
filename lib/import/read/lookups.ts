import type { ModelStore } from '../../store/model-store.js'
import type { Row } from '../../store/read/find.js'
import { errorDetail, type ErrorDetail } from '../../errors.js'
import type { Scopes } from '../../scope/scopes.js'
import { shortened } from '../../text/shorten.js'
import type { ImportPlan, Lookup } from '../plan/plan.js'
import type { ImportRow } from './rows.js'

/** Rows that are kept in mind of each model that is looked into. */
const keptRows = 50_000

/** The rows that values name: each value of a file is looked for once, all those of some rows by one query a field. */
export class Lookups {
  readonly #found = new Map<Lookup, Map<string, Row>>()
  readonly #plan: ImportPlan
  readonly #scopes: Scopes

  /** @param scopes the rows that the caller reaches: others are not found */
  constructor (plan: ImportPlan, scopes: Scopes) {
    this.#plan = plan
    this.#scopes = scopes
  }

  /**
   * Finds what rows name before anything is written, and reports what nobody is going to make. Rows that are found are
   * kept in mind, so that the store must be one whose rows stay.
   */
  async prepare (store: ModelStore, rows: readonly ImportRow[]): Promise<void> {
    const made = new Set<string>()
    for (const [i, { model, lookups }] of this.#plan.steps.entries()) {
      for (const [j, lookup] of lookups.entries()) {
        const isMade = lookup.create !== null || made.has(lookup.model.name)
        const values = rows.map(({ parts }) => parts[i]?.named?.[j])
        const found = await this.#find(store, lookup, values, true)
        if (isMade) continue
        rows.forEach(({ problems }, position) => {
          if (values[position] !== undefined && found[position] === null) {
            problems.push(notFound(lookup, values[position]))
          }
        })
      }
      made.add(model.name)
    }
  }

  /**
   * The key of the row that each value names; undefined where there is no row, or no value. Rows that an import may
   * make are made.
   */
  async keys (store: ModelStore, lookup: Lookup, values: readonly unknown[]): Promise<readonly unknown[]> {
    const { create, model, id } = lookup
    let found = await this.#find(store, lookup, values, false)
    if (create !== null) {
      const lacking = new Map(
        values.flatMap((value, position) =>
          value === undefined || found[position] !== null ? [] : [[store.keyText(lookup.field, value), value] as const]
        )
      )
      if (lacking.size > 0) {
        // Another import may be making the same rows.
        const { values: own } = this.#scopes.of(lookup.scope)
        await store.create(
          model,
          [...lacking.values()].map(value => ({ ...create(value), ...own })),
          { rows: null, skipDuplicates: true }
        )
        found = await this.#find(store, lookup, values, false)
      }
    }
    return found.map(row => row?.[id.name])
  }

  async #find (
    store: ModelStore,
    lookup: Lookup,
    values: readonly unknown[],
    keeps: boolean
  ): Promise<readonly (Row | null)[]> {
    const { model, field, id } = lookup
    const known = this.#found.get(lookup) ?? new Map<string, Row>()
    const found = new Array<Row | null>(values.length).fill(null)
    const asked = new Map<string, { readonly value: unknown; readonly positions: number[] }>()
    values.forEach((value, position) => {
      const text = value === undefined ? null : store.keyText(field, value)
      if (text === null) return
      const row = known.get(text)
      if (row !== undefined) found[position] = row
      else if (asked.has(text)) asked.get(text)!.positions.push(position)
      else asked.set(text, { value, positions: [position] })
    })
    if (asked.size === 0) return found
    const rows = await store.lookUp(
      model,
      [...asked.values()].map(({ value }) => [{ field, value }]),
      { rows: { fields: [id], form: 'prisma' }, filter: this.#scopes.of(lookup.scope).nameable }
    )
    for (const [i, [text, { positions }]] of [...asked].entries()) {
      const row = rows[i] ?? null
      for (const position of positions) found[position] = row
      if (row !== null && keeps && known.size < keptRows) known.set(text, row)
    }
    if (keeps) this.#found.set(lookup, known)
    return found
  }
}

/** What is wrong with a value that names no row; quotes show its blanks. */
export function notFound ({ column, model, field }: Lookup, value: unknown): ErrorDetail {
  const params = { model: model.name, key: field.name, value: String(value) }
  const message =
    `No ${model.name} with ${field.name} ` + `${typeof value === 'string' ? `"${shortened(value)}"` : params.value}`
  return errorDetail('foreign_key_not_found', { field: column.name }, params, message)
}
