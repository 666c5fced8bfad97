import type { BulkActions } from './bulk-actions.js'
import type { ResourceDefinition } from '../definition/resource.js'

/** The resources that a server serves, for code that works on them without HTTP. */
export class BulkCatalogue {
  readonly #actions = new Map<ResourceDefinition, BulkActions>()

  /** @internal */
  add (definition: ResourceDefinition, actions: BulkActions): void {
    this.#actions.set(definition, actions)
  }

  /**
   * The checks and writes of a resource that was registered.
   *
   * @example
   * const { created } = await app.bulk.of(contracts).create(items, false)
   */
  of (definition: ResourceDefinition): BulkActions {
    const actions = this.#actions.get(definition)
    if (actions === undefined) {
      throw new TypeError(
        `The resource ${definition.options.model} is not registered: await app.register(bulk, { resource })`
      )
    }
    return actions
  }
}
