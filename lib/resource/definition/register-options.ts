import { check, type OptionTable } from '../../options.js'
import type { ResourceDefinition } from './core-options.js'

/** What every plugin takes that serves a resource: the resource, and what any `register` takes. */
export interface ResourceRegistration {
  readonly resource: ResourceDefinition
  readonly prefix?: string
  readonly logLevel?: unknown
  readonly logSerializers?: unknown
}

export const resourceRegistration: OptionTable<ResourceRegistration> = {
  resource: check.required({
    expected: 'what defineResource gives',
    accepts: value => typeof value === 'object' && value !== null && 'options' in value
  }),
  prefix: { expected: 'a path', accepts: value => typeof value === 'string' },
  logLevel: check.string,
  logSerializers: { expected: 'an object of functions', accepts: value => typeof value === 'object' }
}
