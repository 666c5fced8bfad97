/** What messages call one row and several. */
export interface ResourceNames {
  readonly singular: string
  readonly plural: string
}

/** Names from the model's: `LineItem` is "Line item" and "Line items". */
export function namesOf (model: string, singular?: string, plural?: string): ResourceNames {
  const [first = '', ...others] = model.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
  const one = singular ?? [first, ...others.map(word => (isAcronym(word) ? word : word.toLowerCase()))].join(' ')
  return { singular: one, plural: plural ?? pluralOf(one) }
}

function isAcronym (word: string): boolean {
  return word.length > 1 && word === word.toUpperCase()
}

/** Regular English plurals; others are given by option. */
function pluralOf (word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}
