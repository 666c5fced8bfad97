import { ItemErrors } from '../../store/core/item-errors.js'
import type { ItemOutcome } from '../../store/core/report.js'
import { rowsByIndex, sumOf } from '../../store/core/report-sum.js'
import type { Row } from '../../store/read/find.js'
import type { WriteItems } from '../../store/partial.js'
import type { ModelStore } from '../../store/model-store.js'
import { BulkError, type ErrorDetail } from '../../errors.js'
import type { Scopes } from '../../scope/scopes.js'
import { InvalidValue } from '../../values/value-reader.js'
import { notFound, type Lookups } from '../read/lookups.js'
import type { ImportPlan, ImportStep, ScopedKey } from '../plan/plan.js'
import { failureOf, type ImportRow, type TakeError } from '../read/rows.js'
import { columnOf, writeSound, writeStep, type SoundReport, type StepItem } from './write-step.js'

/** Writes rows of a file, the models of each in their order; the outcome of a row is that of its last model. */
export class RowWriter {
  readonly #plan: ImportPlan
  readonly #lookups: Lookups
  readonly #scopes: Scopes
  readonly #takeError: TakeError
  /** A row may make rows of several models. */
  readonly #isCompound: boolean
  readonly #outcomes = new WeakMap<ImportRow, Map<ImportStep, ItemOutcome>>()

  /** @param scopes the rows that the caller reaches, and what new ones get */
  constructor (plan: ImportPlan, lookups: Lookups, scopes: Scopes, takeError: TakeError) {
    this.#plan = plan
    this.#lookups = lookups
    this.#scopes = scopes
    this.#takeError = takeError
    this.#isCompound =
      plan.steps.length > 1 ||
      plan.steps.some(({ fields }) =>
        fields.some(({ source }) => source.kind === 'lookup' && source.lookup.create !== null)
      )
  }

  /** What became of each model of a row when it was last written, be that undone or not. */
  outcomesOf (row: ImportRow): ReadonlyMap<ImportStep, ItemOutcome> {
    return this.#outcomes.get(row) ?? new Map()
  }

  /**
   * Writes the rows that can be written, and tells how many were created and updated; null where that will not do: then
   * none is written.
   */
  async writeSound (store: ModelStore, rows: readonly ImportRow[]): Promise<SoundReport | null> {
    const [step] = this.#plan.steps
    if (this.#isCompound || rows.length === 0) return null
    const { items, details } = await this.#itemsOf(store, step!, rows, 0, [])
    return details.length > 0 ? null : await writeSound(store, step!, items)
  }

  /** Writes all of the rows or none. */
  readonly write: WriteItems<ImportRow> = async (store, rows) => {
    const work: WriteItems<ImportRow> = async (store, rows) => await this.#writeSteps(store, rows)
    return this.#isCompound ? await store.isolated(async store => await work(store, rows)) : await work(store, rows)
  }

  async #writeSteps (store: ModelStore, rows: readonly ImportRow[]): ReturnType<WriteItems<ImportRow>> {
    const outcomes = new Map<number, ItemOutcome>()
    for (const row of rows) this.#outcomes.set(row, new Map())
    const stored = rows.map((): Record<string, Row> => ({}))
    for (const [i, step] of this.#plan.steps.entries()) {
      const { items, details } = await this.#itemsOf(store, step, rows, i, stored)
      if (details.length > 0) throw new BulkError(details)
      if (items.length === 0) continue
      const report = await writeStep(store, step, items)
      for (const [position, outcome] of report.outcomes!) {
        outcomes.set(position, outcome)
        this.#outcomes.get(rows[position]!)!.set(step, outcome)
      }
      for (const [position, row] of rowsByIndex(report)) stored[position]![step.name] = row as Row
    }
    return sumOf([
      { count: 0, created: 0, updated: 0, unchanged: 0, deleted: 0, missing: [], conflicts: [], outcomes }
    ])
  }

  /** The rows of one model with all their values, and what is wrong with them. */
  async #itemsOf (
    store: ModelStore,
    step: ImportStep,
    rows: readonly ImportRow[],
    i: number,
    stored: readonly Readonly<Record<string, Row>>[]
  ): Promise<StepItems> {
    const scope = step.scope === null ? this.#scopes.own : this.#scopes.of(step.scope).values
    const itemErrors = new ItemErrors(true)
    const failures: ErrorDetail[] = []
    const items: OpenItem[] = []
    rows.forEach((row, position) => {
      const part = row.parts[i]
      if (part !== null && part !== undefined) items.push({ position, row, data: { ...part.data, ...scope } })
    })
    for (const [j, lookup] of step.lookups.entries()) {
      const values = items.map(({ row }) => row.parts[i]!.named?.[j])
      const keys = await this.#lookups.keys(store, lookup, values)
      items.forEach(({ position, data }, at) => {
        if (values[at] === undefined) return
        if (keys[at] === undefined) failures.push({ ...notFound(lookup, values[at]), index: position })
        else data[lookup.key.name] = keys[at]
      })
    }
    for (const { field, required, source } of step.fields) {
      if (source.kind === 'reference') {
        for (const { position, data } of items) {
          const key = stored[position]![source.step]?.[source.id.name]
          if (key !== undefined) data[field.name] = key
          else if (required) itemErrors.add('required', position, source.step)
        }
      }
      if (source.kind !== 'computed') continue
      for (const { position, row, data } of items) {
        if (data[field.name] !== undefined) continue
        try {
          const value = source.read((await source.compute(row.values!, stored[position] ?? {})) ?? null)
          if (value instanceof InvalidValue) itemErrors.add(value.code, position, field.name, value.params)
          else data[field.name] = value
        } catch (error) {
          failures.push({ ...failureOf(field.name, error, this.#takeError), index: position })
        }
      }
    }
    for (const key of step.scopedKeys) await this.#checkKey(store, step, key, items, itemErrors)
    return { items, details: [...[...itemErrors.byItem.values()].flat(), ...failures] }
  }

  /** Reports the keys that name no row within reach. */
  async #checkKey (
    store: ModelStore,
    step: ImportStep,
    { field, target, id, scope }: ScopedKey,
    items: readonly OpenItem[],
    itemErrors: ItemErrors
  ): Promise<void> {
    const named = items.filter(({ data }) => data[field.name] !== undefined && data[field.name] !== null)
    const values = [...new Set(named.map(({ data }) => data[field.name]))]
    if (values.length === 0) return
    const missing = await store.missing(target, id.name, values, this.#scopes.of(scope).nameable)
    const strange = new Set(values.filter((_, i) => missing.has(i)))
    for (const { position, data } of named) {
      const value = data[field.name]
      if (strange.has(value)) {
        itemErrors.add('foreign_key_not_found', position, columnOf(step, field.name), {
          model: target.name,
          key: id.name,
          value: String(value)
        })
      }
    }
  }
}

/** An item whose values are still coming together. */
interface OpenItem extends StepItem {
  readonly row: ImportRow
  readonly data: Record<string, unknown>
}

interface StepItems {
  readonly items: readonly StepItem[]
  /** What is wrong with some of them. */
  readonly details: readonly ErrorDetail[]
}
