import { bulkOf } from './bulk-options.js'
import { CommonsError } from '../../errors.js'
import type { Resource } from '../definition/resource.js'

/**
 * Checks how many items a request has, before anything else is done with them.
 *
 * @param background the limit of requests that go on after their answer; null: the resource takes none
 * @param inBackground the request is one
 * @throws CommonsError `batch_size_exceeded`, `empty_batch`
 */
export function checkItemCount (
  resource: Resource,
  { length: actual }: readonly unknown[],
  background: { readonly maxItems: number } | null = null,
  inBackground = false
): void {
  const { maxItems, allowEmpty } = bulkOf(resource)
  const limit = inBackground && background !== null ? background.maxItems : maxItems
  if (actual > limit) {
    const message =
      inBackground || background === null
        ? undefined
        : `${actual} items are more than ${limit}. Send up to ${background.maxItems} with "Prefer: respond-async"`
    throw new CommonsError('batch_size_exceeded', { params: { actual, limit }, ...(message && { message }) })
  }
  if (actual === 0 && !allowEmpty) throw new CommonsError('empty_batch')
}
