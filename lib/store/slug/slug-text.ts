/** Characters of a slug whose column has no limit of its own. */
export const defaultLimit = 255

/** Emoji are pictures: their names would be no words of the text. */
const emoji = /\p{Extended_Pictographic}|\p{Emoji_Presentation}|\p{Emoji_Modifier}/gu

/**
 * A text as the base of a slug: lower-case ASCII letters and digits, in groups joined by single hyphens, at most
 * `limit` characters; `item` when nothing is left. Apostrophes join what they stand between.
 *
 * @param transliterate gives a text in ASCII
 *
 * @example
 * slugText("It's Łódź & more!", transliterate, 255) // its-lodz-more
 */
export function slugText (text: string, transliterate: (text: string) => string, limit: number): string {
  const ascii = /\P{ASCII}/u.test(text) ? transliterate(text.replace(emoji, ' ')) : text
  const words = ascii
    .toLowerCase()
    .replace(/['`]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
  return cut(words, limit) || cut('item', limit)
}

/**
 * The slug of a base and a number: the base itself for 0, else `base-1`, the base cut so that it fits; undefined when
 * there is no room.
 */
export function numberedSlug (base: string, number: number, limit: number): string | undefined {
  if (number === 0) return base
  const suffix = `-${number}`
  return suffix.length < limit ? cut(base, limit - suffix.length) + suffix : undefined
}

function cut (text: string, length: number): string {
  const start = text.length > length ? text.slice(0, length) : text
  return start.endsWith('-') ? start.slice(0, -1) : start
}

/** Digits of the largest number that bases are cut for without losing their family. */
const digits = 7

/** What slugs have in common that numbering could make alike: the part of a base that is never cut. */
export function slugFamily (slug: string, limit: number): string {
  return cut(slug, Math.max(limit - 2 - digits, 0))
}

/** The families that a slug may be of: that of one that looks numbered is that of its base as well. */
export function slugFamilies (slug: string, limit: number): string[] {
  const own = slugFamily(slug, limit)
  const hyphen = slug.lastIndexOf('-')
  const isNumbered = hyphen > 0 && /^[1-9]\d*$/.test(slug.slice(hyphen + 1))
  const ofBase = isNumbered ? slugFamily(slug.slice(0, hyphen), limit) : own
  return own === ofBase ? [own] : [own, ofBase]
}
