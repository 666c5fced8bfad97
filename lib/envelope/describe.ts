import type { Meta } from './body.js'

/** What a handler has to say about its answer besides the data. */
export interface ReplyDescription {
  readonly message?: string
  /** Stands beside `data` in the envelope. */
  readonly meta?: Meta
  /** False for a multi-status answer of which some part failed. Default: true. */
  readonly success?: boolean
}

const descriptions = new WeakMap<object, ReplyDescription>()

/**
 * Leaves a description for the envelope, if there is one: a handler that calls this works with and without the plugin.
 * A later call adds to an earlier one and wins where both say something; `meta` is merged key by key.
 *
 * @example
 * describeReply(reply, { message: 'Contracts created successfully', meta: { created: 3 } })
 */
export function describeReply (reply: object, description: ReplyDescription): void {
  const earlier = descriptions.get(reply)
  const meta =
    earlier?.meta === undefined || description.meta === undefined
      ? undefined
      : { ...earlier.meta, ...description.meta }
  descriptions.set(reply, { ...earlier, ...description, ...(meta === undefined ? {} : { meta }) })
}

/** What was left for a reply, if anything. */
export function replyDescription (reply: object): ReplyDescription | undefined {
  return descriptions.get(reply)
}
