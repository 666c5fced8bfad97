import type { QueryOrigin } from '../../lib/diagnostics/query-event.js'
import {
  holderOfScope,
  queryScope,
  sharedHolder,
  withQueryScope,
  type QueryScope
} from '../../lib/diagnostics/query-scope.js'

const kScope = Symbol('fastify-prisma-commons.scope')

/** A call that Prisma hands to its loader. */
interface LoaderCall {
  readonly modelName?: string
  readonly action?: string
  readonly clientMethod?: string
  readonly callsite?: { readonly _error?: Error }
  /** The scope of the caller. */
  [kScope]?: QueryScope | undefined
}

interface LoaderOptions {
  readonly singleLoader: (call: LoaderCall) => unknown
  readonly batchLoader: (calls: readonly LoaderCall[]) => unknown
}

interface Loader {
  request: (call: LoaderCall) => unknown
  options: LoaderOptions
}

interface WithLoader {
  readonly _requestHandler?: { readonly dataloader?: Partial<Loader> }
}

const kept = new WeakSet<object>()

/**
 * Keeps the statements of a client with the requests that asked for them.
 *
 * Prisma collects all `findUnique` and all `$transaction([…])` of one tick, of whatever requests, and sends them in the
 * async context of the first: the statements of the others would count for that one. This runs each in the scope of its
 * own request, and tells which call it comes from. A `findUnique` that Prisma has merged from several requests counts
 * for each of them.
 *
 * Prisma has no public place for it, so this reads a private one. Call it once for a client; clients that are extended
 * from it share it.
 *
 * @returns false when the client keeps its loader elsewhere: then such statements count for the first request
 */
export function keepContext (client: object): boolean {
  const loader = (client as WithLoader)._requestHandler?.dataloader
  if (!isLoader(loader)) return false
  if (kept.has(loader)) return true
  kept.add(loader)

  const { request, options } = loader
  const { singleLoader, batchLoader } = options
  loader.request = call => {
    call[kScope] = queryScope()
    return request.call(loader, call)
  }
  loader.options = {
    ...options,
    singleLoader: call => withQueryScope(scopeOf(call), () => singleLoader(call)),
    batchLoader: calls => withQueryScope(scopeOfAll(calls), () => batchLoader(calls))
  }
  return true
}

function isLoader (loader: Partial<Loader> | undefined): loader is Loader {
  return (
    typeof loader?.request === 'function' &&
    typeof loader.options?.singleLoader === 'function' &&
    typeof loader.options.batchLoader === 'function'
  )
}

function scopeOf (call: LoaderCall): QueryScope {
  return { holder: holderOfScope(call[kScope]), origin: originOf(call) }
}

/** @param calls at least one */
function scopeOfAll (calls: readonly LoaderCall[]): QueryScope {
  return { holder: sharedHolder(calls.map(call => call[kScope])), origin: originOf(calls[0]!) }
}

/** Raw queries, those of the bulk methods among them, name no model. */
function originOf (call: LoaderCall): QueryOrigin | null {
  const { modelName = null, action, clientMethod = action, callsite } = call
  if (clientMethod === undefined) return null
  const operation = clientMethod.slice(clientMethod.lastIndexOf('.') + 1)
  return { model: modelName, operation, stack: () => callsite?._error?.stack ?? null }
}
