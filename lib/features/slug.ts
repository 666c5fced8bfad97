import type { Feature } from './feature.js'

/** `@commons.slug`: a unique text for URLs, made from other fields of a new row. */
export const slug: Feature = {
  filledFields: ({ slug = [] }) => slug.map(({ field }) => field)
}
