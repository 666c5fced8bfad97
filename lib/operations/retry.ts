import { createHash } from 'node:crypto'
import { CommonsError } from '../errors.js'
import { parseJsonText } from '../text/parse-json-text.js'
import { isFinal, type Operation } from './operation.js'
import type { OperationStart, Operations } from './operations.js'

/** Failures that are read at a time. */
const pageSize = 1000

/**
 * Starts an operation of the failed items of another one; of an atomic one, which wrote nothing, of all. It acts for
 * the same user. There is one retry of an operation: its id follows from the first one's, so that a request that comes
 * twice writes nothing twice.
 *
 * @throws CommonsError `validation_failed` for an operation that has not ended, or without failed items
 */
export async function retryOperation (operations: Operations, operation: Operation): Promise<Operation> {
  if (!isFinal(operation.state)) throw refused('The operation has not ended: wait for it, or cancel it')
  if (operation.counts.failed === 0) throw refused('The operation has no failed items')
  const id = retryIdOf(operation)
  const known = await operations.get(id)
  if (known !== null) return known
  const start = await failedItems(operations, operation)
  const { kind, handler, owner, atomic, request } = operation
  try {
    return await operations.store.transaction(
      async client => await operations.start(client, { id, kind, handler, owner, atomic, request, ...start })
    )
  } catch (error) {
    // Another request was first.
    const first = await operations.get(id)
    if (first === null) throw error
    return first
  } finally {
    operations.wake()
  }
}

async function failedItems (
  { store }: Operations,
  { id, chunks, atomic }: Operation
): Promise<Pick<OperationStart, 'items' | 'chunkItems'>> {
  const failed = atomic ? null : await failedIndexes({ store }, id)
  const items: unknown[] = []
  let chunkItems = 1
  for (let chunk = 0; chunk < chunks; chunk++) {
    const input = await store.input(id, chunk)
    // Removed in between, with the operation.
    if (input === null) throw new CommonsError('not_found')
    const given = parseJsonText(input.items) as readonly unknown[]
    chunkItems = Math.max(chunkItems, given.length)
    for (const [place, item] of given.entries()) if (failed?.has(input.offset + place) !== false) items.push(item)
  }
  return { items, chunkItems }
}

async function failedIndexes ({ store }: Pick<Operations, 'store'>, id: string): Promise<ReadonlySet<number>> {
  const indexes = new Set<number>()
  for (let after = -1; ;) {
    const page = await store.failures(id, after, pageSize)
    for (const { index } of page) indexes.add(index)
    if (page.length < pageSize) return indexes
    after = page.at(-1)!.index
  }
}

/** A UUID of version 8, which its maker defines. */
function retryIdOf ({ id }: Operation): string {
  const hex = createHash('sha256').update(`retry ${id}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-'
  )
}

function refused (message: string): CommonsError {
  return new CommonsError('validation_failed', { message })
}
