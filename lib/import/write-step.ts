import type { BulkReport, ReportOptions } from '../bulk/report.js'
import { reportAt, sumOf } from '../bulk/report-sum.js'
import type { BulkStore } from '../bulk/store.js'
import { BulkError, detailAt } from '../errors.js'
import type { ImportStep } from './plan.js'

/** The row of one model that a row of the file makes. */
export interface StepItem {
  /** Place of the row among those that are written together. */
  readonly position: number
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * Writes the rows of one model. Rows of one key are written one after the other, as if each had come alone: the last one
 * wins; where rows that are there may not be updated, the second one fails.
 *
 * @throws BulkError whose details name positions, and columns in the place of fields
 */
export async function writeStep (store: BulkStore, step: ImportStep, items: readonly StepItem[]): Promise<BulkReport> {
  const { model, on, updateIfExists, referred } = step
  const told: ReportOptions = { rows: referred.length === 0 ? null : { fields: referred, form: 'prisma' }, outcomes: true }
  const reports: BulkReport[] = []
  for (const { rows, followers } of wavesOf(store, step, items)) {
    const data = rows.map(item => item.data)
    const isUpsert = on !== null && updateIfExists && data.every(row => on.fields.every(name => row[name] !== undefined && row[name] !== null))
    const report = await placing(step, rows, async () => isUpsert
      ? await store.upsert(model, data, { on, update: undefined, onDuplicate: 'error', expected: null, ...told })
      : await store.create(model, data, told))
    reports.push(reportAt(report, index => rows[index]!.position), ...followers.length === 0 ? [] : [repeated(report, rows, followers)])
  }
  return sumOf(reports)
}

/** Rows no two of which share a key, and further ones that say just what one of them says. */
interface Wave {
  readonly rows: StepItem[]
  readonly followers: { readonly position: number, readonly of: StepItem }[]
}

/** Rows without a key, which are made, stand in a wave of their own. */
function wavesOf (store: BulkStore, { model, on, updateIfExists }: ImportStep, items: readonly StepItem[]): readonly Wave[] {
  if (on === null) return [{ rows: [...items], followers: [] }]
  const fields = on.fields.map(name => model.ownField(name))
  const keyless: Wave = { rows: [], followers: [] }
  const waves: Wave[] = []
  const last = new Map<string, { wave: number, item: StepItem }>()
  for (const item of items) {
    const parts = fields.map(field => store.keyText(field, item.data[field.name] ?? null))
    if (parts.includes(null)) {
      keyless.rows.push(item)
      continue
    }
    const key = fields.length === 1 ? parts[0]! : JSON.stringify(parts)
    const before = last.get(key)
    if (before !== undefined && updateIfExists && isSame(before.item.data, item.data)) {
      waves[before.wave]!.followers.push({ position: item.position, of: before.item })
      continue
    }
    const wave = before === undefined ? 0 : before.wave + 1
    ;(waves[wave] ??= { rows: [], followers: [] }).rows.push(item)
    last.set(key, { wave, item })
  }
  return keyless.rows.length === 0 ? waves : [keyless, ...waves]
}

/** The report of the rows that change nothing, after the ones that they repeat. */
function repeated (report: BulkReport, rows: readonly StepItem[], followers: Wave['followers']): BulkReport {
  const places = new Map(rows.map((item, index) => [item, index]))
  return {
    count: followers.length,
    created: 0,
    updated: 0,
    unchanged: followers.length,
    deleted: 0,
    missing: [],
    conflicts: [],
    outcomes: new Map(followers.map(({ position }) => [position, 'unchanged'])),
    ...report.rows === undefined ? {} : { rows: [...followers].sort((a, b) => a.position - b.position).map(({ of }) => report.rows![places.get(of)!]) }
  }
}

function isSame (a: StepItem['data'], b: StepItem['data']): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every(name => Object.is(a[name], b[name]) || (typeof a[name] === 'object' && JSON.stringify(a[name]) === JSON.stringify(b[name])))
}

async function placing (step: ImportStep, rows: readonly StepItem[], write: () => Promise<BulkReport>): Promise<BulkReport> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof BulkError)) throw error
    const details = error.details.map(detail => ({ ...detailAt(detail, index => rows[index]!.position), ...detail.field === undefined ? {} : { field: columnOf(step, detail.field) } }))
    throw new BulkError(details, { cause: error, failed: Number(error.params['failed']) })
  }
}

/** The column that a field of a model takes its value from; the field itself where there is none. */
export function columnOf ({ fields }: ImportStep, name: string): string {
  const source = fields.find(({ field }) => field.name === name)?.source
  return source !== undefined && 'column' in source && source.column !== null ? source.column.name : name
}
