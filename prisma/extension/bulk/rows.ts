import type { InputRow } from '../../../lib/store/core/write-context.js'
import type { BulkReport, RowRequest } from '../../../lib/store/core/report.js'
import { CommonsError } from '../../../lib/errors.js'
import type { DeletedRows } from '../../../lib/model/meta.js'
import type { Model } from '../../../lib/model/registry.js'
import { mapError } from '../../binding/map-error.js'

/** A delegate of the client, as far as rows are read by it. */
export interface Reader {
  findMany: (args: { where: object; select: object; take?: number; deleted?: DeletedRows }) => Promise<InputRow[]>
}

/** How rows are read back: by the write itself, or by Prisma when relations or computed fields are wanted. */
export interface ReadPlan {
  readonly wanted: RowRequest | null
  readonly finish: (report: BulkReport<InputRow>) => Promise<BulkReport>
}

/**
 * Plans how to answer `select`. Scalar fields come with the write's own RETURNING; anything else takes one `findMany`
 * a chunk by primary key, so that Prisma resolves it as it always does.
 *
 * @param reader null when the rows cannot be read afterwards: then scalar fields are all there is
 */
export async function planRows (
  model: Model,
  select: unknown,
  reader: Reader | null,
  chunkRows: number
): Promise<ReadPlan> {
  const finish = async (report: BulkReport<InputRow>): Promise<BulkReport> => report
  if (select === undefined) return { wanted: null, finish }
  if (select === true) return { wanted: { fields: model.meta.fields, form: 'prisma' }, finish }
  if (typeof select !== 'object' || select === null) {
    throw new CommonsError('validation_failed', { message: 'select takes true or an object of fields' })
  }
  const entries = Object.entries(select).filter(([, value]) => value !== undefined && value !== false)
  if (entries.length === 0) {
    throw new CommonsError('validation_failed', { message: `select names no field of ${model.fieldNames.join(', ')}` })
  }
  const isScalar = entries.every(([name, value]) => value === true && model.field(name) !== undefined)
  if (isScalar) return { wanted: { fields: entries.map(([name]) => model.ownField(name)), form: 'prisma' }, finish }
  if (reader === null) {
    throw new CommonsError('validation_failed', { message: 'select of bulkDelete takes scalar fields only' })
  }
  // Nothing is to be written for a select that Prisma refuses afterwards; asked for no row, it checks without any SQL.
  await readRows(reader, { where: {}, select, take: 0 })
  return {
    wanted: { fields: model.primaryKey.fields.map(name => model.ownField(name)), form: 'prisma' },
    finish: async report => ({ ...report, rows: await readByKey(model, report.rows ?? [], select, reader, chunkRows) })
  }
}

async function readRows (reader: Reader, args: Parameters<Reader['findMany']>[0]): Promise<InputRow[]> {
  try {
    return await reader.findMany(args)
  } catch (error) {
    throw mapError(error) ?? error
  }
}

/** Binds of one statement: PostgreSQL takes 32,767, and Prisma does not split an OR. */
const bindLimit = 30_000

async function readByKey (
  model: Model,
  keys: readonly InputRow[],
  select: object,
  reader: Reader,
  chunkRows: number
): Promise<InputRow[]> {
  const { fields } = model.primaryKey
  const keySelect = Object.fromEntries(fields.map(field => [field, true]))
  const extra = fields.filter(field => (select as InputRow)[field] !== true)
  const found = new Map<string, InputRow>()
  const size = Math.min(chunkRows, Math.floor(bindLimit / fields.length))
  for (let start = 0; start < keys.length; start += size) {
    const part = keys.slice(start, start + size)
    const [only] = fields
    const where =
      fields.length === 1 && only !== undefined ? { [only]: { in: part.map(key => key[only]) } } : { OR: [...part] }
    for (const row of await readRows(reader, { where, select: { ...select, ...keySelect } })) {
      found.set(textOf(fields, row), row)
    }
  }
  return keys.flatMap(key => {
    const row = found.get(textOf(fields, key))
    if (row === undefined) return []
    return [
      extra.length === 0 ? row : Object.fromEntries(Object.entries(row).filter(([name]) => !extra.includes(name)))
    ]
  })
}

function textOf (fields: readonly string[], row: InputRow): string {
  return fields.map(field => String(row[field] instanceof Date ? row[field].getTime() : row[field])).join('\u0000')
}
