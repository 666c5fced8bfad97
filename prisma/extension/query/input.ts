/** Arguments of Prisma's methods, or a part of them. They are the caller's: what changes is copied. */
export type Input = Readonly<Record<string, unknown>>

/** True for an object, as stands where a condition, a selection or a nested write is expected. */
export function isObject (value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The same object with every value mapped; the very same when none changed. */
export function mapEntries (input: Input, map: (key: string, value: unknown) => unknown): Input {
  let copy: Record<string, unknown> | undefined
  for (const key of Object.keys(input)) {
    const value = input[key]
    const mapped = map(key, value)
    if (mapped === value) continue
    copy ??= { ...input }
    copy[key] = mapped
  }
  return copy ?? input
}

/** Maps what Prisma takes alone or in a list; the very same list when none changed. */
export function oneOrMany (value: unknown, map: (one: unknown) => unknown): unknown {
  if (!Array.isArray(value)) return map(value)
  const mapped = value.map(map)
  return mapped.every((one, i) => one === value[i]) ? value : mapped
}

/** What Prisma takes alone or in a list, as a list. */
export function listOf (value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}
