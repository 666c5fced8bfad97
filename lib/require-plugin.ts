/** The part of a Fastify instance that is asked. */
export interface PluginHost {
  hasPlugin: (name: string) => boolean
}

/**
 * Fails with what to register when a plugin is missing. Call it where the plugin is first needed: in an `onReady` hook
 * to fail at start whatever the order of registration, or in a handler.
 *
 * @param name the plugin's name, which is also the path it is imported from.
 * @param purpose what needs it; begins the message.
 * @param otherwise what else to do, a sentence; ends the message.
 *
 * @example
 * app.addHook('onReady', async () => {
 *   requirePlugin(app, 'fastify-prisma-commons/current-user', 'The audit of Article')
 * })
 */
export function requirePlugin (app: PluginHost, name: string, purpose: string, otherwise?: string): void {
  if (app.hasPlugin(name)) return
  throw new Error(`${purpose} needs the plugin "${name}", which is not registered here: await app.register(import('${name}'))${otherwise === undefined ? '' : `. ${otherwise}`}`)
}
