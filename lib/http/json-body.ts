import { isUtf8 } from 'node:buffer'
import { CommonsError, errorDetail, pointerTo } from '../errors.js'
import { parseJsonText } from '../text/parse-json-text.js'

/** What a forbidden key may be spelled with, escapes of its letters included: only such a body is searched. */
const suspicious = /__proto__|constructor|\\u00[5-7]/

/** The parameter of a media type that names its encoding. */
const charset = /;[ \t]*charset=[ \t]*"?([^\s;"]+)/i

/**
 * The text of a JSON body: JSON is in UTF-8.
 *
 * @throws CommonsError `unsupported_media_type` for another encoding, `malformed_body` for bytes that are not UTF-8
 */
export function jsonText (body: Uint8Array, contentType = ''): string {
  const name = charset.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8'
  if (name !== 'utf-8' && name !== 'utf8') {
    throw new CommonsError('unsupported_media_type', { message: 'The charset of JSON must be utf-8' })
  }
  if (!isUtf8(body)) throw new CommonsError('malformed_body', { message: 'The body is not valid UTF-8' })
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
}

/**
 * Parses a JSON body; of keys that repeat in an object the last one counts. A key by which an object's prototype could
 * be reached is refused where it stands, with its pointer, index and field.
 *
 * @throws CommonsError `malformed_body` or `forbidden_key`
 */
export function parseJson (text: string): unknown {
  let body: unknown
  try {
    // A byte order mark is no JSON, but some clients send it.
    body = parseJsonText(text.startsWith('\uFEFF') ? text.slice(1) : text)
  } catch (cause) {
    throw new CommonsError('malformed_body', { cause })
  }
  if (suspicious.test(text)) {
    const key = findForbidden(body)
    if (key !== undefined) throw forbiddenKey(key)
  }
  return body
}

/** A place in the body, linked to the one around it: a path copied at each level would cost the square of the depth. */
interface Step {
  readonly name: string | number
  readonly parent: Step | undefined
}

function findForbidden (body: unknown): Step | undefined {
  const open: { readonly value: object; readonly step: Step | undefined }[] = []
  const visit = (value: unknown, step: Step | undefined): void => {
    if (typeof value === 'object' && value !== null) open.push({ value, step })
  }
  visit(body, undefined)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, step: parent } = next
    if (Array.isArray(value)) {
      value.forEach((element, name) => visit(element, { name, parent }))
      continue
    }
    for (const [name, element] of Object.entries(value)) {
      if (name === '__proto__' || (name === 'constructor' && isPrototypeHolder(element))) return { name, parent }
      visit(element, { name, parent })
    }
  }
  return undefined
}

function isPrototypeHolder (value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}

function forbiddenKey (found: Step): CommonsError {
  const path: (string | number)[] = []
  for (let step: Step | undefined = found; step !== undefined; step = step.parent) path.push(step.name)
  path.reverse()
  const [first] = path
  const isItem = typeof first === 'number'
  const place = { ...(isItem ? { index: first } : {}), field: path.slice(isItem ? 1 : 0).join('.') }
  const key = found.name
  return new CommonsError('forbidden_key', {
    params: { key },
    details: [{ ...errorDetail('forbidden_key', place, { key }), pointer: pointerTo(path) }]
  })
}
