import type { Row } from '../../store/read/find.js'
import { ItemErrors } from '../../store/core/item-errors.js'
import { writePartially } from '../../store/partial.js'
import { ReportBuilder, type BulkReport } from '../../store/core/report.js'
import { reportAt } from '../../store/core/report-sum.js'
import type { ModelStore } from '../../store/model-store.js'
import { withIndexes } from '../../error-places.js'
import { BulkError, type ErrorDetail } from '../../errors.js'
import { checkPermissions } from '../../items/permission-check.js'
import { isCompound } from '../../items/relations/referred.js'
import { resolveRelated } from '../../items/relations/resolve.js'
import { type ReferringEntry } from '../../items/relations/row-reference.js'
import { askedAgain } from '../../items/shape/appeared-rows.js'
import type { Batch, BatchItem } from './batch.js'
import type { Caller } from './caller.js'
import { requireMatch, type ItemConditions } from './conditions.js'
import type { ReferringItem } from '../../items/shape/read-item.js'
import { existingItems, reportMissing, reportMissingKeys } from './existing-items.js'
import type { Resource } from '../definition/resource.js'
import { RuleCall, seesItems } from './rule-call.js'
import type { Scopes } from '../../scope/scopes.js'

/** Who writes, and how far that reaches. */
export interface WriteContext {
  readonly resource: Resource
  readonly caller: Caller
  readonly scopes: Scopes
  /** What the request asks of the rows. */
  readonly conditions: Partial<ItemConditions>
}

/**
 * Writes a batch: nothing while an item is at fault. Where the resource has a scope or rules, all takes place in one
 * transaction: the rows and what they refer to are read, the caller's right to all of it is asked for, what is not
 * there is told only then, and the first item is written last.
 */
export async function execute (context: WriteContext, store: ModelStore, batch: Batch): Promise<BulkReport> {
  const { resource, caller } = context
  // What is not allowed is told before stored rows are asked for.
  const isDenied = await checkPermissions(resource, batch.items, caller.request, batch.itemErrors)
  if (isDenied) batch.itemErrors.throwIfAny()
  if (!isGuarded(context, batch)) return await askedAgain(async () => await executeOpenly(context, store, batch))
  if (batch.itemErrors.any) batch.explain?.(batch.items, batch.itemErrors)
  batch.itemErrors.throwIfAny()
  return await askedAgain(
    async () =>
      await store.transaction(async store => {
        const itemErrors = new ItemErrors()
        const items = await prepared(context, store, batch, batch.items, itemErrors)
        const call = new RuleCall(context, store, items)
        await call.authorize()
        if (batch.onMissing === 'error') reportMissing(context.resource, batch.items, items, itemErrors)
        if (itemErrors.any) batch.explain?.(batch.items, itemErrors)
        itemErrors.throwIfAny()
        requireMatch(context.resource, context.conditions, items)
        if (items.length === 0 && batch.items.length > 0) {
          return placed(batch, items, new ReportBuilder({ rows: null }).report())
        }
        await call.validate(itemErrors)
        itemErrors.throwIfAny()
        await call.before(items)
        const report = await writeLeft(batch, store, items)
        await call.after(items, (report.rows ?? []) as readonly Row[])
        return items.length === batch.items.length ? report : placed(batch, items, report)
      }, context.resource.model)
  )
}

/** A write that nobody is asked about. */
async function executeOpenly (context: WriteContext, store: ModelStore, batch: Batch): Promise<BulkReport> {
  const itemErrors = copyOf(batch.itemErrors, false)
  const items = await resolved(context, store, batch, batch.items, itemErrors)
  await explained(context, store, batch, items, itemErrors)
  itemErrors.throwIfAny()
  if (!items.some(({ related }) => isCompound(related))) return await batch.write(store, items)
  return await store.transaction(async store => await batch.write(store, items), context.resource.model)
}

/**
 * Writes the items of a batch that can be written, in one transaction. Rows that are not there for the caller are
 * findings of their items. The caller's right is asked for all the others together: who may not write one of them
 * writes none.
 */
export async function executePartially (context: WriteContext, store: ModelStore, batch: Batch): Promise<BulkReport> {
  const { resource } = context
  await checkPermissions(resource, batch.items, context.caller.request, batch.itemErrors)
  if (!isGuarded(context, batch)) {
    return await askedAgain(async () => await executeOpenlyInParts(context, store, batch))
  }
  if (batch.itemErrors.any) batch.explain?.(batch.items, batch.itemErrors)
  const refused = batch.itemErrors.byItem
  const sound = batch.items.filter(({ index }) => !refused.has(index))
  return await askedAgain(
    async () =>
      await store.isolated(
        async store => {
          const itemErrors = new ItemErrors(true)
          const items = await prepared(context, store, batch, sound, itemErrors)
          const call = new RuleCall(context, store, items)
          await call.authorize()
          if (batch.onMissing === 'error') reportMissing(resource, sound, items, itemErrors)
          if (itemErrors.any) batch.explain?.(batch.items, itemErrors)
          requireMatch(resource, context.conditions, items)
          await call.validate(itemErrors)
          const failed = itemErrors.byItem
          const left = items.filter(({ index }) => !failed.has(index))
          if (left.length > 0) await call.before(left)
          const report = await writePartially(store, resource.model, left, compoundWrite(batch, left))
          const written = left.filter((_, position) => report.outcomes.has(position))
          if (written.length > 0) await call.after(written, (report.rows ?? []) as readonly Row[])
          return merged(placed({ items: sound }, left, report, failed), refused, failed)
        },
        { model: resource.model }
      )
  )
}

