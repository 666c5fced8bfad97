import type { ResourceDefinition } from './core-options.js'

/** The resources that a plugin serves, for code of your own that works on them without HTTP. */
export class RegisteredActions<Actions> {
  readonly #plugin: string
  readonly #actions = new Map<ResourceDefinition, Actions>()

  /** @param plugin the name by which a resource is registered with it */
  constructor (plugin: string) {
    this.#plugin = plugin
  }

  /** @internal */
  add (definition: ResourceDefinition, actions: Actions): void {
    this.#actions.set(definition, actions)
  }

  /**
   * What the plugin can do with a resource that was registered.
   *
   * @throws TypeError for a resource that was not
   *
   * @example
   * const { created } = await app.bulk.of(contracts).create(items, false)
   */
  of (definition: ResourceDefinition): Actions {
    const actions = this.#actions.get(definition)
    if (actions !== undefined) return actions
    const { model } = definition.options
    throw new TypeError(`The resource ${model} is not registered: await app.register(${this.#plugin}, { resource })`)
  }
}
