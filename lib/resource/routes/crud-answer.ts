import { participles, type CrudAction } from '../definition/actions.js'
import { minimalData, tagHeaders, type Answer } from './answer.js'
import type { WrittenRow } from '../actions/crud-actions.js'
import type { Resource } from '../definition/resource.js'

/** The answer about a row that was read or deleted. */
export function rowAnswer ({ singular, rules }: Resource, action: CrudAction, row: unknown): Answer {
  return {
    status: 200,
    message: rules.messages?.[action] ?? `${singular} ${participles[action]} successfully`,
    data: row
  }
}

/** The answer to a write of one row: the row, or with `minimal` the counts alone. */
export function writtenAnswer (
  resource: Resource,
  action: CrudAction,
  { report, row, version }: WrittenRow,
  minimal: boolean
): Answer {
  const { count, created, updated, unchanged } = report
  const meta = action === 'restore' ? { restored: report.restored ?? 0, unchanged } : { created, updated, unchanged }
  return {
    ...rowAnswer(resource, action, minimal ? minimalData(participles[action], { count, ...meta }) : row),
    meta,
    headers: tagHeaders(version)
  }
}

/** The answer to a deletion of one row; with `minimal` it has no body. */
export function destroyAnswer (resource: Resource, minimal: boolean): Answer {
  const answer = rowAnswer(resource, 'destroy', null)
  return minimal ? { ...answer, status: 204 } : answer
}
