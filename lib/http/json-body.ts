import { CommonsError, errorDetail } from '../errors.js'

/** What a forbidden key may be spelled with, escapes of its letters included: only such a body is searched. */
const suspicious = /__proto__|constructor|\\u00[5-7]/

/**
 * Parses a JSON body. A key by which an object's prototype could be reached is refused where it stands, with its
 * pointer, index and field.
 *
 * @throws CommonsError `malformed_body` or `forbidden_key`
 */
export function parseJson (text: string): unknown {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new CommonsError('malformed_body', { cause })
  }
  if (suspicious.test(text)) {
    const path = findForbidden(body)
    if (path !== undefined) throw forbiddenKey(path)
  }
  return body
}

type Path = readonly (string | number)[]

function findForbidden (body: unknown): Path | undefined {
  const open: { readonly value: object, readonly path: Path }[] = []
  const visit = (value: unknown, path: Path): void => {
    if (typeof value === 'object' && value !== null) open.push({ value, path })
  }
  visit(body, [])
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next
    if (Array.isArray(value)) {
      value.forEach((element, i) => visit(element, [...path, i]))
      continue
    }
    for (const [key, element] of Object.entries(value)) {
      if (key === '__proto__' || (key === 'constructor' && isPrototypeHolder(element))) return [...path, key]
      visit(element, [...path, key])
    }
  }
  return undefined
}

function isPrototypeHolder (value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}

function forbiddenKey (path: Path): CommonsError {
  const [first, ...rest] = path
  const key = path.at(-1)
  const place = typeof first === 'number' ? { index: first, field: rest.join('.') } : { field: path.join('.') }
  return new CommonsError('forbidden_key', { params: { key }, details: [errorDetail('forbidden_key', place, { key })] })
}
