import type { Metadata } from '../model/meta.js'
import type { ResourceDefinition } from '../resource/definition/core-options.js'
import { didYouMean } from '../suggest.js'
import type { ClientTypes, FeatureName, ModelName, ModelOf } from './client-types.js'
import { defineResource, type ResourceOptions } from './define-resource.js'
import type { TypedResourceOptions } from './typed-options.js'

/** Declares resources whose names the compiler checks against the schema. */
export interface Resources<Types extends ClientTypes, Meta extends Metadata> {
  /**
   * Declares a resource, as `defineResource` does.
   *
   * @throws TypeError for a model that does not exist, and for options that do not exist or are of another type
   */
  readonly define: <
    Name extends ModelName<Types>,
    Computed extends string = never,
    Ordering extends string = never,
    Column extends string = never
  >(
    model: Name,
    options?: TypedResourceOptions<
      ModelOf<Types, Name>,
      FeatureName<Meta, Name>,
      ModelName<Types>,
      Computed,
      Ordering,
      Column
    >
  ) => ResourceDefinition
}

/**
 * Binds `defineResource` to a schema, so that wrong names of models, fields, relations and paths do not compile.
 *
 * `Types` are those of the generated client; they have the fields of every model with their TypeScript types. `Meta`
 * has the features, which compute values such as `fullName`.
 *
 * @example
 * const resources = resourcesOf<Prisma.TypeMap, CommonsMetadata>(metadata)
 * const contracts = resources.define('Contract', { readOnly: ['status'], list: { search: ['customer.name'] } })
 */
export function resourcesOf<Types extends ClientTypes, Meta extends Metadata = Metadata> (
  metadata: Meta
): Resources<Types, Meta> {
  return {
    define (model, options) {
      if (!Object.hasOwn(metadata.models, model)) {
        throw new TypeError(
          `resource ${model}: the model is unknown. ${didYouMean(model, Object.keys(metadata.models))}`
        )
      }
      // The types of the options are narrower than the general ones, where hooks take items.
      return defineResource({ ...options, model } as unknown as ResourceOptions)
    }
  }
}
