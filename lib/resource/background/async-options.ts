import { check, type OptionTable } from '../../options.js'
import type { Resource } from '../definition/resource.js'
import { sectionReader } from '../definition/section.js'
import { bulkOf } from '../write/bulk-options.js'

/** Bulk writes that go on after their answer. Needs the plugin `operations`. */
export interface AsyncOptions {
  /** Items above which a list is written in the background where the request does not ask for it. Default: never. */
  readonly above?: number
  /** Items that a request may carry for the background. Default: 100,000. */
  readonly maxItems?: number
  /** Items that are written in one transaction, at most `bulk.maxItems`. Default: 2000. */
  readonly chunkItems?: number
}

/** The checks of these options that need no metadata. */
export const asyncOptionTable: OptionTable<AsyncOptions> = {
  above: check.integer(1),
  maxItems: check.integer(1),
  chunkItems: check.integer(1)
}

/** The same, completed. */
export interface ResourceAsync {
  readonly above: number
  readonly maxItems: number
  readonly chunkItems: number
}

/** The section `async` of a resource; null where it has none. */
export const asyncOf: (resource: Resource) => ResourceAsync | null = sectionReader('async', resolveAsync)

function resolveAsync (resource: Resource, options: AsyncOptions): ResourceAsync | null {
  if (resource.sections['async'] === undefined) return null
  const { above = Infinity, maxItems = 100_000, chunkItems = 2000 } = options
  return { above, maxItems, chunkItems: Math.min(chunkItems, bulkOf(resource).maxItems) }
}
