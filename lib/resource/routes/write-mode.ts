import { CommonsError } from '../../errors.js'
import { parsePrefer } from '../../http/prefer.js'
import { readBoolean, type Query } from '../../http/query.js'
import type { RouteRequest } from './answer.js'

/** How a write is carried out and answered. */
export interface WriteMode {
  /** Items that cannot be written are left out, instead of ending the request. */
  readonly partial: boolean
  /** All is undone once the answer is known. */
  readonly dryRun: boolean
  /** The answer has counts in the place of rows. */
  readonly minimal: boolean
  /** The preferences of the request that are honoured. */
  readonly applied: readonly (readonly [name: string, value: string])[]
}

/** Query parameters of a write of one item, and those that a list of items adds. */
export const modeParameters = ['dry_run'] as const
export const listModeParameters = ['dry_run', 'partial_success'] as const

export interface ModeContext {
  /** The request carries a list of items. */
  readonly isList: boolean
  /** Whether a request that prefers neither rows nor counts is answered with counts. */
  readonly isMinimal: boolean
  /** Whether a list of items is written in part where the request does not say. Default: false. */
  readonly isPartial?: boolean
  /** The query asks for counts. Default: false. */
  readonly withoutRows?: boolean
}

/**
 * Reads the mode of a write from its query and its header `Prefer`.
 *
 * @throws CommonsError `invalid_parameter` for `partial_success` on a request without a list; the preference is passed
 * over
 */
export function readMode (
  { headers, query }: Pick<RouteRequest, 'headers' | 'query'>,
  { isList, isMinimal, isPartial = false, withoutRows = false }: ModeContext
): WriteMode {
  const preferences = parsePrefer(headers['prefer'])
  const asked = readBoolean(query as Query, 'partial_success')
  if (asked === true && !isList) {
    throw new CommonsError('invalid_parameter', {
      params: { parameter: 'partial_success', problem: 'goes with a list of items' }
    })
  }
  const handling = preferences.get('handling')
  const partial = isList && (asked ?? (handling === 'lenient' || (isPartial && handling !== 'strict')))
  const wanted = preferences.get('return')
  const minimal = withoutRows || wanted === 'minimal' || (wanted !== 'representation' && isMinimal)
  return {
    partial,
    dryRun: readBoolean(query as Query, 'dry_run') ?? false,
    minimal,
    applied: [
      ...(wanted === (minimal ? 'minimal' : 'representation') ? [['return', wanted] as const] : []),
      ...(partial && handling === 'lenient' ? [['handling', 'lenient'] as const] : []),
      ...(isList && !partial && isPartial && handling === 'strict' ? [['handling', 'strict'] as const] : [])
    ]
  }
}
