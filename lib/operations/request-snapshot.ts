import type { Actor } from '../actor.js'

/** What is kept of a request, so that rules can be asked about it later, in another process. */
export interface RequestSnapshot {
  readonly id: string
  readonly method: string
  readonly url: string
  /** Those that the option `headers` names. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** The query and the parameters of the path. */
  readonly query: unknown
  readonly params: unknown
  /** The user as JSON, as `user.store` gives it. */
  readonly user: unknown
}

/** What of a request is kept; Fastify's has it. */
export interface SnapshotSource {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly query: unknown
  readonly params: unknown
}

/** How users are kept. */
export interface UserCodec {
  /** Gives JSON for a user. Default: all that JSON can hold of it. */
  readonly store: (user: Actor) => unknown
  /** Gives the user again; it may read the database, or throw for one who may no longer act. */
  readonly load: (stored: unknown) => Actor | PromiseLike<Actor>
}

export const plainUsers: UserCodec = {
  store: user => user,
  load: stored => stored as Actor
}

/** Takes what is kept of a request. */
export function snapshotOf (
  { id, method, url, headers, query, params }: SnapshotSource,
  user: Actor | null,
  { names, users }: { readonly names: readonly string[]; readonly users: UserCodec }
): RequestSnapshot {
  const kept = names.flatMap(name => {
    const value = headers[name.toLowerCase()]
    return value === undefined ? [] : [[name.toLowerCase(), value] as const]
  })
  return {
    id,
    method,
    url,
    headers: Object.fromEntries(kept),
    query,
    params,
    user: user === null ? null : (users.store(user) ?? null)
  }
}
