import { QueryCollector } from './query-collector.js'
import type { QuerySink } from './query-event.js'
import { queryScope, withQueryScope, type SinkHolder } from './query-scope.js'

/**
 * Runs work and counts the statements that it sends through an observed adapter. Runs may be nested: each one counts
 * its own statements and those of the runs within.
 *
 * @returns what `work` returns, and the statements
 *
 * @example
 * const { queries } = await collectQueries(async () => await prisma.tag.findMany())
 * queries.queries // 1
 */
export async function collectQueries<T> (
  work: () => PromiseLike<T>
): Promise<{ readonly result: T; readonly queries: QueryCollector }> {
  const queries = new QueryCollector()
  const holder = holderOf(queries)
  try {
    // Prisma's queries start when somebody waits for them: that must happen within the scope.
    const result = await withQueryScope({ holder, origin: null }, async () => await work())
    return { result, queries }
  } finally {
    holder.sink = null
  }
}

/** A place for a collector; the scope around it, if there is one, is told as well. */
export function holderOf (collector: QueryCollector): SinkHolder {
  const around = queryScope()?.holder
  if (!around?.sink) return { sink: collector }
  const sink: QuerySink = {
    add: event => {
      collector.add(event)
      around.sink?.add(event)
    }
  }
  return { sink }
}
