import { BulkError, CommonsError, errorDetail, type ErrorDetail } from '../../errors.js'
import { matchesStrongly, matchesWeakly, parseEntityTags, type EntityTags } from '../../http/entity-tag.js'
import type { UniqueMeta } from '../../model/meta.js'
import { isRow } from '../../store/core/columns.js'
import type { ActionName } from '../definition/actions.js'
import type { BatchItem } from './batch.js'
import type { Resource } from '../definition/resource.js'

/** Headers by their lower-case names. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** What a request asks of the row it is about. */
export interface Conditions {
  /** The row must have one of these versions. */
  readonly ifMatch: EntityTags | undefined
  /** The row must have none of them. */
  readonly ifNoneMatch: EntityTags | undefined
}

/** Reads the conditions of a request that reads a row. */
export function readConditions ({ weakIfMatch }: Resource, headers: Headers): Conditions {
  const ifMatch = parseEntityTags('If-Match', headers['if-match'])
  return {
    ifMatch: weakIfMatch && Array.isArray(ifMatch) ? ifMatch.map(({ text }) => ({ text, isWeak: false })) : ifMatch,
    ifNoneMatch: parseEntityTags('If-None-Match', headers['if-none-match'])
  }
}

/**
 * Reads the conditions of a request that changes a row.
 *
 * @throws CommonsError `precondition_required` where the resource wants to know which version is meant
 */
export function readWriteConditions (resource: Resource, headers: Headers): Conditions {
  const { ifMatch } = readConditions(resource, headers)
  const ifNoneMatch = readIfNone(headers)
  if (resource.requireIfMatch && ifMatch === undefined) {
    throw new CommonsError('precondition_required', { params: { header: 'If-Match' } })
  }
  return { ifMatch, ifNoneMatch }
}

/** What a request that writes items asks of their rows. */
export interface ItemConditions {
  /** The one row that it changes must have one of these versions. */
  readonly ifMatch: EntityTags | undefined
  /** None of the rows may be there. */
  readonly mustBeNew: boolean
  /** Each item whose row is there must carry the version of it. */
  readonly needsVersions: boolean
}

const creating: ReadonlySet<ActionName> = new Set(['create', 'bulkCreate', 'bulkUpsert'])
/** Every other action of a collection may change rows. */
const addingOnly: ReadonlySet<ActionName> = new Set(['create', 'bulkCreate'])

/**
 * Reads the conditions of a request on a collection: `If-Match` guards the one row that it changes, `If-None-Match: *`
 * asks for new rows.
 *
 * @throws CommonsError `invalid_header` where a condition cannot hold for what is written; `precondition_required`
 * where the resource wants to know which versions are meant
 */
export function readItemConditions (
  resource: Resource,
  action: ActionName,
  items: readonly unknown[],
  headers: Headers
): ItemConditions {
  const { ifMatch } = readConditions(resource, headers)
  const mustBeNew = readIfNone(headers) !== undefined
  if (mustBeNew && !creating.has(action)) {
    throw invalidCondition('If-None-Match', 'goes with requests that may create rows')
  }
  if (ifMatch !== undefined && addingOnly.has(action)) {
    throw invalidCondition('If-Match', 'goes with requests that change a row')
  }
  if (ifMatch !== undefined && mustBeNew) throw invalidCondition('If-Match', 'and If-None-Match exclude each other')
  if (ifMatch !== undefined && items.length !== 1) {
    const wayOut = items.every(isRow) ? 'in a list of several, give each item its version' : 'name the rows one by one'
    throw invalidCondition('If-Match', `goes with one row: ${wayOut}`)
  }
  const needsVersions = resource.requireIfMatch && ifMatch === undefined && !mustBeNew && !addingOnly.has(action)
  if (needsVersions) requireVersions(resource, action, items)
  return { ifMatch, mustBeNew, needsVersions }
}

/** Items of updates carry their versions; of several upserts those do whose rows are there, and ids have none. */
function requireVersions ({ version }: Resource, action: ActionName, items: readonly unknown[]): void {
  const lacking = items.flatMap((item, index) =>
    isRow(item) && version !== null && item[version] !== undefined ? [] : [index]
  )
  if (lacking.length === 0 || (action === 'bulkUpsert' && items.length !== 1)) return
  if (items.length === 1) throw new CommonsError('precondition_required', { params: { header: 'If-Match' } })
  if (action === 'bulkUpdate' || action === 'bulkReplace') throw versionsRequired(version!, lacking)
  throw new CommonsError('precondition_required', {
    params: { header: 'If-Match' },
    message: 'Rows with a version are named one by one here, each with the header If-Match'
  })
}

