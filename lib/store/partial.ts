import type { CommonsError } from '../errors.js'
import { type ErrorDetail } from '../errors.js'
import type { Model } from '../model/registry.js'
import { reportAt, sumOf } from './core/report-sum.js'
import type { BulkReport } from './core/report.js'
import type { Attempt, ModelStore } from './model-store.js'
import { placed, isAboutItems, detailOf } from './partial-errors.js'

/**
 * Writes all of the given items or none, and tells their outcomes. Errors and reports name items by their positions in
 * this list.
 */
export type WriteItems<Item> = (store: ModelStore, items: readonly Item[]) => Promise<BulkReport>

/** What became of the items of a batch, by their positions in it. */
export type PartialReport = BulkReport & Required<Pick<BulkReport, 'outcomes' | 'failures'>>

/**
 * Searches for one item each, until which a batch is tried as a whole: then faults are taken to stand close together.
 */
const hopefulSearches = 4

/** Searches until which no item is written before all are found that can be. */
const patientSearches = 16

/** Sound items that are written for good after that, so that they need not be tried over and over. */
const soundRows = 100

/**
 * Writes the items of a batch that can be written, and tells why the others cannot: each ends in exactly one state.
 * Items that `write` leaves out, as keys that stand twice, are in none of the lists.
 *
 * All items are tried together. Those that an error names have failed, and the rest is tried again. Where an error
 * names none, as that of a check constraint or a trigger, the first item that causes it is found by halving, in
 * savepoints that are undone. So the written items stand in one statement a chunk, however many failed before; only a
 * batch with more than 16 such items is written in parts.
 *
 * @param model the model of the items
 * @param write gets a store in which each operation stands in a savepoint; several operations it puts into
 * `store.isolated`
 * @throws what is no item's fault, as that the database is away: then nothing stays written
 */
export async function writePartially<Item> (
  store: ModelStore,
  model: Model,
  items: readonly Item[],
  write: WriteItems<Item>
): Promise<PartialReport> {
  return await store.isolated(async inner => await new PartialWrite(inner, model, items, write).run(), { model })
}

/** How many items pass before the first that does not, and its error; without one they all pass by now. */
interface Search {
  readonly passing: number
  readonly cause: unknown
}

class PartialWrite<Item> {
  readonly #store: ModelStore
  readonly #model: Model
  readonly #items: readonly Item[]
  readonly #write: WriteItems<Item>
  readonly #reports: BulkReport[] = []
  readonly #failures = new Map<number, readonly ErrorDetail[]>()
  /** Positions that were found to go together, and are not written for good yet. */
  #sound: readonly number[] = []
  /** Positions that are still to be tried. */
  #left: readonly number[]
  /** How many of those to try at a time. */
  #reach = Infinity
  #searches = 0

  constructor (store: ModelStore, model: Model, items: readonly Item[], write: WriteItems<Item>) {
    this.#store = store
    this.#model = model
    this.#items = items
    this.#write = write
    this.#left = [...items.keys()]
  }

