import { bulkOf } from './bulk-options.js'
import { CommonsError } from '../../errors.js'
import type { Resource } from '../definition/resource.js'

/**
 * Checks how many items a request has, before anything else is done with them.
 *
 * @throws CommonsError `batch_size_exceeded`, `empty_batch`
 */
export function checkItemCount (resource: Resource, { length }: readonly unknown[]): void {
  const { maxItems, allowEmpty } = bulkOf(resource)
  if (length > maxItems) throw new CommonsError('batch_size_exceeded', { params: { actual: length, limit: maxItems } })
  if (length === 0 && !allowEmpty) throw new CommonsError('empty_batch')
}
