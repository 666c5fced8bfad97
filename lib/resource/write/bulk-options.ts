import type { RelatedLimits } from '../../items/shape/related-limits.js'
import type { UniqueMeta } from '../../model/meta.js'
import { check, type OptionTable } from '../../options.js'
import { legalUniques } from '../../store/core/selector.js'
import { didYouMean } from '../../suggest.js'
import type { Resource } from '../definition/resource.js'
import { sectionReader } from '../definition/section.js'

/** Requests with lists of items. */
export interface BulkRequestOptions {
  /** Items a request may carry. Default: 1000. */
  readonly maxItems?: number
  /**
   * Take lists of items as CSV files too, as bodies of their own and in forms: each row is an item. Needs
   * `@fastify/multipart`. Default: false.
   */
  readonly csvBodies?: boolean
  /** Answer an empty list with an empty list instead of 400. Default: false. */
  readonly allowEmpty?: boolean
  /** Take single objects where lists are taken too, for creations and upserts. Default: true. */
  readonly allowSingular?: boolean
  /** Unique constraint of PATCH and PUT whose items carry no ids and whose query names none. Default: none. */
  readonly uniqueFields?: readonly string[]
  /** Add the routes `/bulk-create`, `/bulk-update`, `/bulk-replace`, `/bulk-delete` and `/bulk-get`. Default: false. */
  readonly actionRoutes?: boolean
  /**
   * Write the items of a list that can be written, and answer 207, where neither `partial_success` nor `Prefer` says
   * otherwise. Default: false, all or none.
   */
  readonly partialSuccess?: boolean
}

/** The checks of these options that need no metadata. */
export const bulkOptionTable: OptionTable<BulkRequestOptions> = {
  maxItems: check.integer(1),
  csvBodies: check.boolean,
  allowEmpty: check.boolean,
  allowSingular: check.boolean,
  uniqueFields: check.names,
  actionRoutes: check.boolean,
  partialSuccess: check.boolean
}

/** The same checked and completed. */
export interface ResourceBulk {
  readonly maxItems: number
  readonly relatedLimits: RelatedLimits
  readonly csvBodies: boolean
  readonly allowEmpty: boolean
  readonly allowSingular: boolean
  readonly uniqueFields: UniqueMeta | null
  readonly actionRoutes: boolean
  readonly partialSuccess: boolean
}

/** The section `bulk` of a resource. */
export const bulkOf: (resource: Resource) => ResourceBulk = sectionReader('bulk', resolveBulk)

function resolveBulk (resource: Resource, options: BulkRequestOptions): ResourceBulk {
  const { maxItems = 1000, uniqueFields } = options
  return {
    maxItems,
    relatedLimits: { list: resource.maxRelated, request: resource.maxRelatedTotal ?? 10 * maxItems },
    csvBodies: options.csvBodies ?? false,
    allowEmpty: options.allowEmpty ?? false,
    allowSingular: options.allowSingular ?? true,
    uniqueFields: uniqueFields === undefined ? null : uniqueOf(resource, uniqueFields),
    actionRoutes: options.actionRoutes ?? false,
    partialSuccess: options.partialSuccess ?? false
  }
}

function uniqueOf ({ model, uniques }: Resource, fields: readonly string[]): UniqueMeta {
  const owner = `resource ${model.name}: option "bulk.uniqueFields"`
  const unknown = fields.find(name => model.field(name) === undefined)
  if (unknown !== undefined) {
    throw new TypeError(`${owner} names the unknown field "${unknown}". ${didYouMean(unknown, model.fieldNames)}`)
  }
  const unique = model.uniqueOf(fields)
  if (unique !== undefined && uniques.includes(unique)) return unique
  throw new TypeError(
    `${owner} is [${fields.join(', ')}], which is not a unique constraint that clients may write. Use one of ` +
      `${legalUniques(uniques).join('; ')}`
  )
}
