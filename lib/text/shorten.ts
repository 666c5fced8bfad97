/** Characters of a name or value of a request that errors repeat. */
const nameLength = 100
/** Characters of a sentence, which may list what is known. */
const sentenceLength = 1000
/** Elements of a list in the params of an error, and members of an object. */
const listLength = 100
/** Levels of lists and objects in the params of an error. */
const paramDepth = 3

/** Params that repeat what a client sent; others are our words. */
const repeated: ReadonlySet<string> = new Set(['column', 'field', 'fields', 'key', 'name', 'parameter', 'value'])

/** A part of a text keeps all of it in memory; a copy does not. */
export function copied (text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}

/** The start of a text, with an ellipsis when it is longer; no character is torn. */
export function shortened (text: string, length = nameLength): string {
  if (text.length <= length) return text
  const isTorn = /[\ud800-\udbff]/.test(text[length - 1]!)
  return `${copied(text.slice(0, isTorn ? length - 1 : length))}…`
}

/** A sentence of an error. */
export function shortSentence (text: string): string {
  return shortened(text, sentenceLength)
}

/**
 * The params of an error with what a client sent cut short, so that neither an answer nor a line of the log is as large
 * as the request. Values that are no JSON become their text.
 */
export function shortParams (params: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(params)
      .slice(0, listLength)
      .map(([name, value]) => [
        shortened(name),
        shortValue(value, repeated.has(name) ? nameLength : sentenceLength, paramDepth)
      ])
  )
}

/** A value that a client sent, as answers repeat it. */
export function repeatedValue (value: unknown): unknown {
  return shortValue(value, nameLength, paramDepth)
}

function shortValue (value: unknown, length: number, depth: number): unknown {
  if (typeof value === 'string') return shortened(value, length)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value
  if (Array.isArray(value) && depth > 0) {
    return value.slice(0, listLength).map(one => shortValue(one, length, depth - 1))
  }
  return isPlain(value) && depth > 0
    ? Object.fromEntries(
      Object.entries(value)
        .slice(0, listLength)
        .map(([name, one]) => [shortened(name), shortValue(one, length, depth - 1)])
    )
    : textOf(value, length)
}

/** Lists and plain objects that are nested too deep have no text: that of some would run out of stack. */
function textOf (value: object, length: number): string {
  if (Array.isArray(value)) return '[…]'
  return isPlain(value) ? '{…}' : shortened(String(value), length)
}

function isPlain (value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
