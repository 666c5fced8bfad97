import { scrub, type ScrubOptions } from './scrub.js'

/** The categories of lines. */
export const logCategories = [
  'users',
  'api',
  'database',
  'models',
  'cache',
  'performance',
  'errors',
  'requests'
] as const

export type LogCategory = (typeof logCategories)[number]

/** The categories that are written in production by default: they hold no bodies and no actions of people. */
export const productionCategories: readonly LogCategory[] = ['database', 'models', 'performance', 'errors']

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** The part of a pino logger that is used. */
export type BaseLogger = Readonly<Record<LogLevel, (details: object, message: string) => void>>

export interface LoggerOptions extends Omit<ScrubOptions, 'allow'> {
  /** The categories that are written. Default: all; the plugin writes `productionCategories` in production. */
  readonly categories?: readonly LogCategory[]
}

/** A line of the log. Everything in it is scrubbed. */
export interface LogEntry {
  /** Default: `info`. */
  readonly level?: LogLevel
  readonly message: string
  readonly action?: string
  readonly resource?: string
  readonly durationMs?: number
  readonly error?: unknown
  readonly details?: unknown
}

/**
 * Writes structured lines of a category: who did what to which resource, how long it took, and details. Secrets are
 * redacted in all of them.
 *
 * @example
 * const logger = new StructuredLogger(app.log, {}, () => 'ann')
 * logger.userAction('publish', 'Article/7', { from: 'draft' })
 * // {"level":30,"category":"users","user":"ann","action":"publish","resource":"Article/7",…}
 */
export class StructuredLogger {
  readonly #base: BaseLogger
  readonly #options: LoggerOptions
  readonly #user: () => unknown
  readonly #categories: ReadonlySet<LogCategory>

  /** @param user gives who acts; null and undefined are `anonymous` */
  constructor (base: BaseLogger, options: LoggerOptions = {}, user: () => unknown = () => null) {
    this.#base = base
    this.#options = options
    this.#user = user
    this.#categories = new Set(options.categories ?? logCategories)
  }

  /** Whether lines of a category are written. */
  writes (category: LogCategory): boolean {
    return this.#categories.has(category)
  }

  /** What a user did. */
  userAction (action: string, resource: string, details?: unknown): void {
    this.write('users', { action, resource, details, message: `${action} ${resource}` })
  }

  /** A request and its answer. */
  apiRequest (resource: string, status: number, durationMs: number, details?: object): void {
    const message = `${resource} answered ${status}`
    this.write('api', { resource, durationMs, details: { status, ...details }, message })
  }

  /** How long something took; a warning beyond a threshold in milliseconds. */
  performance (action: string, durationMs: number, thresholdMs = Infinity, details?: unknown): void {
    const isSlow = durationMs > thresholdMs
    this.write('performance', {
      level: isSlow ? 'warn' : 'info',
      action,
      durationMs,
      details,
      message: isSlow ? `${action} is slow: ${durationMs.toFixed(1)} ms` : `${action} took ${durationMs.toFixed(1)} ms`
    })
  }

  error (error: unknown, action: string, details?: unknown): void {
    this.write('errors', { level: 'error', action, error, details, message: `${action} failed` })
  }

  database (action: string, durationMs: number, details?: unknown): void {
    this.write('database', { level: 'debug', action, durationMs, details, message: action })
  }

  /** A change of a row. */
  modelChange (action: string, resource: string, details?: unknown): void {
    this.write('models', { action, resource, details, message: `${action} ${resource}` })
  }

  cache (action: 'hit' | 'miss' | 'set', resource: string, durationMs?: number): void {
    const timed = durationMs === undefined ? {} : { durationMs }
    this.write('cache', { level: 'debug', action, resource, ...timed, message: `Cache ${action}: ${resource}` })
  }

  /** A request as it came in. */
  request (resource: string, details?: unknown): void {
    this.write('requests', { level: 'debug', resource, details, message: resource })
  }

  /** A line of any category. */
  write (category: LogCategory, entry: LogEntry): void {
    if (!this.writes(category)) return
    const { level = 'info', message, error, details, ...rest } = entry
    const line = {
      category,
      user: this.#user() ?? 'anonymous',
      ...rest,
      ...(error !== undefined && { error: scrub(error, this.#options) }),
      ...(details !== undefined && { details: scrub(details, this.#options) })
    }
    this.#base[level](line, message)
  }
}
