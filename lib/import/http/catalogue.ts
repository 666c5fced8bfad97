import type { ResourceDefinition } from '../../resource/definition/resource.js'
import type { ImportActions } from './import-actions.js'

/** The imports that a server serves, for code that works on them without HTTP. */
export class ImportCatalogue {
  readonly #actions = new Map<ResourceDefinition, ImportActions>()

  /** @internal */
  add (definition: ResourceDefinition, actions: ImportActions): void {
    this.#actions.set(definition, actions)
  }

  /**
   * The import of a resource that was registered.
   *
   * @example
   * const { report } = await app.import.of(contracts).run('contracts.csv', { dryRun: true })
   */
  of (definition: ResourceDefinition): ImportActions {
    const actions = this.#actions.get(definition)
    if (actions === undefined) {
      throw new TypeError(
        `The import of ${definition.options.model} is not registered: await app.register(import, { resource })`
      )
    }
    return actions
  }
}
