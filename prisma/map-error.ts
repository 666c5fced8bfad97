import { CommonsError, type ErrorCode } from '../lib/errors.js'
import type { Model, Registry } from '../lib/model/registry.js'

/** What a driver adapter tells of a failed statement; its messages hold SQL and values and never leave this file. */
interface DriverCause {
  readonly kind?: string
  readonly originalCode?: string
  readonly originalMessage?: string
  readonly table?: string
  readonly constraint?: { readonly fields?: readonly string[], readonly index?: string }
}

/** A kind of failure → our code, when nothing more is to be found out about it. */
const codeOfKind: Readonly<Record<string, ErrorCode>> = {
  LengthMismatch: 'invalid_value',
  InvalidInputValue: 'invalid_value',
  ValueOutOfRange: 'invalid_value',
  InconsistentColumnData: 'invalid_value',
  NullConstraintViolation: 'not_null',
  TransactionWriteConflict: 'write_conflict',
  DatabaseNotReachable: 'database_unavailable',
  DatabaseDoesNotExist: 'database_unavailable',
  DatabaseAccessDenied: 'database_unavailable',
  AuthenticationFailed: 'database_unavailable',
  TlsConnectionError: 'database_unavailable',
  ConnectionClosed: 'database_unavailable',
  TooManyConnections: 'database_unavailable',
  SocketTimeout: 'database_timeout'
}

/** SQLSTATE → our code, for what the adapters do not name. */
const codeOfState: Readonly<Record<string, ErrorCode>> = {
  22001: 'invalid_value',
  22003: 'invalid_value',
  22008: 'invalid_value',
  '22P02': 'invalid_value',
  22021: 'invalid_value',
  23502: 'not_null',
  23514: 'check_violation',
  '23P01': 'unique_violation',
  21000: 'duplicate_key',
  40001: 'write_conflict',
  '40P01': 'write_conflict',
  '55P03': 'database_timeout',
  57014: 'database_timeout',
  '57P01': 'database_unavailable',
  '57P02': 'database_unavailable',
  '57P03': 'database_unavailable',
  '08000': 'database_unavailable',
  '08003': 'database_unavailable',
  '08006': 'database_unavailable',
  53300: 'database_unavailable'
}

/** Prisma's own code → ours, for errors without a driver's cause. */
const codeOfPrisma: Readonly<Record<string, ErrorCode>> = {
  P1000: 'database_unavailable',
  P1001: 'database_unavailable',
  P1002: 'database_timeout',
  P1003: 'database_unavailable',
  P1008: 'database_timeout',
  P1010: 'database_unavailable',
  P1011: 'database_unavailable',
  P1017: 'database_unavailable',
  P2000: 'invalid_value',
  P2002: 'unique_violation',
  P2003: 'foreign_key_not_found',
  P2007: 'invalid_value',
  P2011: 'not_null',
  P2020: 'invalid_value',
  P2024: 'database_unavailable',
  P2025: 'object_not_found',
  P2028: 'database_unavailable',
  P2034: 'write_conflict',
  P2037: 'database_unavailable'
}

/**
 * An error of Prisma (or of its driver) as one of ours; undefined when it is none of theirs.
 * Errors are told by name and code, not by class, since a program may hold several copies of the client.
 */
export function mapError (error: unknown, registry?: Registry): CommonsError | undefined {
  if (!(error instanceof Error) || error instanceof CommonsError) return undefined
  if (error.name === 'PrismaClientValidationError') return new CommonsError('validation_failed', { cause: error })
  if (error.name === 'PrismaClientInitializationError') return new CommonsError('database_unavailable', { cause: error })
  const cause = causeOf(error)
  if (error.name !== 'PrismaClientKnownRequestError' && error.name !== 'DriverAdapterError') return isSocketError(error) ? new CommonsError('database_unavailable', { cause: error }) : undefined
  const prismaCode = 'code' in error ? String(error.code) : ''
  if (cause?.kind === 'UniqueConstraintViolation' || cause?.originalCode === '23505' || (cause === undefined && prismaCode === 'P2002')) return uniqueError(error, cause, registry)
  if (isForeignKeyViolation(cause)) return foreignKeyError(error, cause, registry)
  if (isLostConnection(error, cause)) return new CommonsError('database_unavailable', { cause: error })
  const code = codeOfState[cause?.originalCode ?? ''] ?? codeOfKind[cause?.kind ?? ''] ?? codeOfPrisma[prismaCode]
  return new CommonsError(code ?? 'internal_error', { cause: error, ...paramsOf(code, error) })
}

/** `onDelete: Restrict` has a SQLSTATE of its own. */
function isForeignKeyViolation (cause: DriverCause | undefined): boolean {
  return cause?.kind === 'ForeignKeyConstraintViolation' || cause?.kind === 'RestrictViolation' || cause?.originalCode === '23503' || cause?.originalCode === '23001'
}

