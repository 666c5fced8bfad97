import { Faults } from '../bulk/faults.js'
import type { ItemOutcome } from '../bulk/report.js'
import { rowsByIndex, sumOf } from '../bulk/report-sum.js'
import type { Row } from '../bulk/find.js'
import type { WriteItems } from '../bulk/partial.js'
import type { Scope } from '../bulk/scope.js'
import type { BulkStore } from '../bulk/store.js'
import { BulkError, type ErrorDetail } from '../errors.js'
import { ValueFault } from '../resource/value-reader.js'
import { paramsOf, type Lookups } from './lookups.js'
import type { ImportPlan, ImportStep } from './plan.js'
import { failureOf, type ImportRow } from './rows.js'
import { writeStep, type StepItem } from './write-step.js'

/** Writes rows of a file, the models of each in their order; the outcome of a row is that of its last model. */
export class RowWriter {
  readonly #plan: ImportPlan
  readonly #lookups: Lookups
  readonly #scope: Scope | null
  readonly #outcomes = new WeakMap<ImportRow, Map<ImportStep, ItemOutcome>>()

  /** @param scope the values of own rows that say whose they are */
  constructor (plan: ImportPlan, lookups: Lookups, scope: Scope | null) {
    this.#plan = plan
    this.#lookups = lookups
    this.#scope = scope
  }

  /** What became of each model of a row when it was last written, be that undone or not. */
  outcomesOf (row: ImportRow): ReadonlyMap<ImportStep, ItemOutcome> {
    return this.#outcomes.get(row) ?? new Map()
  }

  /** Writes all of the rows or none. */
  readonly write: WriteItems<ImportRow> = async (store, rows) => {
    const work: WriteItems<ImportRow> = async (store, rows) => await this.#writeSteps(store, rows)
    return this.#plan.steps.length === 1 ? await work(store, rows) : await store.isolated(async store => await work(store, rows))
  }

  async #writeSteps (store: BulkStore, rows: readonly ImportRow[]): ReturnType<WriteItems<ImportRow>> {
    const outcomes = new Map<number, ItemOutcome>()
    for (const row of rows) this.#outcomes.set(row, new Map())
    const stored = rows.map((): Record<string, Row> => ({}))
    for (const [i, step] of this.#plan.steps.entries()) {
      const items = await this.#itemsOf(store, step, rows, i, stored)
      if (items.length === 0) continue
      const report = await writeStep(store, step, items)
      for (const [position, outcome] of report.outcomes!) {
        outcomes.set(position, outcome)
        this.#outcomes.get(rows[position]!)!.set(step, outcome)
      }
      for (const [position, row] of rowsByIndex(report)) stored[position]![step.name] = row as Row
    }
    return sumOf([{ count: 0, created: 0, updated: 0, unchanged: 0, deleted: 0, missing: [], conflicts: [], outcomes }])
  }

  /** The rows of one model with all their values. */
  async #itemsOf (store: BulkStore, step: ImportStep, rows: readonly ImportRow[], i: number, stored: readonly Readonly<Record<string, Row>>[]): Promise<readonly StepItem[]> {
    const scope = step.isOwn ? this.#scope : null
    const faults = new Faults(true)
    const failures: ErrorDetail[] = []
    const items = rows.flatMap((row, position): { position: number, row: ImportRow, data: Record<string, unknown> }[] => {
      const part = row.parts[i]
      return part === null || part === undefined ? [] : [{ position, row, data: { ...part.data, ...scope } }]
    })
    const named = items.flatMap(item => item.row.parts[i]!.namings.map(naming => ({ ...item, naming })))
    const keys = named.length === 0 ? [] : await this.#lookups.keys(store, named.map(({ naming }) => naming))
    named.forEach(({ position, data, naming }, at) => {
      if (keys[at] === undefined) faults.add('foreign_key_not_found', position, naming.column.name, paramsOf(naming))
      else data[naming.plan.field.name] = keys[at]
    })
    for (const { field, required, source } of step.fields) {
      if (source.kind === 'reference') {
        for (const { position, data } of items) {
          const key = stored[position]![source.step]?.[source.id.name]
          if (key !== undefined) data[field.name] = key
          else if (required) faults.add('required', position, source.step)
        }
      }
      if (source.kind !== 'computed') continue
      for (const { position, row, data } of items) {
        if (data[field.name] !== undefined) continue
        try {
          const value = source.read(await source.compute(row.values!, stored[position]!) ?? null)
          if (value instanceof ValueFault) faults.add(value.code, position, field.name, value.params)
          else data[field.name] = value
        } catch (error) {
          failures.push({ ...failureOf(field.name, error), index: position })
        }
      }
    }
    const details = [...[...faults.byItem.values()].flat(), ...failures]
    if (details.length > 0) throw new BulkError(details)
    return items.map(({ position, data }) => ({ position, data }))
  }
}
