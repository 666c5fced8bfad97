import { AsyncLocalStorage } from 'node:async_hooks'
import { CommonsError } from './errors.js'
import { isThenable } from './thenable.js'

/**
 * Narrows the type of `Actor.id` for a whole program.
 *
 * @example
 * declare module 'fastify-prisma-commons/actor' {
 *   interface ActorTypes { id: number }
 * }
 */
export interface ActorTypes {}

export type ActorId = ActorTypes extends { readonly id: infer Id } ? Id : string | number | bigint

/**
 * Who acts. A program adds its own properties by interface merging.
 *
 * @example
 * declare module 'fastify-prisma-commons/actor' {
 *   interface Actor { readonly role?: 'member' | 'admin' }
 * }
 */
export interface Actor {
  readonly id: ActorId
}

/**
 * What the context carries: not the actor but the place it stands in, so that authentication may fill it
 * after the context was opened.
 */
export interface ActorHolder {
  actor: Actor | null
}

const storage = new AsyncLocalStorage<ActorHolder>()

/** The actor of the running code; null when it is anonymous or runs in no context. */
export function currentActor (): Actor | null {
  return storage.getStore()?.actor ?? null
}

/**
 * The actor of the running code, for code that cannot do without one.
 *
 * @throws CommonsError `unauthorized` (401) when the actor is anonymous, `internal_error` (500) when no context was
 * opened at all, which is a mistake in the program and not of its client.
 */
export function requireActor (): Actor {
  const holder = storage.getStore()
  if (holder === undefined) {
    throw new CommonsError('internal_error', {
      message: 'No actor context: register fastify-prisma-commons/current-user for requests, use runAs(actor, work) elsewhere'
    })
  }
  if (holder.actor === null) throw new CommonsError('unauthorized')
  return holder.actor
}

/** True inside a request of the `currentUser` plugin and inside `runAs`: tells "anonymous" from "nobody wired it". */
export function hasContext (): boolean {
  return storage.getStore() !== undefined
}

/**
 * Runs `work` as the given actor, or as nobody with null: for scripts, jobs and tests. Runs may be nested.
 *
 * A promise that `work` returns is subscribed to inside the run. That matters for Prisma, whose queries start at
 * the first `then`: returned without `await`, they would otherwise run as whoever awaits them. Such a promise comes
 * out as a plain one, so it cannot be handed on to `prisma.$transaction([…])`; put that call inside the run.
 *
 * @example
 * await runAs({ id: 1 }, () => prisma.article.create({ data }))
 */
export function runAs<T> (actor: Actor | null, work: () => PromiseLike<T>): Promise<T>
export function runAs<T> (actor: Actor | null, work: () => T): T
export function runAs (actor: Actor | null, work: () => unknown): unknown {
  return storage.run({ actor: toActor(actor, 'runAs') }, () => {
    const result = work()
    return isThenable(result) ? new Promise((resolve, reject) => { result.then(resolve, reject) }) : result
  })
}

/** Runs `work` in the context of a holder that is filled later; what a server calls once a request. */
export function runWithHolder<T> (holder: ActorHolder, work: () => T): T {
  return storage.run(holder, work)
}

/**
 * Reads an actor from a value of unknown origin; null and undefined are anonymous.
 *
 * @throws TypeError when the value has no usable `id`: to take it for anonymous would hide the mistake in every audit column.
 */
export function toActor (value: unknown, origin: string): Actor | null {
  if (value === null || value === undefined) return null
  if (isActor(value)) return value
  throw new TypeError(`${origin}: an actor is null or an object whose "id" is a string, number or bigint`)
}

function isActor (value: unknown): value is Actor {
  return typeof value === 'object' && value !== null && 'id' in value &&
    (typeof value.id === 'string' || typeof value.id === 'number' || typeof value.id === 'bigint')
}
