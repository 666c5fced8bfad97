/** Tells whether a UTF-16 code unit is to be removed. */
export type CharacterTest = (character: string) => boolean

/**
 * The text without the characters at its end that the test accepts. A regular expression such as `0+$` tries every run
 * of the character anew, which takes quadratic time.
 */
export function trimEndWhere (text: string, test: CharacterTest): string {
  let end = text.length
  while (end > 0 && test(text[end - 1]!)) end--
  return text.slice(0, end)
}

/** The text without the characters at its start that the test accepts. */
export function trimStartWhere (text: string, test: CharacterTest): string {
  let start = 0
  while (start < text.length && test(text[start]!)) start++
  return text.slice(start)
}

/** The text without the characters at its start and its end that the test accepts. */
export function trimWhere (text: string, test: CharacterTest): string {
  return trimStartWhere(trimEndWhere(text, test), test)
}

/** Accepts one character. */
export function isCharacter (wanted: string): CharacterTest {
  return character => character === wanted
}
