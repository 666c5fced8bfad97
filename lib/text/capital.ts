/** With a capital first letter. */
export function capital (word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** In the middle of a sentence; an acronym stays. */
export function uncapital (words: string): string {
  return /^[A-Z](?![A-Z])/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words
}