/** The same of the items that can be written. */
async function executeOpenlyInParts (context: WriteContext, store: ModelStore, batch: Batch): Promise<BulkReport> {
  const itemErrors = copyOf(batch.itemErrors, true)
  const all = await resolved(context, store, batch, batch.items, itemErrors)
  await explained(context, store, batch, all, itemErrors)
  const refused = itemErrors.byItem
  const items = all.filter(({ index }) => !refused.has(index))
  const report = await writePartially(store, context.resource.model, items, compoundWrite(batch, items))
  return merged(placed({ items }, items, report), refused)
}

/** True where a write by this caller has more to do than to write. */
function isGuarded ({ resource, caller, scopes, conditions }: WriteContext, { needsRows = false }: Batch): boolean {
  if (needsRows || scopes.own !== null || conditions.ifMatch !== undefined || conditions.needsVersions === true) {
    return true
  }
  return seesItems(resource, caller)
}

/**
 * The items that can be written as far as is known: with their rows, locked, and with the keys of what they refer to.
 */
async function prepared (
  context: WriteContext,
  store: ModelStore,
  batch: Batch,
  items: readonly BatchItem[],
  itemErrors: ItemErrors
): Promise<readonly BatchItem[]> {
  const {
    resource: { model },
    scopes
  } = context
  // Rules write into the data, and a transaction may be begun again.
  const fresh = items.map(item => (item.data === null ? item : { ...item, data: { ...item.data } }))
  const there = await existingItems(model, store, batch, fresh, scopes.own)
  const found = await resolved(context, store, batch, there, itemErrors)
  if (batch.select === undefined) return found
  const failed = itemErrors.byItem
  return await existingItems(
    model,
    store,
    batch,
    found.filter(({ index }) => !failed.has(index)),
    scopes.own
  )
}

/** The items with the keys of the rows that they refer to. */
async function resolved (
  { resource, caller, scopes }: WriteContext,
  store: ModelStore,
  { select }: Batch,
  items: readonly BatchItem[],
  itemErrors: ItemErrors
): Promise<readonly BatchItem[]> {
  const entries = items.filter(hasData).map((item): ReferringEntry => ({ index: item.index, path: '', item }))
  if (entries.length > 0) {
    await resolveRelated(resource, store, entries, itemErrors, { scopes, wantsRows: seesItems(resource, caller) })
  }
  return select === undefined ? items : items.map(item => ({ ...item, where: select(item.data!) }))
}

function hasData (item: BatchItem): item is BatchItem & ReferringItem {
  return item.data !== null
}

/** Adds what else is wrong with the items, where something is. */
async function explained (
  { resource }: WriteContext,
  store: ModelStore,
  { onMissing, explain }: Batch,
  items: readonly BatchItem[],
  itemErrors: ItemErrors
): Promise<void> {
  if (!itemErrors.any) return
  if (onMissing === 'error') await reportMissingKeys(resource, store, items, itemErrors)
  explain?.(items, itemErrors)
}

/** A request may be begun again: what one attempt has found is not found for the next. */
function copyOf (itemErrors: ItemErrors, keepsEach: boolean): ItemErrors {
  const copy = new ItemErrors(keepsEach)
  copy.include(itemErrors)
  return copy
}

function compoundWrite (batch: Batch, items: readonly BatchItem[]): Batch['write'] {
  if (!items.some(({ related }) => isCompound(related))) return batch.write
  return async (store, items) => await store.isolated(async store => await batch.write(store, items))
}

/** The report with further items that failed. */
function merged (report: BulkReport, ...failures: readonly ReadonlyMap<number, readonly ErrorDetail[]>[]): BulkReport {
  return { ...report, failures: new Map([...failures, report.failures ?? []].flatMap(one => [...one])) }
}

/** Writes the items that were not left out. */
async function writeLeft (batch: Batch, store: ModelStore, items: readonly BatchItem[]): Promise<BulkReport> {
  if (items.length === batch.items.length) return await batch.write(store, items)
  try {
    return await batch.write(store, items)
  } catch (error) {
    throw error instanceof BulkError ? withIndexes(error, position => items[position]!.index) : error
  }
}

/** A report that names items by their places in the request, those that were left out without a fault included. */
function placed (
  { items }: Pick<Batch, 'items'>,
  written: readonly BatchItem[],
  report: BulkReport,
  faulty: { has: (index: number) => boolean } = new Set()
): BulkReport {
  const left = new Set(written.map(({ index }) => index))
  const placed = reportAt(report, position => written[position]!.index)
  const missing = items
    .filter(({ index }) => !left.has(index) && !faulty.has(index))
    .map(({ index, where }) => ({ index, where: where! }))
  return { ...placed, missing: [...placed.missing, ...missing].sort((a, b) => a.index - b.index) }
}
