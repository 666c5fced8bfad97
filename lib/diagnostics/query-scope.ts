import { AsyncLocalStorage } from 'node:async_hooks'
import type { QueryOrigin, QuerySink } from './query-event.js'

/**
 * What the running code's statements belong to. The place of a sink is shared by all scopes of a request, and emptied
 * when the request ends: a pooled connection keeps the context that it was opened in for as long as it lives.
 */
export interface QueryScope {
  readonly holder: SinkHolder
  readonly origin: QueryOrigin | null
}

export interface SinkHolder {
  sink: QuerySink | null
}

const scopes = new AsyncLocalStorage<QueryScope>()
const nobody: SinkHolder = { sink: null }

/** The scope of the running code. */
export function queryScope (): QueryScope | undefined {
  return scopes.getStore()
}

/** Runs `work` in a scope; its statements go to the sink of that. */
export function withQueryScope<T> (scope: QueryScope, work: () => T): T {
  return scopes.run(scope, work)
}

/** The place of the sink of a scope; without one, a place that stays empty. */
export function holderOfScope (scope: QueryScope | undefined): SinkHolder {
  return scope?.holder ?? nobody
}

/** The holder of a statement that serves several scopes: it counts once for each request. */
export function sharedHolder (scopesOfCalls: ReadonlyArray<QueryScope | undefined>): SinkHolder {
  const holders = [...new Set(scopesOfCalls.map(holderOfScope))]
  if (holders.length === 1) return holders[0]!
  return {
    sink: {
      add: event => {
        for (const { sink } of holders) sink?.add(event)
      }
    }
  }
}
