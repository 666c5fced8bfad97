import { CommonsError } from '../../errors.js'
import type { SheetPages, SheetRow } from '../../tabular/table/table.js'

/** Gives a file back whose header is none. */
export async function matched<T> (match: () => T, close: () => Promise<unknown>): Promise<T> {
  try {
    return match()
  } catch (error) {
    await close()
    throw error
  }
}

/** Takes the first row from the others; close what is not read. */
export async function headAndRest (
  pages: SheetPages
): Promise<{ readonly first: SheetRow; readonly rest: SheetPages; readonly close: () => Promise<unknown> }> {
  const iterator = pages[Symbol.asyncIterator]()
  const { value, done } = await iterator.next()
  if (done === true || value === undefined || value.length === 0) {
    throw new CommonsError('file_unreadable', { params: { problem: 'it is empty' } })
  }
  const [first, ...others] = value
  async function * rest (): SheetPages {
    try {
      yield others
      while (true) {
        const { value, done } = await iterator.next()
        if (done === true) return
        yield value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { first: first!, rest: rest(), close: async () => await iterator.return?.() }
}
