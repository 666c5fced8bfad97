/** Characters of a slug whose column has no limit of its own. */
export const defaultLimit = 255

/** Emoji are pictures: their names would be no words of the text. */
const emoji = /\p{Extended_Pictographic}|\p{Emoji_Presentation}|\p{Emoji_Modifier}/gu

/**
 * A text as the base of a slug: lower-case ASCII letters and digits, in groups joined by single hyphens, at most `limit`
 * characters; `item` when nothing is left. Apostrophes join what they stand between.
 *
 * @param transliterate gives a text in ASCII
 *
 * @example
 * slugText("It's Łódź & more!", transliterate, 255) // its-lodz-more
 */
export function slugText (text: string, transliterate: (text: string) => string, limit: number): string {
  const ascii = transliterate(text.replace(emoji, ' ')).toLowerCase().replace(/['`]/g, '')
  const words = ascii.match(/[a-z0-9]+/g) ?? []
  return cut(words.length === 0 ? 'item' : words.join('-'), limit)
}

/** The slug of a base and a number: the base itself for 0, else `base-1`, the base cut so that it fits; undefined when there is no room. */
export function numberedSlug (base: string, number: number, limit: number): string | undefined {
  if (number === 0) return base
  const suffix = `-${number}`
  return suffix.length < limit ? cut(base, limit - suffix.length) + suffix : undefined
}

function cut (text: string, length: number): string {
  return text.slice(0, length).replace(/-$/, '')
}

/** Digits of the largest number that bases are cut for without losing their family. */
const digits = 7

/**
 * What slugs have in common that numbering could make alike: the part of a base that is never cut. The family of a slug
 * that looks numbered is that of its base as well.
 */
export function slugFamilies (slug: string, limit: number): string[] {
  const family = (text: string): string => cut(text, Math.max(limit - 2 - digits, 0))
  const base = /^(.+)-[1-9]\d*$/s.exec(slug)?.[1]
  return [...new Set([family(slug), ...base === undefined ? [] : [family(base)]])]
}
