/**
 * The same items, of which the next is asked for while the present one is worked on: never more than one ahead.
 * A failure of the source comes up in its turn, and an iteration that is ended early ends that of the source.
 *
 * @example
 * for await (const chunk of ahead(parsed(file))) await store(chunk) // the next chunk is parsed meanwhile
 */
export async function * ahead<T> (source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  const ask = (): Promise<IteratorResult<T>> => {
    const next = iterator.next()
    // Nobody may be waiting for it when it fails.
    next.catch(() => {})
    return next
  }
  let pending = ask()
  let isDone = false
  try {
    while (true) {
      const { value, done } = await pending.catch((error: unknown) => {
        isDone = true
        throw error
      })
      isDone = done === true
      if (isDone) return
      pending = ask()
      yield value as T
    }
  } finally {
    if (!isDone) {
      await pending.catch(() => {})
      await iterator.return?.()
    }
  }
}
