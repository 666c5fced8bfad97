import type { Row } from '../../store/read/find.js'
import type { BulkReport } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import { CommonsError } from '../../errors.js'
import type { FieldMeta } from '../../model/meta.js'
import type { ItemShape } from '../shape/item-shape.js'
import { writeLists } from './lists.js'
import type { Part, PartsWrite } from './part.js'
import { isChange, planLists, type ListPlan } from './plan.js'
import { isCompound, writeReferred } from './referred.js'

/**
 * Writes rows with what belongs to them, in the transaction of the store: first the rows they refer to, then they
 * themselves, then those that refer to them. One statement a table and kind of write, however many rows there are.
 */
export async function writeParts (
  store: ModelStore,
  shape: ItemShape,
  { parts: given, absent, changing = null, scopes, rows, own }: PartsWrite
): Promise<BulkReport> {
  if (!given.some(({ related }) => isCompound(related))) return await own(rows, null)
  const named = new Set(given.flatMap(({ related }) => related.map(({ relation }) => relation)))
  const lists = [...named].filter(({ kind }) => kind !== 'key')
  const anchors = lists.map(({ anchor }) => anchor)
  const owners = await lockOwners(store, shape, given, anchors)
  const parts =
    changing === null
      ? given
      : given.map((part, i) =>
        owners[i] === null
          ? part
          : {
              ...part,
              related: part.related.filter(({ relation }) => relation.kind === 'key' || changing.has(relation.name))
            }
      )
  // The write itself tells why such rows are not written.
  if (parts.some((part, i) => isDoomed(shape, part, owners[i]!, absent))) return await own(rows, null)
  const plans = await planLists(store, lists, parts, owners, scopes)
  const made = await writeReferred(store, shape, parts, scopes, writeParts)
  const isNew = owners.map(owner => owner === null)
  const needsRows = anchors.length > 0 && isNew.includes(true)
  const wanted: typeof rows = needsRows
    ? { fields: union(rows?.fields ?? [], anchors), form: rows?.form ?? 'prisma' }
    : rows
  const report = await own(wanted, touchedParts(plans, owners))
  if (report.missing.length > 0 || report.conflicts.length > 0) return report
  if (lists.length === 0) return report
  // A row that was not there has been made meanwhile by another writer, with related rows that nobody has looked at.
  if (absent === 'create' && report.created !== isNew.filter(Boolean).length) throw new CommonsError('write_conflict')
  const written = (needsRows ? report.rows : []) as readonly Row[]
  await writeLists(store, plans, { owners: owners.map((owner, i) => owner ?? written[i]!), made, scopes, writeParts })
  return report
}

/** The rows that exist and whose related rows are going to change; null where there is none. */
function touchedParts (plans: readonly ListPlan[], owners: readonly (Row | null)[]): readonly boolean[] | null {
  const changed = new Set(plans.filter(isChange).map(({ position }) => position))
  const touched = owners.map((owner, i) => owner !== null && changed.has(i))
  return touched.includes(true) ? touched : null
}

/** The rows that exist, with what leads to their related rows; locked, so that what is found of these holds still. */
async function lockOwners (
  store: ModelStore,
  { model, version }: ItemShape,
  parts: readonly Part[],
  anchors: readonly FieldMeta[]
): Promise<readonly (Row | null)[]> {
  if (parts.every(({ where, current }) => where === null || current !== null)) {
    return parts.map(({ current }) => current)
  }
  const keys = model.primaryKey.fields.map(name => model.ownField(name))
  const fields = union([...keys, ...anchors], version === null ? [] : [model.ownField(version)])
  return await store.find(
    model,
    parts.map(({ where }) => where!),
    { rows: { fields, form: 'prisma' }, lock: true }
  )
}

function isDoomed ({ version }: ItemShape, part: Part, owner: Row | null, absent: PartsWrite['absent']): boolean {
  if (part.where === null) return false
  if (owner === null) return absent === 'leave' || part.version !== undefined
  return part.version !== undefined && version !== null && owner[version] !== part.version
}

function union (fields: readonly FieldMeta[], others: readonly FieldMeta[]): FieldMeta[] {
  return [...new Set([...fields, ...others])]
}
