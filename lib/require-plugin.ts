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
  throw new Error(
    `${purpose} needs the plugin "${name}", which is not registered here: await ` +
      `app.register(import('${name}'))${otherwise === undefined ? '' : `. ${otherwise}`}`
  )
}

/** A scope of a server; those within it have it as their prototype. */
export interface ServerScope {
  /** The same in all scopes of a server. */
  readonly server: object
}

const noted = new WeakMap<object, { readonly name: string; readonly scope: ServerScope }[]>()

/** Tells the scopes around this one that a plugin is registered here, which `hasPlugin` shows to those within only. */
export function notePlugin (scope: ServerScope, name: string): void {
  const known = noted.get(scope.server)
  if (known === undefined) noted.set(scope.server, [{ name, scope }])
  else known.push({ name, scope })
}

/** True when a plugin has noted that it is registered in a scope within this one, at any depth. */
export function isPluginWithin (app: ServerScope, name: string): boolean {
  return (
    noted
      .get(app.server)
      ?.some(plugin => plugin.name === name && Object.prototype.isPrototypeOf.call(app, plugin.scope)) ?? false
  )
}
