import type { Feature } from './feature.js'

/** `@commons.generated`: fields that the database computes. */
export const generated: Feature = {
  ownedFields: ({ generated = [] }) => generated
}
