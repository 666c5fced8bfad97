/** What messages call one row and several. */
export interface ResourceNames {
  readonly singular: string
  readonly plural: string
}

/** Names from the model's: `LineItem` is "Line item" and "Line items". */
export function namesOf (model: string, singular?: string, plural?: string): ResourceNames {
  const words = model.replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
  const one = singular ?? words
  return { singular: one, plural: plural ?? pluralOf(one) }
}

/** Regular English plurals; others are given by option. */
function pluralOf (word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}
