import { isNeeded } from './is-needed.js'
import { isOwned } from './is-owned.js'
import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'

/** A field that no new row can be without and that gets no value: neither from a feature nor as one of those given. */
export function lackingField (model: Model, given: ReadonlySet<string>): FieldMeta | undefined {
  return model.meta.fields.find(
    field => isNeeded(model, field) && !isOwned(model.meta.features, field) && !given.has(field.name)
  )
}
