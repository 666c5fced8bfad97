import type { Scope } from '../../store/core/scope.js'
import type { ActionName } from '../definition/actions.js'
import type { ResourceRequest } from '../../scope/resource-request.js'
import type { Resource } from '../definition/resource.js'
import { scopeOf } from '../definition/rules.js'
import { allRows, Scopes } from '../../scope/scopes.js'

/** Who asks for an action. */
export interface Caller {
  readonly action: ActionName
  /** Null for code of the server itself: it may do everything, and no hook is run for it. */
  readonly request: ResourceRequest | null
  /** Without a request: the scope to work in, as a command is told it. Default: all rows. */
  readonly scope?: Scope | null
}

/**
 * The rows that a caller reaches.
 *
 * @throws CommonsError `unauthorized` where the scope needs a user and nobody is asking
 */
export function scopesOf ({ model, rules }: Resource, { request, scope }: Caller): Scopes {
  if (request !== null) return new Scopes(scopeOf(model, rules, request), request)
  return scope === undefined || scope === null ? allRows : new Scopes(scope, null)
}
