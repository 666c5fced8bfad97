import type { Row } from '../../store/read/find.js'
import type { BulkReport, ReportOptions, RowRequest } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import type { FieldMeta } from '../../model/meta.js'
import { attachRelated } from '../../items/relations/attach.js'
import type { PartsWrite } from '../../items/relations/part.js'
import { isCompound } from '../../items/relations/referred.js'
import { writeParts } from '../../items/relations/write.js'
import type { BatchItem } from './batch.js'
import { writeRows, type RowWrite } from './row-write.js'
import type { ItemShape } from '../../items/shape/item-shape.js'
import type { Scopes } from '../../scope/scopes.js'

/** How the rows of a batch are written. */
export interface ItemsWrite extends Pick<PartsWrite, 'absent' | 'changing' | 'scopes'> {
  readonly items: readonly BatchItem[]
  readonly report: ReportOptions
  /** How the rows of the items themselves are written. */
  readonly rowWrite: RowWrite
}

/** Writes items with all that belongs to them, and gives the rows as answers show them. */
export async function writeItems (
  shape: ItemShape,
  store: ModelStore,
  { items, absent, changing = null, scopes, report: options, rowWrite }: ItemsWrite
): Promise<BulkReport> {
  const { model } = shape
  const { rows } = options
  if (!items.some(({ related }) => isCompound(related))) {
    const report = await writeRows(store, model, rowWrite, items, options, null)
    return await shownReport(shape, store, report, rows, scopes)
  }
  // A transaction may be begun again: then keys of rows that were made before are none.
  const fresh = items.map(item => ({ ...item, data: { ...item.data } }))
  const parts = fresh.map((item, position) => ({ ...item, index: position, path: '' }))
  const report = await writeParts(store, shape, {
    parts,
    absent,
    changing,
    scopes,
    rows,
    own: async (rows, touched) => await writeRows(store, model, rowWrite, fresh, { ...options, rows }, touched)
  })
  return await shownReport(shape, store, report, rows, scopes)
}

/** A report with the rows that were asked for, as answers show them. */
export async function shownReport (
  shape: ItemShape,
  store: ModelStore,
  report: BulkReport,
  wanted: RowRequest | null,
  scopes: Scopes
): Promise<BulkReport> {
  const { rows, ...counts } = report
  if (rows === undefined) return report
  if (wanted === null) return counts
  if (isVersionAlone(shape, wanted)) return report
  const kept = hiddenVersion(shape).filter(field => wanted.fields.includes(field))
  return { ...counts, rows: await attachRelated(store, shape, rows as readonly Row[], scopes, kept) }
}

/** Asks for the version of rows and for nothing else; null on models without one. */
export function versionRequest ({ model, version }: ItemShape): RowRequest | null {
  return version === null ? null : { fields: [model.ownField(version)], form: 'json' }
}

/** Such rows are of no use but for a tag. */
function isVersionAlone ({ version }: ItemShape, { fields }: RowRequest): boolean {
  return fields.length === 1 && fields[0]!.name === version
}

/** The version, where answers do not show it: their tags are made of it. */
export function hiddenVersion ({ model, shown, version }: ItemShape): readonly FieldMeta[] {
  return version === null || shown.some(({ name }) => name === version) ? [] : [model.ownField(version)]
}
