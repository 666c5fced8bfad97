import type { BulkReport } from '../../store/core/report.js'
import { CommonsError, errorDetail } from '../../errors.js'
import { matchesStrongly, versionsOf, type EntityTags } from '../../http/entity-tag.js'
import { preconditionFailed } from './conditions.js'
import type { Resource } from '../definition/resource.js'

/** A write of one row that takes the version which the row must have; undefined takes any. */
export type GuardedWrite = (expected: number | undefined) => Promise<BulkReport>

/** The versions that a request asks for, in whatever way. */
export interface WantedVersions {
  readonly ifMatch: EntityTags | undefined
  /** The version in the body. */
  readonly own: number | undefined
  /** Reads the version that the row has. */
  readonly current: () => Promise<number | null>
}

/**
 * Writes a row that has one of the versions which the request asks for. The write itself compares, in its own
 * statement; it is sent again where several versions will do and the row turns out to have another of them.
 *
 * @throws CommonsError `precondition_failed` where the header is not met, `version_conflict` where only the body is not
 */
export async function guardedWrite (
  resource: Resource,
  wanted: WantedVersions,
  write: GuardedWrite
): Promise<BulkReport> {
  const { ifMatch, own } = wanted
  const matching =
    ifMatch === undefined || ifMatch === '*' ? null : resource.version === null ? [] : versionsOf(ifMatch)
  const fitting = new Set<number | undefined>(
    matching === null ? [own] : matching.filter(version => own === undefined || version === own)
  )
  let [expected] = fitting
  if (fitting.size === 0) throw refusal(resource, wanted, await wanted.current())
  for (;;) {
    const report = await write(expected)
    const [conflict] = report.conflicts
    if (conflict === undefined) return report
    expected = conflict.current
    // Every round takes a version that the row has got since the last one: there are no more rounds than tags.
    if (!fitting.has(expected)) throw refusal(resource, wanted, conflict.current, conflict.fields)
  }
}

function refusal (
  { version: field }: Resource,
  { ifMatch, own }: WantedVersions,
  current: number | null,
  fields?: readonly string[]
): CommonsError {
  if (ifMatch !== undefined && !matchesStrongly(ifMatch, current)) {
    return preconditionFailed('If-Match', current, fields)
  }
  const params = { expected: own, current, ...(fields === undefined ? {} : { fields }) }
  return new CommonsError('version_conflict', {
    params,
    details: [errorDetail('version_conflict', { field: field! }, params)]
  })
}
