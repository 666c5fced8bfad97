import type { ReportOptions } from '../../store/core/report.js'
import type { UniqueMeta } from '../../model/meta.js'
import { fetchedFields } from '../../items/relations/attach.js'
import type { Resource } from '../definition/resource.js'
import { ruleOf } from '../definition/rules.js'
import type { Caller } from './caller.js'
import type { ItemConditions } from './conditions.js'
import { versionRequest } from './related-write.js'

/** How a write is asked for. */
export interface WriteSettings {
  /** What the request asks of the rows. Default: nothing. */
  readonly conditions?: Partial<ItemConditions>
  /** The unique constraint whose values select rows; only of selections. Default: the primary key. */
  readonly by?: UniqueMeta | undefined
  /** Who asks. Default: the server itself. */
  readonly caller?: Caller
  /**
   * Write the items that can be written, and report the others as `failures` and `missing`, instead of none. Default:
   * false.
   */
  readonly partial?: boolean
  /** Report the version of the row where rows are not wanted, for the tag of an answer about one. Default: false. */
  readonly wantsVersion?: boolean
  /** Report the outcome of each item. Default: false, with `partial` true. */
  readonly outcomes?: boolean
}

/** Which rows and outcomes the store reports of a write: a hook `after` gets the rows too. */
export function reportOptionsOf (
  resource: Resource,
  wantsRows: boolean,
  { action, request }: Caller,
  { partial = false, outcomes = partial, wantsVersion = false }: WriteSettings
): ReportOptions {
  const hasHook = request !== null && ruleOf(resource.rules.after, action) !== undefined
  if (wantsRows || hasHook) return { rows: { fields: fetchedFields(resource), form: 'json' }, outcomes }
  return { rows: wantsVersion ? versionRequest(resource) : null, outcomes }
}
