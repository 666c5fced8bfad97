import { deniedOf } from '../../items/permission-check.js'
import type { FieldPermissions } from '../../items/shape/field-permissions.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import { CommonsError, errorDetail } from '../../errors.js'
import type { ImportPlan } from '../plan/plan.js'
import type { HeaderMatch } from './header.js'

/**
 * Refuses a file with columns of fields that its sender may not write: even an empty cell would be a value.
 *
 * @throws CommonsError `field_forbidden` with every such column
 */
export async function refuseDenied (
  { steps }: ImportPlan,
  canWrite: FieldPermissions,
  { positions }: HeaderMatch,
  request: ResourceRequest | null
): Promise<void> {
  if (request === null || canWrite.size === 0) return
  const uses = steps
    .filter(({ isOwn }) => isOwn)
    .flatMap(({ fields }) => fields)
    .flatMap(({ field, source }) => {
      const permission = canWrite.get(field.name)
      const column = 'column' in source ? source.column : null
      return permission === undefined || column === null || !positions.has(column)
        ? []
        : [{ permission, column: column.name }]
    })
  const denied = await deniedOf(new Set(uses.map(({ permission }) => permission)), request)
  const columns = uses.filter(({ permission }) => denied.has(permission)).map(({ column }) => column)
  if (columns.length === 0) return
  throw new CommonsError('field_forbidden', {
    params: { field: columns[0] },
    details: columns.map(field => errorDetail('field_forbidden', { field }, { field }))
  })
}
