/**
 * Levels of lists and objects that a JSON value may have. The database and JSON.stringify give up some thousands later.
 */
export const jsonDepth = 512

/** What keeps a parsed JSON value from being stored as it is; undefined when nothing does. Takes no stack. */
export function jsonProblem (value: unknown): string | undefined {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = []
    for (const one of level) {
      if (typeof one === 'string' && !isWellFormed(one)) return unpairedSurrogate
      if (typeof one === 'number' && !Number.isFinite(one)) return 'Numbers must fit a 64-bit float'
      if (typeof one !== 'object' || one === null) continue
      if (depth === jsonDepth) return `The JSON is nested deeper than ${jsonDepth} levels`
      if (Array.isArray(one)) {
        for (const element of one) next.push(element)
        continue
      }
      for (const name of Object.keys(one)) {
        if (!isWellFormed(name)) return unpairedSurrogate
        next.push((one as Record<string, unknown>)[name])
      }
    }
    level = next
  }
  return undefined
}

export const unpairedSurrogate = 'Text may not hold half of a surrogate pair'

const surrogate = /\p{Surrogate}/u

/** False for text that no UTF-8 can carry: on its way to the database it would be changed. */
export function isWellFormed (text: string): boolean {
  return !surrogate.test(text)
}
