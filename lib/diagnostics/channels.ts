import { channel } from 'node:diagnostics_channel'

/**
 * The channels of `node:diagnostics_channel` that this package publishes on. Nothing is built for a message that nobody
 * subscribes to.
 *
 * @example
 * import { subscribe } from 'node:diagnostics_channel'
 * subscribe(channelNames.query, event => histogram.observe((event as QueryEvent).ms))
 */
export const channelNames = {
  /** A `QueryEvent` for every statement of an observed adapter. */
  query: 'fastify-prisma-commons:query',
  /** A `RequestEvent` for every request, from the plugin `diagnostics`. */
  request: 'fastify-prisma-commons:request'
} as const

export const channels = {
  query: channel(channelNames.query),
  request: channel(channelNames.request)
} as const
