import type { Model } from '../../../lib/model/registry.js'
import type { Input } from './input.js'

/** Selects the primary key of rows. */
export function keySelect ({ primaryKey }: Model): Input {
  return Object.fromEntries(primaryKey.fields.map(field => [field, true]))
}

/** The selector of the row that has a primary key. */
export function selectorOf ({ primaryKey }: Model, key: Input): Input {
  return primaryKey.fields.length === 1 ? key : { [primaryKey.name]: key }
}