function paramsOf (code: ErrorCode | undefined, error: Error): { params?: Record<string, unknown>, message?: string } {
  if (code === 'invalid_value') return { params: { problem: 'The database refuses this value' } }
  if (code === 'object_not_found') return { params: { model: modelName(error) ?? 'row' }, message: `No such ${modelName(error) ?? 'row'}` }
  if (code === 'duplicate_key') return { message: 'Two items of the request select the same row' }
  return {}
}

function causeOf (error: Error): DriverCause | undefined {
  if (error.name === 'DriverAdapterError') return error.cause as DriverCause | undefined
  const meta = 'meta' in error ? error.meta as { driverAdapterError?: { cause?: DriverCause } } | undefined : undefined
  return meta?.driverAdapterError?.cause
}

function modelName (error: Error): string | undefined {
  const meta = 'meta' in error ? error.meta as { modelName?: unknown } | undefined : undefined
  return typeof meta?.modelName === 'string' ? meta.modelName : undefined
}

function uniqueError (error: Error, cause: DriverCause | undefined, registry: Registry | undefined): CommonsError {
  const { model, fields } = uniqueOf(error, cause, registry)
  return new CommonsError('unique_violation', { cause: error, params: { model: model ?? 'row', fields: fields.join(', ') || 'value', constraintFields: fields } })
}

/** The fields of a unique set, whichever way this version of Prisma names it: index, columns, or `target`. */
function uniqueOf (error: Error, cause: DriverCause | undefined, registry: Registry | undefined): { model: string | undefined, fields: readonly string[] } {
  const index = cause?.constraint?.index ?? /unique constraint "([^"]+)"/.exec(cause?.originalMessage ?? '')?.[1]
  for (const model of registry?.models ?? []) {
    const unique = model.meta.uniques.find(one => one.index === index)
    if (unique !== undefined && (cause?.table === undefined || cause.table === model.meta.table)) return { model: model.name, fields: unique.fields }
  }
  const target = 'meta' in error ? (error.meta as { target?: unknown } | undefined)?.target : undefined
  const named = cause?.constraint?.fields ?? (Array.isArray(target) ? target.map(String) : [])
  const name = modelName(error)
  const model = name === undefined || registry === undefined ? undefined : registry.model(name)
  return { model: name, fields: named.map(column => fieldOfColumn(model, column.replaceAll('"', ''))) }
}

function foreignKeyError (error: Error, cause: DriverCause | undefined, registry: Registry | undefined): CommonsError {
  const message = cause?.originalMessage ?? ''
  const constraint = cause?.constraint?.index ?? /foreign key constraint "([^"]+)"/.exec(message)?.[1]
  const table = /on table "([^"]+)"/.exec(message)?.[1]
  // One SQLSTATE tells both ways of breaking a reference; only the message says which side was written.
  if (message.startsWith('update or delete on')) {
    const referring = /on table "[^"]+"$/.exec(message)?.[0].slice(10, -1)
    const models = [...registry?.models ?? []]
    const child = models.find(one => one.meta.table === referring)
    const relation = child?.meta.relations.find(one => one.fields.length > 0 && foreignKeyName(child, one.fields) === constraint)
    return new CommonsError('foreign_key_restricted', {
      cause: error,
      params: {
        model: models.find(one => one.meta.table === table)?.name ?? 'row',
        ...(child === undefined || relation === undefined ? {} : { referring: child.name, constraintFields: relation.fields })
      }
    })
  }
  for (const model of registry?.models ?? []) {
    if (table !== undefined && model.meta.table !== table) continue
    for (const relation of model.meta.relations) {
      if (relation.fields.length === 0 || foreignKeyName(model, relation.fields) !== constraint) continue
      const params = { model: relation.model, key: relation.references.join(', '), constraintFields: relation.fields }
      return new CommonsError('foreign_key_not_found', { cause: error, params, message: `The ${relation.model} that ${relation.fields.join(', ')} names does not exist` })
    }
  }
  return new CommonsError('foreign_key_not_found', { cause: error, message: 'A row that this one refers to does not exist' })
}

/** Prisma's name of a foreign key that the schema gives no name of its own, cut as PostgreSQL cuts names. */
function foreignKeyName (model: Model, fields: readonly string[]): string {
  const columns = fields.map(field => model.ownField(field).column)
  return `${`${model.meta.table}_${columns.join('_')}`.slice(0, 63 - '_fkey'.length)}_fkey`
}

function fieldOfColumn (model: Model | undefined, column: string): string {
  return model?.meta.fields.find(field => field.column === column)?.name ?? column
}

/** The driver's words for a connection that ended under a statement. */
function isLostConnection (error: Error, cause: DriverCause | undefined): boolean {
  const text = `${cause?.originalMessage ?? ''} ${cause === undefined ? error.message : ''}`
  return /Connection terminated|Client has encountered a connection error|server closed the connection|terminating connection/i.test(text)
}

function isSocketError (error: Error): boolean {
  const code = 'code' in error ? error.code : undefined
  return code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE' || code === 'ETIMEDOUT' || isLostConnection(error, undefined)
}
