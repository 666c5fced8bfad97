import type { ItemOutcome } from '../../store/core/report.js'
import type { ImportPlan, ImportStep } from '../plan/plan.js'

interface Counts {
  created: number
  updated: number
  unchanged: number
}

/** What became of the rows of a file. A row of several models counts as what became of the last. */
export interface ImportSummary extends Readonly<Counts> {
  readonly total: number
  readonly failed: number
  /** What became of each model, by its name in the import; absent where there is one. */
  readonly models?: Readonly<Record<string, Readonly<Counts>>>
}

/** Counts rows as they are done. */
export class ImportCounter {
  readonly #counts: Counts = { created: 0, updated: 0, unchanged: 0 }
  readonly #models: ReadonlyMap<ImportStep, Counts>
  #failed = 0

  constructor ({ steps }: ImportPlan) {
    this.#models = new Map(
      steps.length === 1 ? [] : steps.map(step => [step, { created: 0, updated: 0, unchanged: 0 }])
    )
  }

  get total (): number {
    const { created, updated, unchanged } = this.#counts
    return created + updated + unchanged + this.#failed
  }

  count (outcome: ItemOutcome, byModel: ReadonlyMap<ImportStep, ItemOutcome>): void {
    add(this.#counts, outcome)
    for (const [step, counts] of this.#models) {
      const own = byModel.get(step)
      if (own !== undefined) add(counts, own)
    }
  }

  /** Counts rows that were written together, of an import of one model. */
  add ({ created, updated, unchanged }: Readonly<Counts>): void {
    this.#counts.created += created
    this.#counts.updated += updated
    this.#counts.unchanged += unchanged
  }

  fail (rows: number): void {
    this.#failed += rows
  }

  summary (): ImportSummary {
    return {
      total: this.total,
      ...this.#counts,
      failed: this.#failed,
      ...(this.#models.size === 0
        ? {}
        : { models: Object.fromEntries([...this.#models].map(([{ name }, counts]) => [name, counts])) })
    }
  }
}

function add (counts: Counts, outcome: ItemOutcome): void {
  if (outcome === 'created' || outcome === 'updated' || outcome === 'unchanged') counts[outcome]++
}
