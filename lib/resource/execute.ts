import type { InputRow } from '../bulk/context.js'
import { Faults } from '../bulk/faults.js'
import type { Row } from '../bulk/find.js'
import { writePartially } from '../bulk/partial.js'
import { Tally, type BulkReport } from '../bulk/report.js'
import { reportAt } from '../bulk/report-sum.js'
import type { BulkStore } from '../bulk/store.js'
import { BulkError, CommonsError, withIndexes, type ErrorDetail } from '../errors.js'
import { isCompound } from '../relations/referred.js'
import type { ResourceAction } from './actions.js'
import { selectorsOf, type Batch, type BatchItem } from './batch.js'
import type { ResourceRequest } from './request.js'
import type { Resource } from './resource.js'
import { scopeOf, type ActionItem } from './rules.js'

/** Who asks for an action. */
export interface Caller {
  readonly action: ResourceAction
  /** Null for code of the server itself: it may do everything, and no hook is run for it. */
  readonly request: ResourceRequest | null
}

/** The values that say whose rows a caller is about; null: all rows. */
export function scopeOfCaller ({ rules }: Resource, { request }: Caller): InputRow | null {
  return request === null ? null : scopeOf(rules, request)
}

/** Asks whether a read is allowed, and runs the hook before it. */
export async function enterRead (resource: Resource, store: BulkStore, caller: Caller): Promise<void> {
  await ask(resource, store, caller, [])
}

/** Runs the hook after a read. */
export async function leaveRead (resource: Resource, store: BulkStore, caller: Caller, rows: readonly Row[]): Promise<void> {
  await tell(resource, store, caller, [], rows)
}

/**
 * Writes a batch: nothing while an item is at fault. Where the resource has a scope, permissions or hooks, all takes place in
 * one transaction: the rows are locked, the caller's right to all of them is asked for, and then the first is written.
 */
export async function execute (resource: Resource, store: BulkStore, caller: Caller, batch: Batch): Promise<BulkReport> {
  batch.faults.throwIfAny()
  if (!isGuarded(resource, caller)) return await (isCompoundBatch(batch) ? store.transaction(async store => await batch.write(store, batch.items)) : batch.write(store, batch.items))
  return await store.transaction(async store => {
    const faults = new Faults()
    const items = await locked(resource, store, caller, batch, faults)
    faults.throwIfAny()
    await ask(resource, store, caller, items)
    const report = await writeLeft(batch, store, items)
    await tell(resource, store, caller, items, (report.rows ?? []) as readonly Row[])
    return items.length === batch.items.length ? report : placed(batch, items, report)
  })
}

/**
 * Writes the items of a batch that can be written, in one transaction. Rows that are not there for the caller are findings of
 * their items. The caller's right is asked for all the others together: who may not write one of them writes none.
 */
export async function executePartially (resource: Resource, store: BulkStore, caller: Caller, batch: Batch): Promise<BulkReport> {
  const refused = batch.faults.byItem
  const sound = { ...batch, items: batch.items.filter(({ index }) => !refused.has(index)) }
  const write: Batch['write'] = isCompoundBatch(batch) ? async (store, items) => await store.isolated(async store => await batch.write(store, items)) : batch.write
  if (!isGuarded(resource, caller)) return merged(placed(sound, sound.items, await writePartially(store, resource.model, sound.items, write)), refused)
  return await store.isolated(async store => {
    const faults = new Faults(true)
    const items = await locked(resource, store, caller, sound, faults)
    await ask(resource, store, caller, items)
    const report = await writePartially(store, resource.model, items, write)
    const written = items.filter((_, position) => report.outcomes.has(position))
    await tell(resource, store, caller, written, (report.rows ?? []) as readonly Row[])
    return merged(placed(sound, items, report, faults.byItem), refused, faults.byItem)
  })
}

/** The report with further items that failed. */
function merged (report: BulkReport, ...failures: readonly ReadonlyMap<number, readonly ErrorDetail[]>[]): BulkReport {
  return { ...report, failures: new Map([...failures, report.failures ?? []].flatMap(one => [...one])) }
}

/** True where items have rows of other tables with them, which are written together or not at all. */
function isCompoundBatch ({ items }: Batch): boolean {
  return items.some(({ related }) => isCompound(related))
}

/** True where a write by this caller has more to do than to write. */
function isGuarded ({ rules }: Resource, { request, action }: Caller): boolean {
  if (request === null) return false
  return rules.scope !== undefined || rules.authorize !== undefined || rules.before?.[action] !== undefined || rules.after?.[action] !== undefined
}

/** The items with their rows; those whose row is not there for the caller are left out, as faults where the batch takes them for that. */
async function locked ({ model, rules }: Resource, store: BulkStore, { request }: Caller, { items, seen, absent }: Batch, faults: Faults): Promise<readonly BatchItem[]> {
  // Hooks write into the data, and a transaction may be begun again.
  const fresh = items.map(item => item.data === null ? item : { ...item, data: { ...item.data } })
  if (items.some(item => item.where === null)) return fresh
  const rows = await store.find(model, selectorsOf(items), {
    rows: { fields: model.meta.fields, form: 'prisma' }, deleted: seen, lock: true, scope: request === null ? null : scopeOf(rules, request)
  })
  const found = fresh.map((item, position) => ({ ...item, current: rows[position] ?? null }))
  if (absent === 'create') return found
  if (absent === 'error') {
    const [key, ...others] = model.primaryKey.fields
    for (const { current, index, where } of found) {
      const value = others.length === 0 ? where![key!] : JSON.stringify(Object.values(where!)[0])
      if (current === null) faults.add('object_not_found', index, others.length === 0 ? key : undefined, { model: model.name, key: model.primaryKey.fields.join(', '), value: String(value) })
    }
  }
  return found.filter(({ current }) => current !== null)
}

async function ask ({ rules: { authorize, before } }: Resource, { client }: BulkStore, { request, action }: Caller, items: readonly ActionItem[]): Promise<void> {
  if (request === null) return
  if (authorize !== undefined && await authorize(request, action, items) === false) throw new CommonsError('forbidden')
  await before?.[action]?.({ request, action, items, client })
}

async function tell ({ rules: { after } }: Resource, { client }: BulkStore, { request, action }: Caller, items: readonly ActionItem[], rows: readonly Row[]): Promise<void> {
  if (request !== null) await after?.[action]?.({ request, action, items, rows, client })
}

/** Writes the items that were not left out. */
async function writeLeft (batch: Batch, store: BulkStore, items: readonly BatchItem[]): Promise<BulkReport> {
  if (items.length === batch.items.length) return await batch.write(store, items)
  if (items.length === 0) return new Tally({ rows: null }).report()
  try {
    return await batch.write(store, items)
  } catch (error) {
    throw error instanceof BulkError ? withIndexes(error, position => items[position]!.index) : error
  }
}

/** A report that names items by their places in the request, those that were left out without a fault included. */
function placed ({ items }: Batch, written: readonly BatchItem[], report: BulkReport, faulty: { has: (index: number) => boolean } = new Set()): BulkReport {
  const left = new Set(written.map(({ index }) => index))
  const placed = reportAt(report, position => written[position]!.index)
  const missing = items.filter(({ index }) => !left.has(index) && !faulty.has(index)).map(({ index, where }) => ({ index, where: where! }))
  return { ...placed, missing: [...placed.missing, ...missing].sort((a, b) => a.index - b.index) }
}