  async run (): Promise<PartialReport> {
    while (this.#sound.length + this.#left.length > 0) {
      if (this.#reach >= this.#left.length) await this.#finish()
      else await this.#store.trial(async attempt => await this.#advance(attempt))
      if (this.#isDue) await this.#keepSound()
    }
    return { ...sumOf(this.#reports), failures: this.#failures }
  }

  get #isDue (): boolean {
    return this.#searches >= patientSearches && this.#sound.length >= soundRows
  }

  /** Writes all that is left. */
  async #finish (): Promise<void> {
    const error = await this.#keep([...this.#sound, ...this.#left])
    if (error !== null) {
      await this.#search(this.#left.length, error)
      return
    }
    this.#sound = []
    this.#left = []
  }

  /** Tries the items a few at a time, until they can all be tried or there is something to write. */
  async #advance (attempt: Attempt): Promise<void> {
    while (this.#reach < this.#left.length && !this.#isDue) {
      const count = this.#reach
      const error = await this.#try(attempt, count)
      if (error !== null) {
        await this.#search(count, error, attempt)
        continue
      }
      this.#pass(count)
      this.#reach *= 4
    }
  }

  /**
   * Finds the first of the next items that the sound ones do not go together with; `error` is what came of them all.
   */
  async #search (count: number, error: unknown, attempt?: Attempt): Promise<void> {
    if (this.#refuse(error)) return
    if (count === 0) {
      // What was sound is not any more: another transaction has got in between.
      this.#left = [...this.#sound, ...this.#left]
      this.#sound = []
      return
    }
    const halve = async (attempt: Attempt): Promise<Search> => await this.#halve(attempt, count, error)
    const { passing, cause } =
      count === 1
        ? { passing: 0, cause: error }
        : await (attempt === undefined ? this.#store.trial(halve) : halve(attempt))
    this.#pass(passing)
    if (cause === null) return
    const [culprit] = this.#left
    this.#failures.set(culprit!, [detailOf(this.#model, cause as CommonsError, culprit!)])
    this.#left = this.#left.slice(1)
    this.#searches++
    this.#reach = this.#searches < hopefulSearches ? Infinity : passing + 1
  }

  /** Looks among the next `count` items, of which one does not pass. */
  async #halve (attempt: Attempt, count: number, error: unknown): Promise<Search> {
    let passing = 0
    let failing = count
    let cause = error
    while (failing - passing > 1 || (cause === null && failing > passing)) {
      const middle = failing - passing > 1 ? (passing + failing) >> 1 : failing
      const before = this.#left.slice(0, failing)
      const found = await this.#try(attempt, middle)
      if (found === null) {
        passing = middle
      } else if (this.#refuse(found)) {
        // The items that are named are gone from the list. Without them the rest may do.
        passing -= before.slice(0, passing).filter(position => this.#failures.has(position)).length
        failing -= before.filter(position => this.#failures.has(position)).length
        cause = null
      } else {
        failing = middle
        cause = found
      }
    }
    return { passing, cause }
  }

  async #keepSound (): Promise<void> {
    const error = await this.#keep(this.#sound)
    if (error === null) this.#sound = []
    else await this.#search(0, error)
  }

  /** Takes the next items for sound. */
  #pass (count: number): void {
    this.#sound = [...this.#sound, ...this.#left.slice(0, count)]
    this.#left = this.#left.slice(count)
  }

  /** Tries the sound items with the next ones, and undoes it; the error names items by their positions in the batch. */
  async #try (attempt: Attempt, count: number): Promise<unknown> {
    const positions = [...this.#sound, ...this.#left.slice(0, count)]
    const error = await attempt(async store => await this.#write(store, this.#itemsAt(positions)))
    return error === null ? null : placed(error, positions)
  }

  /** Writes items for good; gives the error when that fails. */
  async #keep (positions: readonly number[]): Promise<unknown> {
    if (positions.length === 0) return null
    try {
      this.#reports.push(
        reportAt(await this.#write(this.#store, this.#itemsAt(positions)), index => positions[index]!)
      )
      return null
    } catch (error) {
      return placed(error, positions)
    }
  }

  #itemsAt (positions: readonly number[]): readonly Item[] {
    return positions.map(position => this.#items[position]!)
  }

  /**
   * Takes the items that an error names out of the batch; false when it names none.
   *
   * @throws the error when it is no item's fault
   */
  #refuse (error: unknown): boolean {
    if (!isAboutItems(error)) throw error
    const named = new Map<number, ErrorDetail[]>()
    for (const detail of error.details) {
      if (detail.index === undefined) continue
      const details = named.get(detail.index)
      if (details === undefined) named.set(detail.index, [detail])
      else details.push(detail)
    }
    if (named.size === 0) return false
    for (const [position, details] of named) this.#failures.set(position, details)
    this.#sound = this.#sound.filter(position => !named.has(position))
    this.#left = this.#left.filter(position => !named.has(position))
    return true
  }
}
