import { currentActor, hasContext } from '../../lib/actor.js'
import type { ReadActing } from '../../lib/store/core/stamps.js'
import { CommonsError } from '../../lib/errors.js'
import type { Model } from '../../lib/model/registry.js'

/** What a write to a model with columns for the actor does where nobody has said who acts, or that nobody does. */
export type ActorContext = 'warn' | 'require' | 'ignore'

/**
 * Makes the reader of the actor and the time.
 *
 * @param context `require`: fails a write to a model that keeps actors; `warn`: warns of the first one
 */
export function actingReader (context: ActorContext, clock: () => Date): ReadActing {
  let warned = context === 'ignore'
  const report = (model: Model): void => {
    const message =
      `A write to ${model.name} keeps no actor: register fastify-prisma-commons/current-user for ` +
      'requests, use runAs(actor, work) elsewhere (null for nobody)'
    if (context === 'require') throw new CommonsError('internal_error', { message })
    if (!warned) {
      process.emitWarning(`${message}, or set commons({ actorContext: 'ignore' })`, {
        code: 'COMMONS_NO_ACTOR_CONTEXT'
      })
    }
    warned = true
  }
  return () => {
    const isWired = context === 'ignore' || hasContext()
    const acting = { now: clock(), actorId: currentActor()?.id ?? null }
    return model => {
      if (!isWired && keepsActor(model)) report(model)
      return acting
    }
  }
}

/** True for models with a column that the actor's id goes to. */
export function keepsActor ({
  meta: {
    features: { audit, currentUser }
  }
}: Model): boolean {
  return (
    currentUser !== undefined ||
    (audit !== undefined &&
      [audit.createdBy, audit.updatedBy, audit.deletedBy, audit.restoredBy].some(field => field !== null))
  )
}
