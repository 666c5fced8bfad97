import { holders, toActor, type Holder } from './actor-holder.js'
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

type ActorHolder = Holder<Actor>

/** The actor of the running code; null when it is anonymous or runs in no context. */
export function currentActor (): Actor | null {
  return (holders.getStore() as ActorHolder | undefined)?.actor ?? null
}

/**
 * The actor of the running code, for code that cannot do without one.
 *
 * @throws CommonsError `unauthorized` (401) when the actor is anonymous, `internal_error` (500) when no context was
 * opened at all, which is a mistake in the program and not of its client.
 */
export function requireActor (): Actor {
  const holder = holders.getStore() as ActorHolder | undefined
  if (holder === undefined) {
    throw new CommonsError('internal_error', {
      message:
        'No actor context: register fastify-prisma-commons/current-user for requests, use runAs(actor, work) elsewhere'
    })
  }
  if (holder.actor === null) throw new CommonsError('unauthorized')
  return holder.actor
}

/** True inside a request of the `currentUser` plugin and inside `runAs`: tells "anonymous" from "nobody wired it". */
export function hasContext (): boolean {
  return holders.getStore() !== undefined
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
  return holders.run({ actor: toActor(actor, 'runAs') }, () => {
    const result = work()
    return isThenable(result)
      ? new Promise((resolve, reject) => {
        result.then(resolve, reject)
      })
      : result
  })
}
