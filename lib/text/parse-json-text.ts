import { randomUUID } from 'node:crypto'

/**
 * Parses JSON as JSON.parse should. V8 13 and 14 (Node 24 and 26) read some escaped keys of objects wrongly: after
 * `{"a":[],"\\":0}` the key of `{"a":1,"\"":2}` comes out as a backslash, and may overwrite another value
 * (nodejs/node issue 63785). So escaped keys, which are rare, never reach JSON.parse: placeholders stand for them.
 *
 * @param reviver as JSON.parse calls it; keys with escapes reach it as placeholders
 * @throws SyntaxError for text that is not JSON
 */
export function parseJsonText (text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  const keys = escapedKeys(text)
  if (keys.length === 0) return JSON.parse(text, reviver)
  const prefix = `${randomUUID()}:`
  const names = new Map<string, string>()
  const parts: string[] = []
  let copied = 0
  for (const [i, { start, end }] of keys.entries()) {
    const placeholder = `${prefix}${i}`
    names.set(placeholder, JSON.parse(text.slice(start, end)) as string)
    parts.push(text.slice(copied, start), `"${placeholder}"`)
    copied = end
  }
  parts.push(text.slice(copied))
  const value: unknown = JSON.parse(parts.join(''), reviver)
  restoreKeys(value, names)
  return value
}

interface Span {
  readonly start: number
  readonly end: number
}

/** A quote that is not escaped ends a string. */
const stringEnd = /["\\]/g

const keyFollows = /[ \t\r\n]*:/y

/** Where the keys that hold an escape stand, with their quotes. Text outside of strings holds no backslash. */
function escapedKeys (text: string): readonly Span[] {
  const spans: Span[] = []
  for (let at = text.indexOf('\\'); at !== -1;) {
    const start = text.lastIndexOf('"', at)
    const end = endOfString(text, at)
    if (start === -1 || end === undefined) return spans
    keyFollows.lastIndex = end
    if (keyFollows.test(text)) spans.push({ start, end })
    at = text.indexOf('\\', end)
  }
  return spans
}

/** Behind the quote that ends the string whose first escape is at this place. */
function endOfString (text: string, escape: number): number | undefined {
  stringEnd.lastIndex = escape
  for (let found = stringEnd.exec(text); found !== null; found = stringEnd.exec(text)) {
    if (found[0] === '"') return stringEnd.lastIndex
    stringEnd.lastIndex += 1
  }
  return undefined
}

/** Gives objects their own keys again, in their order; the last of equal keys counts, at the place of the first. */
function restoreKeys (root: unknown, names: ReadonlyMap<string, string>): void {
  const open: unknown[] = [root]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue
    const entries = Object.entries(value)
    // A loop: as arguments of push, a long list would overflow the stack.
    for (const [, element] of entries) if (typeof element === 'object' && element !== null) open.push(element)
    if (entries.some(([key]) => names.has(key))) replaceKeys(value, entries, names)
  }
}

function replaceKeys (
  object: object,
  entries: readonly (readonly [string, unknown])[],
  names: ReadonlyMap<string, string>
): void {
  for (const [key] of entries) Reflect.deleteProperty(object, key)
  for (const [key, value] of entries) {
    // Assignment would set the prototype when the key is "__proto__".
    Object.defineProperty(object, names.get(key) ?? key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true
    })
  }
}
