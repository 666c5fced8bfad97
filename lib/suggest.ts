/** The number of single-character edits between two words. */
function distance (a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1))
    }
    previous = row
  }
  return previous[b.length]!
}

/** The known word that `word` is most likely a typo of, if any is near enough. */
export function nearest (word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    // Words differ by their difference in length at least; a very long one, sent to cost time, is not compared at all.
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const d = distance(word.toLowerCase(), candidate.toLowerCase())
    if (d < bestDistance) {
      best = candidate
      bestDistance = d
    }
  }
  return best
}

/**
 * The sentence that ends an "unknown name" message: a suggestion when one is near, else what is known.
 *
 * @example
 * didYouMean('titel', ['title', 'body']) // 'Did you mean "title"?'
 * didYouMean('x', ['title', 'body'])     // 'Known: title, body'
 */
export function didYouMean (word: string, known: Iterable<string>): string {
  const names = [...known]
  const match = nearest(word, names)
  return match === undefined ? `Known: ${names.join(', ')}` : `Did you mean "${match}"?`
}