function versionsRequired (version: string, indexes: readonly number[]): BulkError {
  return new BulkError(
    indexes.map(index =>
      errorDetail(
        'precondition_required',
        { index, field: version },
        { header: 'If-Match' },
        `In a list of several, each item needs the ${version} of its row`
      )
    )
  )
}

/**
 * @throws CommonsError `precondition_failed` where the one row of a batch is not there or has another version,
 * `precondition_required` where the version of a row that is there is not said
 */
export function requireMatch (
  { version }: Resource,
  { ifMatch, needsVersions }: Partial<ItemConditions>,
  items: readonly BatchItem[]
): void {
  const unsaid =
    needsVersions === true
      ? items.filter(({ current, data, version }) => current !== null && data !== null && version === undefined)
      : []
  if (unsaid.length > 0) {
    throw versionsRequired(
      version!,
      unsaid.map(({ index }) => index)
    )
  }
  if (ifMatch === undefined) return
  const current = items[0]?.current ?? null
  const found = current === null || version === null ? null : Number(current[version])
  if (current === null || !matchesStrongly(ifMatch, found)) throw preconditionFailed('If-Match', found)
}

function invalidCondition (header: string, problem: string): CommonsError {
  return new CommonsError('invalid_header', { params: { header, problem } })
}

/** A write that is to go through for all versions but some is nobody's wish. */
function readIfNone (headers: Headers): '*' | undefined {
  const tags = parseEntityTags('If-None-Match', headers['if-none-match'])
  if (tags === undefined || tags === '*') return tags
  throw invalidCondition('If-None-Match', 'must be * in a request that writes')
}

/** The message where `If-None-Match: *` asks for a new row. */
const rowIsThere = 'The row is there already'

/** The error of a row that a condition refuses. `current` is its version; null on models without one. */
export function preconditionFailed (
  header: 'If-Match' | 'If-None-Match',
  current: number | null,
  fields?: readonly string[]
): CommonsError {
  return new CommonsError('precondition_failed', {
    ...(header === 'If-None-Match' ? { message: rowIsThere } : {}),
    params: { header, ...(current === null ? {} : { current }), ...(fields === undefined ? {} : { fields }) }
  })
}

/**
 * What the conditions of a reading make of the row that was found: true for 304, not modified.
 *
 * @throws CommonsError `precondition_failed`
 */
export function isNotModified ({ ifMatch, ifNoneMatch }: Conditions, version: number | null): boolean {
  if (ifMatch !== undefined && !matchesStrongly(ifMatch, version)) throw preconditionFailed('If-Match', version)
  return ifNoneMatch !== undefined && matchesWeakly(ifNoneMatch, version)
}

/** The version that a row was found to have by the error of a condition; null for all other errors. */
export function currentVersion (error: unknown): number | null {
  const isAboutVersion =
    error instanceof CommonsError && (error.code === 'precondition_failed' || error.code === 'version_conflict')
  const current = isAboutVersion ? (error.details[0]?.params?.['current'] ?? error.params['current']) : null
  return typeof current === 'number' ? current : null
}

/**
 * Runs a write that may make new rows only: items whose row is there already are refused by the condition, and not as
 * conflicts.
 *
 * @param uniques the unique constraints that tell whether a row is there
 */
export async function refusingExisting<T> (uniques: readonly UniqueMeta[], write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof CommonsError)) throw error
    const keys = uniques.map(({ fields }) => fields.join())
    const isExisting = ({ code, params }: Pick<ErrorDetail, 'code' | 'params'>): boolean =>
      code === 'unique_violation' && params?.['deleted'] !== true && keys.includes(String(params?.['fields']))
    if (error.details.length === 0 && isExisting(error)) throw preconditionFailed('If-None-Match', null)
    if (!error.details.some(isExisting)) throw error
    const details = error.details.map(detail => {
      const { index, field, params } = detail
      const place = { ...(index === undefined ? {} : { index }), ...(field === undefined ? {} : { field }) }
      return isExisting(detail)
        ? errorDetail('precondition_failed', place, { header: 'If-None-Match', key: params?.['fields'] }, rowIsThere)
        : detail
    })
    throw new BulkError(details, {
      cause: error,
      ...(typeof error.params['failed'] === 'number' ? { failed: error.params['failed'] } : {})
    })
  }
}
