import type { BulkReport, ReportOptions } from '../../store/core/report.js'
import { reportAt, sumOf } from '../../store/core/report-sum.js'
import type { ModelStore } from '../../store/model-store.js'
import { detailAt } from '../../error-places.js'
import { detailWithoutScope } from '../../scope/hidden-scope.js'
import { BulkError, CommonsError, type ErrorDetail } from '../../errors.js'
import type { ImportStep } from '../plan/plan.js'

/** The row of one model that a row of the file makes. */
export interface StepItem {
  /** Place of the row among those that are written together. */
  readonly position: number
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * Writes the rows of one model. Rows of one key are written one after the other, as if each had come alone: the last
 * one wins; where rows that are there may not be updated, the second one fails.
 *
 * @throws BulkError whose details name positions, and columns in the place of fields
 */
export async function writeStep (store: ModelStore, step: ImportStep, items: readonly StepItem[]): Promise<BulkReport> {
  const waves = wavesOf(store, step, items)
  return waves.length === 1
    ? await writeWaves(store, step, waves)
    : await store.isolated(async store => await writeWaves(store, step, waves))
}

async function writeWaves (store: ModelStore, step: ImportStep, waves: readonly Wave[]): Promise<BulkReport> {
  const { model, on, updateIfExists, referred } = step
  const options: ReportOptions = {
    rows: referred.length === 0 ? null : { fields: referred, form: 'prisma' },
    outcomes: true
  }
  const reports: BulkReport[] = []
  for (const { rows, followers, isKeyed } of waves) {
    const data = rows.map(item => item.data)
    const report = await placing(step, rows, async () =>
      isKeyed && updateIfExists
        ? await store.upsert(model, data, {
          on: on!,
          update: undefined,
          onDuplicate: 'error',
          expected: null,
          ...options
        })
        : await store.create(model, data, options)
    )
    reports.push(
      reportAt(report, index => rows[index]!.position),
      ...(followers.length === 0 ? [] : [repeated(report, rows, followers)])
    )
  }
  return sumOf(reports)
}

/** What became of rows that were written together: their number, but not what became of which. */
export interface SoundReport {
  readonly report: BulkReport
  /** What is wrong with the rows that were left out, by their positions. */
  readonly failures: ReadonlyMap<number, readonly ErrorDetail[]>
}

/** How often rows that are at fault are left out before each of the others is asked for. */
const attempts = 3

/**
 * Writes the rows of a model by the cheapest statement, without those that are found to be at fault. Null where it has
 * to be known what became of each, or the database does not say whose fault it is; then nothing is written.
 */
export async function writeSound (
  store: ModelStore,
  step: ImportStep,
  items: readonly StepItem[]
): Promise<SoundReport | null> {
  const { model, on, updateIfExists } = step
  const [wave, ...others] = wavesOf(store, step, items)
  if (wave === undefined || others.length > 0 || wave.followers.length > 0) return null
  const failures = new Map<number, ErrorDetail[]>()
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const rows = wave.rows.filter(({ position }) => !failures.has(position))
    const data = rows.map(item => item.data)
    try {
      const report = await placing(step, rows, async () =>
        wave.isKeyed && updateIfExists
          ? await store.upsert(model, data, {
            on: on!,
            update: undefined,
            onDuplicate: 'error',
            expected: null,
            rows: null
          })
          : await store.create(model, data, { rows: null })
      )
      return { report, failures }
    } catch (error) {
      if (!(error instanceof CommonsError) || error.status >= 500) throw error
      if (!(error instanceof BulkError) || error.details.length === 0) return null
      for (const detail of error.details) failures.set(detail.index!, [...(failures.get(detail.index!) ?? []), detail])
    }
  }
  return null
}

/** Rows no two of which share a key, and further ones that say just what one of them says. */
interface Wave {
  /** Its rows have values in the unique constraint of their model. */
  readonly isKeyed: boolean
  readonly rows: StepItem[]
  readonly followers: { readonly position: number; readonly of: StepItem }[]
}

/** Rows without a key, which are made, stand in a wave of their own. */
function wavesOf (
  store: ModelStore,
  { model, on, updateIfExists }: ImportStep,
  items: readonly StepItem[]
): readonly Wave[] {
  if (on === null) return [{ isKeyed: false, rows: [...items], followers: [] }]
  const fields = on.fields.map(name => model.ownField(name))
  const keyless: Wave = { isKeyed: false, rows: [], followers: [] }
  const waves: Wave[] = []
  const last = new Map<string, { wave: number; item: StepItem }>()
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
    ;(waves[wave] ??= { isKeyed: true, rows: [], followers: [] }).rows.push(item)
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
    ...(report.rows === undefined
      ? {}
      : {
          rows: [...followers].sort((a, b) => a.position - b.position).map(({ of }) => report.rows![places.get(of)!])
        })
  }
}

function isSame (a: StepItem['data'], b: StepItem['data']): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every(
      name =>
        Object.is(a[name], b[name]) ||
        (typeof a[name] === 'object' && JSON.stringify(a[name]) === JSON.stringify(b[name]))
    )
  )
}

async function placing (
  step: ImportStep,
  rows: readonly StepItem[],
  write: () => Promise<BulkReport>
): Promise<BulkReport> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof BulkError)) throw error
    // Of rows that share a value of some other unique constraint the first one may have it.
    const columns = new Set(step.fields.map(({ field }) => field.name))
    const hidden = step.model.fieldNames.filter(name => !columns.has(name))
    const details = error.details
      .filter(detail => !isFirstOfRepeated(detail))
      .map(detail => detailWithoutScope(detail, hidden))
      .map(detail => ({
        ...detailAt(detail, index => rows[index]!.position),
        ...(detail.field === undefined ? {} : { field: columnOf(step, detail.field) })
      }))
    throw new BulkError(details, { cause: error, failed: new Set(details.map(({ index }) => index)).size })
  }
}

function isFirstOfRepeated ({ code, index, params }: ErrorDetail): boolean {
  return code === 'duplicate_key' && Array.isArray(params?.['indexes']) && params['indexes'][0] === index
}

/** The column that a field of a model takes its value from; the field itself where there is none. */
export function columnOf ({ fields }: ImportStep, name: string): string {
  const source = fields.find(({ field }) => field.name === name)?.source
  return source !== undefined && 'column' in source && source.column !== null ? source.column.name : name
}
