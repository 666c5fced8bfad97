import { CommonsError, type ErrorCode } from '../../lib/errors.js'
import type { Registry } from '../../lib/model/registry.js'
import { indexProblem } from '../../lib/store/core/index-limit.js'
import {
  checkError,
  foreignKeyError,
  generatedError,
  modelName,
  nullError,
  uniqueError,
  type DriverCause,
  type Failure
} from './constraint-errors.js'

/** A kind of failure → our code, when nothing more is to be found out about it. */
const codeOfKind: Readonly<Record<string, ErrorCode>> = {
  LengthMismatch: 'invalid_value',
  InvalidInputValue: 'invalid_value',
  ValueOutOfRange: 'invalid_value',
  InconsistentColumnData: 'invalid_value',
  UniqueConstraintViolation: 'unique_violation',
  ForeignKeyConstraintViolation: 'foreign_key_not_found',
  NullConstraintViolation: 'not_null',
  RestrictViolation: 'foreign_key_restricted',
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

/** SQLSTATE → our code, where its class does not tell. */
const codeOfState: Readonly<Record<string, ErrorCode>> = {
  23001: 'foreign_key_restricted',
  23502: 'not_null',
  23503: 'foreign_key_not_found',
  23505: 'unique_violation',
  23514: 'check_violation',
  '23P01': 'unique_violation',
  21000: 'duplicate_key',
  // A server that only reads, such as a replica after a failover.
  25006: 'database_unavailable',
  40001: 'write_conflict',
  '40P01': 'write_conflict',
  '55P03': 'database_timeout',
  57014: 'database_timeout'
}

/** Class of SQLSTATEs (its first two characters) → our code. */
const codeOfClass: Readonly<Record<string, ErrorCode>> = {
  // A connection.
  '08': 'database_unavailable',
  // A value, and one that is over a limit of the server, such as that of a row in an index.
  22: 'invalid_value',
  54: 'invalid_value',
  // A view WITH CHECK OPTION, and RAISE EXCEPTION of a trigger.
  44: 'check_violation',
  P0: 'check_violation',
  // Memory, disk and connections; the operator; the disk again.
  53: 'database_unavailable',
  57: 'database_unavailable',
  58: 'database_unavailable'
}

/** Classes with letters in them that PostgreSQL keeps for itself. All others are free for triggers to raise. */
const ownClasses: ReadonlySet<string> = new Set([
  '0A',
  '0B',
  '0F',
  '0L',
  '0P',
  '0Z',
  '2B',
  '2D',
  '2F',
  '3B',
  '3D',
  '3F',
  'F0',
  'HV',
  'XX'
])

/** What a SQLSTATE means; undefined for faults of the server's own, such as a missing table or privilege. */
function codeOf (state: string): ErrorCode | undefined {
  const group = state.slice(0, 2)
  const isRaised = /[A-Z]/.test(group) && /^[0-9A-Z]{5}$/.test(state) && !ownClasses.has(group)
  return codeOfState[state] ?? codeOfClass[group] ?? (isRaised ? 'check_violation' : undefined)
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
  if (error.name === 'PrismaClientInitializationError') {
    return new CommonsError('database_unavailable', { cause: error })
  }
  const cause = causeOf(error)
  if (error.name !== 'PrismaClientKnownRequestError' && error.name !== 'DriverAdapterError') {
    if (isSocketError(error)) return new CommonsError('database_unavailable', { cause: error })
    // Prisma's other errors tell nothing but SQL and values.
    return error.name.startsWith('PrismaClient') ? new CommonsError('internal_error', { cause: error }) : undefined
  }
  const failure = { error, cause, registry }
  const prismaCode = 'code' in error ? String(error.code) : ''
  const special = specialError(failure)
  if (special !== undefined) return special
  const code = isLostConnection(error, cause)
    ? 'database_unavailable'
    : (codeOf(cause?.originalCode ?? '') ?? codeOfKind[cause?.kind ?? ''] ?? codeOfPrisma[prismaCode])
  switch (code) {
    case 'unique_violation':
      return uniqueError(failure)
    case 'foreign_key_not_found':
    case 'foreign_key_restricted':
      return foreignKeyError(failure)
    case 'not_null':
      return nullError(failure)
    case 'check_violation':
      return checkError(failure)
    default:
      return new CommonsError(code ?? 'internal_error', { cause: error, ...paramsOf(code, error, cause) })
  }
}

/** Faults of a request that PostgreSQL counts among those of programs. */
function specialError (failure: Failure): CommonsError | undefined {
  const { error, cause } = failure
  const message = cause?.originalMessage ?? ''
  if (cause?.originalCode === '428C9') return generatedError(failure)
  // Only a view has no system columns.
  const isView = cause?.originalCode === '42703' && message.includes('xmax')
  if (isView || (cause?.originalCode === '42P10' && message.startsWith('there is no unique'))) {
    return new CommonsError('invalid_unique_fields', {
      cause: error,
      message: 'The database has no unique constraint on these fields, so rows cannot be upserted by them'
    })
  }
  if (cause?.originalCode !== '55000') return undefined
  if (message.startsWith('ON CONFLICT does not support deferrable')) {
    return new CommonsError('invalid_unique_fields', {
      cause: error,
      message: 'This unique constraint is deferrable in the database, so rows cannot be upserted by it'
    })
  }
  if (/^cannot (?:insert into|update|delete from|merge into) view/.test(message)) {
    return new CommonsError('validation_failed', { cause: error, message: 'The rows of this view cannot be written' })
  }
  return undefined
}

function paramsOf (
  code: ErrorCode | undefined,
  error: Error,
  cause: DriverCause | undefined
): { params?: Record<string, unknown>; message?: string } {
  if (cause?.originalCode === '54000' && /^index row/.test(cause.originalMessage ?? '')) {
    return { params: { problem: indexProblem } }
  }
  if (code === 'invalid_value') return { params: { problem: 'The database refuses this value' } }
  if (code === 'object_not_found') {
    return { params: { model: modelName(error) ?? 'row' }, message: `No such ${modelName(error) ?? 'row'}` }
  }
  if (code === 'duplicate_key') return { message: 'Two items of the request select the same row' }
  return {}
}

function causeOf (error: Error): DriverCause | undefined {
  if (error.name === 'DriverAdapterError') return error.cause as DriverCause | undefined
  const meta =
    'meta' in error ? (error.meta as { driverAdapterError?: { cause?: DriverCause } } | undefined) : undefined
  return meta?.driverAdapterError?.cause
}

/** The driver's words for a connection that ended under a statement, or that its pool could not give. */
function isLostConnection (error: Error, cause: DriverCause | undefined): boolean {
  const text = `${cause?.originalMessage ?? ''} ${cause === undefined ? error.message : ''}`
  return lostConnection.some(pattern => pattern.test(text))
}

function isSocketError (error: Error): boolean {
  const code = 'code' in error ? error.code : undefined
  // A client that breaks off its request has the same code: Node makes that error, and no call of the system.
  const isReset = code === 'ECONNRESET' && 'syscall' in error
  return (
    code === 'ECONNREFUSED' ||
    isReset ||
    code === 'EPIPE' ||
    code === 'ETIMEDOUT' ||
    isLostConnection(error, undefined)
  )
}

/** What drivers say when a connection is lost, or cannot be made. */
const lostConnection: readonly RegExp[] = [
  /Connection terminated|Client has encountered a connection error|Client was closed/i,
  /server closed the connection|terminating connection|timeout exceeded when trying to connect/i,
  /Cannot use a pool after calling end/i
]
