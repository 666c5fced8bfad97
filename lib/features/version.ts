import type { Feature } from './feature.js'

/** `@commons.version`: a number that each change of a row counts up. */
export const version: Feature = {
  ownedFields: ({ version }) => [version?.field],
  keptByUpsert: ({ version }) => [version?.field],
  counters: ({ version }) => [version?.field]
}
