import { CommonsError } from '../errors.js'

/** Limits the event streams that a user has open. */
export class StreamLimit {
  readonly #limit: number
  readonly #open = new Map<string, number>()

  constructor (limit: number) {
    this.#limit = limit
  }

  /**
   * Counts a stream in.
   *
   * @returns call it once the stream has ended
   * @throws CommonsError `too_many_streams` (429)
   */
  enter (owner: string): () => void {
    const open = this.#open.get(owner) ?? 0
    if (open >= this.#limit) throw new CommonsError('too_many_streams', { params: { limit: this.#limit } })
    this.#open.set(owner, open + 1)
    return () => {
      const left = this.#open.get(owner)! - 1
      if (left === 0) this.#open.delete(owner)
      else this.#open.set(owner, left)
    }
  }
}
