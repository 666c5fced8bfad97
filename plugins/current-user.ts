import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { currentActor, requireActor, runAs } from '../lib/actor.js'
import type { Actor } from '../lib/actor.js'
import { runWithHolder, toActor, type Holder } from '../lib/actor-holder.js'
import { isExcluded } from '../lib/envelope/scope.js'
import { check, checkOptions } from '../lib/options.js'
import { notePlugin } from '../lib/require-plugin.js'
import { isThenable } from '../lib/thenable.js'

const name = 'fastify-prisma-commons/current-user'
const hooks = ['onRequest', 'preValidation', 'preHandler'] as const

type Resolved = Actor | null | undefined

export interface CurrentUserOptions {
  /**
   * Gives the actor of a request, null or undefined for an anonymous one. What it throws is the answer, so it may
   * be the authentication itself: then let it run in `onRequest`, before a body is read.
   *
   * Default: `request.user`, looked up whenever the actor is asked for, so that it does not matter in which hook
   * authentication sets it. An actor assigned to `request.currentUser` always wins, and `resolve` is not called then.
   */
  readonly resolve?: (request: FastifyRequest) => Resolved | PromiseLike<Resolved>
  /**
   * The hook that calls `resolve`. Fastify runs it after the hooks registered before this plugin and before hooks of
   * the same name that belong to a route. Default: `preValidation`.
   */
  readonly hook?: (typeof hooks)[number]
  /** URL prefixes of routes that `resolve` is not called for, e.g. `['/docs']`. Default: none. */
  readonly exclude?: readonly string[]
}

export interface CurrentUser {
  /** The actor of the running code, null when anonymous or outside any context. */
  readonly get: typeof currentActor
  /** The same, or CommonsError `unauthorized`. */
  readonly require: typeof requireActor
  /** Runs work as an actor, outside requests too. */
  readonly runAs: typeof runAs
}

declare module 'fastify' {
  interface FastifyInstance {
    currentUser: CurrentUser
  }
  interface FastifyContextConfig {
    /**
     * False: `resolve` is not called for the route, which stays public beside one that refuses anonymous requests.
     * Default: true.
     */
    currentUser?: boolean
  }
  interface FastifyRequest {
    /** Who sent the request; assign it in a hook of your own once the user is authenticated. */
    currentUser: Actor | null
  }
}

const kHolder = Symbol('fastify-prisma-commons.actor')

interface Authenticated {
  readonly user?: unknown
}

type Carrier = FastifyRequest & Authenticated & { [kHolder]: RequestHolder | null }

/** Gives the actor that was assigned, or until then the user that authentication has put on the request. */
class RequestHolder implements Holder<Actor> {
  #request: Authenticated | null
  #assigned: Actor | null | undefined

  constructor (request: Authenticated | null) {
    this.#request = request
  }

  get assigned (): boolean {
    return this.#assigned !== undefined
  }

  get actor (): Actor | null {
    return this.#assigned === undefined ? toActor(this.#request?.user, 'request.user') : this.#assigned
  }

  set actor (actor: Resolved) {
    this.#assigned = toActor(actor, 'request.currentUser')
  }

  /**
   * Keeps the user and lets the request go. Whatever was opened during the request, a pooled connection for one,
   * keeps its context as long as it lives, and would keep the request with its body too.
   */
  release (): void {
    this.#request = { user: this.#request?.user }
  }
}

/**
 * Carries the user of a request through all code that runs for it, by AsyncLocalStorage: every hook after this plugin's
 * own, handlers, error handlers, and everything they await. Listeners on sockets and streams and the `onRequestAbort`
 * hook run outside; `request.currentUser` is right there too.
 *
 * @example
 * await app.register(currentUser, { hook: 'onRequest', resolve: request => userOfToken(request.headers.authorization)
 * }) app.get('/me', async request => request.currentUser)
 */
export const currentUser: FastifyPluginAsync<CurrentUserOptions> = fp(
  async function currentUser (app: FastifyInstance, options: CurrentUserOptions) {
    checkOptions('currentUser', options, {
      resolve: check.function,
      hook: check.oneOf(...hooks),
      exclude: { expected: 'a list of URL prefixes', accepts: Array.isArray }
    })
    const { resolve, hook = 'preValidation', exclude = [] } = options
    notePlugin(app, name)

    function holderOf (request: FastifyRequest): RequestHolder {
      const carrier = request as Carrier
      return (carrier[kHolder] ??= new RequestHolder(resolve === undefined ? carrier : null))
    }

    app.decorate('currentUser', { get: currentActor, require: requireActor, runAs })
    app.decorateRequest(kHolder, null)
    app.decorateRequest('currentUser', {
      getter (this: FastifyRequest) {
        return holderOf(this).actor
      },
      setter (this: FastifyRequest, actor: Actor | null) {
        holderOf(this).actor = actor
      }
    })

    // `run` around the rest of the request, never `enterWith`: what that sets stays on a keep-alive socket for the next
    // request.
    app.addHook('onRequest', (request, _reply, done) => runWithHolder(holderOf(request), done))

    if (resolve === undefined) {
      // Not `onResponse`, which costs ten times as much: Fastify listens to the socket for it.
      app.addHook('onSend', (request, _reply, _payload, done) => {
        holderOf(request).release()
        done()
      })
    } else {
      // Fastify types one overload a hook name; the three have one signature.
      app.addHook(hook as 'preValidation', (request, _reply, done) => {
        const { url = '', config } = request.routeOptions
        const holder = holderOf(request)
        if (holder.assigned || config.currentUser === false || isExcluded(url, exclude)) return done()
        const found = resolve(request)
        if (isThenable(found)) {
          return found.then(actor => {
            holder.actor = actor
          })
        }
        holder.actor = found
        done()
      })
    }
  },
  { name, fastify: '5.x' }
)

export default currentUser
