import type { BulkReport, RowRequest } from '../../store/core/report.js'
import { fetchedFields } from '../../items/relations/attach.js'
import { hiddenVersion } from './related-write.js'
import type { Resource } from '../definition/resource.js'

/** A row as an answer shows it, and its version, shown or not; null on models without one. */
export interface ShownRow {
  readonly row: Readonly<Record<string, unknown>>
  readonly version: number | null
}

/** What to ask of the store for the answer about one row: the fields that are shown, and its version for the ETag. */
export function shownRequest (resource: Resource): RowRequest {
  return { fields: [...fetchedFields(resource), ...hiddenVersion(resource)], form: 'json' }
}

/** Makes the answer's row of one that was read by `shownRequest`, and has its relations. */
export function shownRow ({ shown, version }: Resource, found: Readonly<Record<string, unknown>>): ShownRow {
  if (version === null) return { row: found, version: null }
  const isShown = shown.some(field => field.name === version)
  const { [version]: value, ...others } = found
  return { row: isShown ? found : others, version: Number(value) }
}

/** The version of the one row of a report; null where answers do not show it. */
export function versionOf ({ version }: Resource, { rows = [] }: BulkReport): number | null {
  const [row] = rows as readonly Readonly<Record<string, unknown>>[]
  const value = version === null ? undefined : row?.[version]
  return typeof value === 'number' ? value : null
}
