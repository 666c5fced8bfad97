import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What the context carries: not the actor but the place it stands in, so that authentication may fill it
 * after the context was opened.
 */
export interface Holder<Actor extends object> {
  actor: Actor | null
}

/** The holder of the running code. */
export const holders = new AsyncLocalStorage<Holder<object>>()

/** Runs `work` in the context of a holder that is filled later; what a server calls once a request. */
export function runWithHolder<T> (holder: Holder<object>, work: () => T): T {
  return holders.run(holder, work)
}

/**
 * Reads an actor from a value of unknown origin; null and undefined are anonymous.
 *
 * @throws TypeError when the value has no usable `id`: to take it for anonymous would hide the mistake in every audit
 * column.
 */
export function toActor<Actor extends object> (value: unknown, origin: string): Actor | null {
  if (value === null || value === undefined) return null
  if (isActor(value)) return value as Actor
  throw new TypeError(`${origin}: an actor is null or an object whose "id" is a string, number or bigint`)
}

function isActor (value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    (typeof value.id === 'string' || typeof value.id === 'number' || typeof value.id === 'bigint')
  )
}
