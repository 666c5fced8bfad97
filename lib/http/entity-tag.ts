import { CommonsError } from '../errors.js'

/** An entity tag of a condition, without its quotes. */
export interface EntityTag {
  readonly text: string
  /** `W/"…"`: the same thing, maybe in another representation. */
  readonly isWeak: boolean
}

/** What `If-Match` or `If-None-Match` names: some tags, or with `*` whatever exists. */
export type EntityTags = '*' | readonly EntityTag[]

// One element of the list and the comma behind it. A tag holds no quotes and no blanks (RFC 9110, 8.8.3).
// eslint-disable-next-line no-control-regex
const element = /[ \t]*(?:(W\/)?"([^\u0000-\u0020"\u007f]*)"[ \t]*)?(?:,|$)/y

/**
 * Reads `If-Match` or `If-None-Match`; undefined when the header is absent. Empty elements of the list are ignored.
 * Takes time linear in the length of the header.
 *
 * @throws CommonsError `invalid_header` for what is no `*` and no list of tags
 * @example
 * parseEntityTags('If-Match', '"3", W/"2"') // [{ text: '3', isWeak: false }, { text: '2', isWeak: true }]
 */
export function parseEntityTags (
  header: string,
  value: string | readonly string[] | undefined
): EntityTags | undefined {
  if (value === undefined) return undefined
  const line = typeof value === 'string' ? value : value.join(',')
  if (line.trim() === '*') return '*'
  const tags: EntityTag[] = []
  element.lastIndex = 0
  for (let at = 0; at < line.length; at = element.lastIndex) {
    const match = element.exec(line)
    if (match === null) throw malformed(header)
    const [, weak, text] = match
    if (text !== undefined) tags.push({ text, isWeak: weak !== undefined })
  }
  if (tags.length === 0) throw malformed(header)
  return tags
}

/** The strong tag of a version. */
export function entityTagOf (version: number): string {
  return `"${version}"`
}

/**
 * Strong comparison, which `If-Match` asks for: a weak tag matches nothing. `*` matches whatever exists.
 *
 * @param version null for rows without one, which no tag matches
 */
export function matchesStrongly (tags: EntityTags, version: number | null): boolean {
  return tags === '*' || (version !== null && tags.some(({ text, isWeak }) => !isWeak && text === String(version)))
}

/** Weak comparison, which `If-None-Match` asks for. */
export function matchesWeakly (tags: EntityTags, version: number | null): boolean {
  return tags === '*' || (version !== null && tags.some(({ text }) => text === String(version)))
}

/** The versions that a row may have to match strongly. */
export function versionsOf (tags: readonly EntityTag[]): readonly number[] {
  return tags.flatMap(({ text, isWeak }) => (isWeak || String(Number(text) | 0) !== text ? [] : [Number(text)]))
}

function malformed (header: string): CommonsError {
  return new CommonsError('invalid_header', {
    params: { header, problem: 'must be * or a list of entity tags such as "1", "2"' }
  })
}
