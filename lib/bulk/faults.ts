import { BulkError, errorDetail, type ErrorCode, type ErrorDetail, type ErrorParams } from '../errors.js'

/** Details kept in one error: a batch that is wrong throughout must not make an answer larger than its request. */
const detailLimit = 1000

/** Collects what is wrong with the items of a batch, so that one answer names all of it. */
export class Faults {
  readonly #details: ErrorDetail[] = []

  add (code: ErrorCode, index: number, field?: string, params?: ErrorParams): void {
    if (this.#details.length < detailLimit) this.#details.push(errorDetail(code, field === undefined ? { index } : { index, field }, params))
  }

  /** Adds what others have collected. */
  include (others: Faults): void {
    this.#details.push(...others.#details.slice(0, detailLimit - this.#details.length))
  }

  get any (): boolean {
    return this.#details.length > 0
  }

  /** Throws them all, in the order of the items. */
  throwIfAny (cause?: unknown): void {
    if (this.any) throw new BulkError(this.#details.sort((a, b) => a.index! - b.index!), { cause })
  }
}
