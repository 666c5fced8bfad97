/** What a request of a list may ask for at most, so that no request costs what thousands of others do. */
export const listLimits = {
  /** Comparisons in all filters together, and groups of them. */
  terms: 50,
  /** Values of one `in` or `nin`. */
  values: 1000,
  /** Groups of filters inside one another: `and`, `or`, `not`. */
  depth: 5,
  /** Terms of an ordering. */
  ordering: 5,
  /** Words and characters of a search. */
  words: 10,
  searchLength: 200,
  /** Relations on the way to a field. */
  relations: 3
} as const
