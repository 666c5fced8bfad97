import fp from 'fastify-plugin'

/**
 * Lets `app.close()` end with the last running request. Fastify closes the connections that are idle when it begins to
 * close; one that was busy then would stay open for the whole keep-alive time (72 s), and the server with it.
 */
export const drain = fp(async function drain (app) {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onResponse', async () => {
    if (closing) setImmediate(() => app.server.closeIdleConnections())
  })
}, { fastify: '5.x', name: 'example-drain' })
