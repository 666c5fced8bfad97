import fp from 'fastify-plugin'

/** Milliseconds that running requests get. */
const patience = 8000

/**
 * Lets `app.close()` end with the last running request. Fastify closes the connections that are idle when it begins to
 * close; one that was busy then would stay open for the whole keep-alive time (72 s), and the server with it. Requests
 * that are not done after some seconds are broken off, so that a slow client keeps no hook of `onClose` from running.
 */
export const drain = fp(
  async function drain (app) {
    let closing = false
    app.addHook('preClose', async () => {
      closing = true
      setTimeout(() => app.server.closeAllConnections(), patience).unref()
    })
    app.addHook('onResponse', async () => {
      if (closing) setImmediate(() => app.server.closeIdleConnections())
    })
  },
  { fastify: '5.x', name: 'example-drain' }
)
