import type { Registry } from '../../model/registry.js'
import type { ClientFields } from './computed-fields.js'
import type { CoreOptions, ResourceDefinition, SectionOptions } from './core-options.js'
import { resolveResource, type Resource } from './resource.js'

/** What resources are resolved with: the store of an extended client. */
export interface ResourceStore extends ClientFields {
  readonly registry: Registry
}

/** Options of all resources of a server; what a resource says itself wins, option by option. */
export interface DefinitionDefaults {
  readonly options: Partial<CoreOptions>
  readonly sections: SectionOptions
}

/** The resources of a server, each checked and completed once, whatever number of plugins serve it. */
export class ResourceRegistry {
  readonly #store: () => ResourceStore
  readonly #defaults: DefinitionDefaults
  readonly #resolved = new Map<ResourceDefinition, Resource>()

  /** @param store asked for when the first resource is resolved */
  constructor (store: () => ResourceStore, defaults: DefinitionDefaults = { options: {}, sections: {} }) {
    this.#store = store
    this.#defaults = defaults
  }

  /**
   * The resource of a definition.
   *
   * @throws TypeError for options that do not fit the model
   */
  resolve (definition: ResourceDefinition): Resource {
    const known = this.#resolved.get(definition)
    if (known !== undefined) return known
    const store = this.#store()
    const resource = resolveResource(this.#complete(definition, store.registry), store.registry, store)
    this.#resolved.set(definition, resource)
    return resource
  }

  /** Sections are merged option by option; without the section `import` a resource has no imports. */
  #complete ({ options, sections }: ResourceDefinition, registry: Registry): ResourceDefinition {
    const merged: Record<string, object | undefined> = { ...sections }
    for (const [name, section] of Object.entries(this.#defaults.sections)) {
      if (name !== 'import' || merged[name] !== undefined) merged[name] = { ...section, ...given(merged[name]) }
    }
    const model = [...registry.models].find(({ name }) => name === options.model)
    const { requireIfMatch, canSeeDeleted, ...defaults } = this.#defaults.options
    return {
      options: {
        ...defaults,
        ...(model?.meta.features.version !== undefined && given({ requireIfMatch })),
        ...(model?.meta.features.softDelete !== undefined && given({ canSeeDeleted })),
        ...(given(options) as CoreOptions)
      },
      sections: merged
    }
  }
}

/** Options that are undefined count as not given. */
function given (options: object | undefined): object {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined))
}
