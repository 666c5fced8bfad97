import { AssertionError } from 'node:assert'
import { collectQueries } from '../diagnostics/collect-queries.js'
import type { QueryCollector } from '../diagnostics/query-collector.js'

/** A number of statements, or the least and the most. */
export type ExpectedQueries = number | { readonly min?: number; readonly max?: number }

/** Counts the statements of work and fails when they are too few or too many, with all of them in the message. */
export async function countedQueries<T> (expected: ExpectedQueries, work: () => PromiseLike<T>): Promise<T> {
  const { result, queries } = await collectQueries(work)
  const { min = 0, max = Infinity } = typeof expected === 'number' ? { min: expected, max: expected } : expected
  const { queries: actual } = queries
  if (actual < min || actual > max) {
    const words = typeof expected === 'number' ? String(expected) : `${min} to ${max}`
    throw new AssertionError({
      message: `Expected ${words} queries, not ${actual}${listOf(queries)}`,
      actual,
      expected,
      operator: 'expectQueries'
    })
  }
  return result
}

function listOf ({ statements }: QueryCollector): string {
  return statements.map(({ count, ms, sql }) => `\n  ${count} × ${ms.toFixed(1)} ms  ${sql}`).join('')
}
