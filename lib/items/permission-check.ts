import type { ErrorSink } from '../store/core/item-errors.js'
import type { ResourceRequest } from '../scope/resource-request.js'
import type { FieldPermission } from './shape/field-permissions.js'
import type { ItemShape } from './shape/item-shape.js'
import type { ReferringItem } from './shape/read-item.js'

/** An item and its place in the request. */
export interface PlacedItem extends Pick<ReferringItem, 'related' | 'names'> {
  readonly index: number
  /** Null for items that write nothing. */
  readonly data: Readonly<Record<string, unknown>> | null
}

/**
 * Reports the fields of items that a request names and may not write, nested rows included. Each function is asked once
 * for a request, and only where a field of its own is named. Code of the server itself, without a request, may write
 * all.
 *
 * @returns true where something was reported
 */
export async function checkPermissions (
  shape: ItemShape,
  items: readonly PlacedItem[],
  request: ResourceRequest | null,
  itemErrors: ErrorSink
): Promise<boolean> {
  if (request === null || !hasPermissions(shape)) return false
  const uses: Use[] = []
  for (const item of items) if (item.data !== null) addUses(shape, item, item.data, itemErrors, item.index, uses)
  const denied = await deniedOf(new Set(uses.map(({ permission }) => permission)), request)
  for (const { permission, index, name, sink } of uses) {
    if (denied.has(permission)) sink.add('field_forbidden', index, name, { field: name })
  }
  return denied.size > 0
}

/** The permissions among some that a request does not have. */
export async function deniedOf (
  permissions: ReadonlySet<FieldPermission>,
  request: ResourceRequest
): Promise<ReadonlySet<FieldPermission>> {
  const asked = [...permissions]
  const answers = await Promise.all(asked.map(async permission => await permission(request)))
  return new Set(asked.filter((_, i) => answers[i] !== true))
}

/** A field that an item names and that needs a permission. */
interface Use {
  readonly permission: FieldPermission
  readonly index: number
  readonly name: string
  readonly sink: ErrorSink
}

function hasPermissions ({ canWrite, related }: ItemShape): boolean {
  if (canWrite.size > 0) return true
  return [...related.values()].some(({ write, shape }) => write.has('data') && hasPermissions(shape))
}

/** As deep as relations are declared. */
function addUses (
  { canWrite }: ItemShape,
  { related, names }: Pick<ReferringItem, 'related' | 'names'>,
  data: Readonly<Record<string, unknown>>,
  sink: ErrorSink,
  index: number,
  uses: Use[]
): void {
  for (const [name, permission] of canWrite) {
    const isNamed = Object.hasOwn(data, name) || related.some(({ relation }) => relation.name === name)
    if (isNamed) uses.push({ permission, index, name: names[name] ?? name, sink })
  }
  for (const { relation, rows } of related) {
    for (const { item, path } of rows) {
      if (item !== null) addUses(relation.shape, item, item.data, sink.below(path), index, uses)
    }
  }
}
