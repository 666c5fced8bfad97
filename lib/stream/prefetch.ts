/**
 * The same items, of which the next is asked for while the present one is worked on: never more than one ahead.
 * A failure of the source comes up in its turn, and an iteration that is ended early ends that of the source.
 *
 * @example
 * for await (const chunk of prefetch(parsed(file))) await store(chunk) // the next chunk is parsed meanwhile
 */
export async function * prefetch<Item> (source: AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  const ask = (): Promise<IteratorResult<Item>> => {
    const next = iterator.next()
    // Whoever ends early does not wait for it.
    next.catch(() => {})
    return next
  }
  try {
    let next = ask()
    for (;;) {
      const { done, value } = await next
      if (done === true) return
      next = ask()
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}
