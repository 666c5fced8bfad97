const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y
const space = /[ \t]*/y
const quoted = /"[^"\\]*(?:\\[^][^"\\]*)*"/y
/** The rest of a list element: up to a comma that stands in no quoted string, closed or not. */
const element = /(?:[^,"]+|"[^"\\]*(?:\\[^][^"\\]*)*(?:"|\\?$))*/y

/** Preferences of a request, lower-case name to value; a preference without a value has the empty one. */
export type Preferences = ReadonlyMap<string, string>

/**
 * Reads the `Prefer` header (RFC 7240). The first of several preferences of one name counts, also across repeated
 * headers. Values keep their case; parameters of preferences are ignored. What does not follow the grammar is
 * left out, as preferences may always be ignored. Takes time linear in the length of the header.
 *
 * @example
 * parsePrefer('return=minimal, handling="lenient"; x=1') // Map { 'return' => 'minimal', 'handling' => 'lenient' }
 */
export function parsePrefer (header: string | readonly string[] | undefined): Preferences {
  const preferences = new Map<string, string>()
  const lines = typeof header === 'string' ? [header] : (header ?? [])
  for (const line of lines) {
    const scanner = new Scanner(line)
    while (!scanner.atEnd) {
      const preference = scanner.preference()
      if (preference !== undefined && !preferences.has(preference.name)) {
        preferences.set(preference.name, preference.value)
      }
    }
  }
  return preferences
}

/**
 * What to send as `Preference-Applied`; undefined when nothing was applied.
 *
 * @example
 * appliedHeader([['return', 'minimal'], ['respond-async', '']]) // 'return=minimal, respond-async'
 */
export function appliedHeader (applied: Iterable<readonly [name: string, value: string]>): string | undefined {
  const printed = Array.from(applied, ([name, value]) => (value === '' ? name : `${name}=${printValue(value)}`))
  return printed.length === 0 ? undefined : printed.join(', ')
}

function printValue (value: string): string {
  token.lastIndex = 0
  return token.exec(value)?.[0] === value ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}

interface Parameter {
  readonly name: string
  readonly value: string
}

/** Walks over one header line; every step moves on, and none looks back. */
class Scanner {
  readonly #text: string
  #at = 0

  constructor (text: string) {
    this.#text = text
  }

  get atEnd (): boolean {
    return this.#at >= this.#text.length
  }

  /** The next element of the list, undefined for an empty or malformed one; ends behind its comma. */
  preference (): Parameter | undefined {
    this.#take(space)
    const preference = this.#parameter()
    let wellFormed = preference !== undefined
    while (wellFormed && this.#skip(';')) {
      // An empty parameter, as in `a;`, is allowed.
      wellFormed = this.#parameter() !== undefined || this.atEnd || ';,'.includes(this.#text.charAt(this.#at))
    }
    if (this.#skip(',') || this.atEnd) return wellFormed ? preference : undefined
    this.#take(element)
    this.#skip(',')
    return undefined
  }

  #parameter (): Parameter | undefined {
    const name = this.#take(token)
    if (name === undefined) return undefined
    this.#take(space)
    const value = this.#skip('=') ? this.#word() : ''
    this.#take(space)
    return value === undefined ? undefined : { name: name.toLowerCase(), value }
  }

  /** A token or quoted string; nothing at all counts as the empty value. */
  #word (): string | undefined {
    if (this.#text[this.#at] === '"') {
      return this.#take(quoted)
        ?.slice(1, -1)
        .replace(/\\([^])/g, '$1')
    }
    return this.#take(token) ?? ''
  }

  /** Steps over one character and the blanks after it, if it is the next one. */
  #skip (character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    this.#take(space)
    return true
  }

  #take (pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)?.[0]
    if (match !== undefined) this.#at += match.length
    return match
  }
}
