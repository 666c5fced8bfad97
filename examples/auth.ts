import type { IncomingHttpHeaders } from 'node:http'
import { CommonsError } from 'fastify-prisma-commons/errors'

export interface ExampleUser {
  readonly id: number
  readonly name: string
  readonly role: 'member' | 'admin'
}

declare module 'fastify-prisma-commons/actor' {
  interface Actor {
    readonly role?: ExampleUser['role']
  }
}

/** The example's tokens. A real server looks the token up, or checks its signature. */
const users: ReadonlyMap<string, ExampleUser> = new Map([
  ['alice', { id: 1, name: 'alice', role: 'member' }],
  ['bob', { id: 2, name: 'bob', role: 'member' }],
  ['admin', { id: 3, name: 'admin', role: 'admin' }]
])

/**
 * Tells who sent a request by its `Authorization: Bearer <token>`; null, which means anonymous, without that header.
 *
 * @throws CommonsError `unauthorized` (401) on any other scheme or token.
 * @example
 * authenticate({ headers: { authorization: 'Bearer bob' } }) // { id: 2, name: 'bob', role: 'member' }
 */
export function authenticate (request: { readonly headers: IncomingHttpHeaders }): ExampleUser | null {
  const { authorization } = request.headers
  if (authorization === undefined) return null
  const token = /^bearer +(\S+)$/i.exec(authorization)?.[1]
  const user = token === undefined ? undefined : users.get(token)
  if (user === undefined) throw new CommonsError('unauthorized')
  return user
}
