import { promisify } from 'node:util'
import { isThenable } from '../thenable.js'
import type { StructuredLogger } from './structured-logger.js'

type Work<A extends unknown[], R> = (...args: A) => R

/** What became of a call. */
type Settled<R> = { readonly result: Awaited<R> } | { readonly error: unknown }

/**
 * Runs a function, sync or async, and tells when it has ended.
 *
 * @param ended gets the outcome and the milliseconds
 */
function timed<A extends unknown[], R> (
  work: Work<A, R>,
  ended: (outcome: Settled<R>, ms: number, args: A) => void
): Work<A, R> {
  return function (this: unknown, ...args: A): R {
    const started = performance.now()
    const end = (outcome: Settled<R>): void => ended(outcome, performance.now() - started, args)
    const failed = (error: unknown): never => {
      end({ error })
      throw error
    }
    let result: R
    try {
      result = work.apply(this, args)
    } catch (error) {
      return failed(error)
    }
    if (isThenable(result)) {
      return Promise.resolve(result).then(value => {
        end({ result: value as Awaited<R> })
        return value
      }, failed) as R
    }
    end({ result: result as Awaited<R> })
    return result
  }
}

export interface FunctionCallOptions {
  /** Default: the name of the function. */
  readonly name?: string
  /** Log the arguments, scrubbed. Default: false. */
  readonly args?: boolean
  /** Log the result, scrubbed. Default: false. */
  readonly result?: boolean
}

/**
 * Logs each call of a function with its duration, in the category `requests`.
 *
 * @example
 * const price = logFunctionCall(logger, computePrice, { args: true })
 */
export function logFunctionCall<A extends unknown[], R> (
  logger: StructuredLogger,
  work: Work<A, R>,
  options: FunctionCallOptions = {}
): Work<A, R> {
  const { name: action = work.name, args: hasArgs = false, result: hasResult = false } = options
  return timed(work, (outcome, durationMs, args) => {
    const isFailed = 'error' in outcome
    logger.write('requests', {
      level: 'debug',
      action,
      durationMs,
      details: {
        ...(hasArgs && { args }),
        ...(hasResult && !isFailed && { result: outcome.result })
      },
      message: `${action} ${isFailed ? 'failed' : 'returned'} after ${durationMs.toFixed(4)} ms`
    })
  })
}

/**
 * Logs what a function throws, in the category `errors`, and throws it again.
 *
 * @example
 * const send = logExceptions(logger, sendMail)
 */
export function logExceptions<A extends unknown[], R> (logger: StructuredLogger, work: Work<A, R>): Work<A, R> {
  return timed(work, outcome => {
    if ('error' in outcome) logger.error(outcome.error, work.name)
  })
}

/**
 * Logs what a function throws, in the category `errors`, and gives null instead: for work whose failure must not fail
 * its caller.
 *
 * @example
 * const warmCache = nullOnException(logger, loadPopular)
 */
export function nullOnException<A extends unknown[], R> (
  logger: StructuredLogger,
  work: Work<A, R>
): Work<A, R | null> {
  const logged = logExceptions(logger, work)
  return function (this: unknown, ...args: A): R | null {
    try {
      const result = logged.apply(this, args)
      return isThenable(result) ? (Promise.resolve(result).catch(() => null) as R) : result
    } catch {
      // `logExceptions` has logged it, here and above.
      return null
    }
  }
}

/**
 * Logs the duration of database work, by its kind, in the category `database`.
 *
 * @example
 * const load = logDbQuery(logger, 'select', loadContracts)
 */
export function logDbQuery<A extends unknown[], R> (
  logger: StructuredLogger,
  kind: string,
  work: Work<A, R>
): Work<A, R> {
  return timed(work, (outcome, ms) => {
    logger.database(kind, ms, { function: work.name, failed: 'error' in outcome })
  })
}

/**
 * Logs the duration of a function, in the category `performance`: a warning beyond a threshold.
 *
 * @param thresholdMs milliseconds; default 1000
 *
 * @example
 * const report = performanceMonitor(logger, buildReport, 500)
 */
export function performanceMonitor<A extends unknown[], R> (
  logger: StructuredLogger,
  work: Work<A, R>,
  thresholdMs = 1000
): Work<A, R> {
  return timed(work, (_outcome, ms) => logger.performance(work.name, ms, thresholdMs))
}

/** The part of a cache that is watched: `app.cache` of @fastify/caching has it. */
export interface ReadableCache {
  get: (key: string, callback: (error: unknown, entry: unknown) => void) => unknown
}

/**
 * Reads a cache and logs hits and misses, in the category `cache`.
 *
 * @returns gives the entry of a key as the cache has it: `{ item, stored, ttl }`, or null
 *
 * @example
 * const cached = cacheDebug(logger, app.cache)
 * const entry = await cached('popular')
 */
export function cacheDebug (logger: StructuredLogger, cache: ReadableCache): (key: string) => Promise<unknown> {
  return timed(
    async (key: string) => await entryOf(cache, key),
    (outcome, ms, [key]) => {
      const isMissing = 'error' in outcome || outcome.result === undefined || outcome.result === null
      logger.cache(isMissing ? 'miss' : 'hit', key, ms)
    }
  )
}

async function entryOf (cache: ReadableCache, key: string): Promise<unknown> {
  return await promisify<string, unknown>((name, callback) => cache.get(name, callback))(key)
}
