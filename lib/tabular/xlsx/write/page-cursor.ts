import type { Cell, TablePages } from '../../table/table.js'

/** Rows of pages, taken some at a time; a page is asked for when the one before is used up. */
export class PageCursor {
  readonly #pages: AsyncIterator<readonly (readonly Cell[])[]>
  #page: readonly (readonly Cell[])[] = []
  #at = 0

  constructor (pages: TablePages) {
    this.#pages = pages[Symbol.asyncIterator]()
  }

  /** Whether there are no rows left. */
  async atEnd (): Promise<boolean> {
    while (this.#at >= this.#page.length) {
      const next = await this.#pages.next()
      if (next.done === true) return true
      this.#page = next.value
      this.#at = 0
    }
    return false
  }

  /** The next rows of the page, `most` of them at most. */
  take (most: number): readonly (readonly Cell[])[] {
    const rows = this.#page.slice(this.#at, this.#at + most)
    this.#at += rows.length
    return rows
  }

  /** Ends the iteration of the pages. */
  async close (): Promise<void> {
    await this.#pages.return?.()
  }
}
