type Schema = Readonly<Record<string, unknown>>
type Responses = Readonly<Record<string, unknown>>

/** What of a Fastify route schema is of interest here. */
export interface RouteSchema {
  readonly response?: unknown
  readonly produces?: unknown
}

/** Wrapped schemas, so that one that comes by again is let through. */
const wrapped = new WeakSet<object>()

const timestamp = { type: 'string', format: 'date-time' }
const message = { type: 'string' }
const openObject = { type: 'object', additionalProperties: true }

const errorProperties = {
  message,
  code: { type: 'string' },
  errors: { ...openObject, description: 'Field to messages; in a bulk request index to field to messages' },
  details: {
    type: 'array',
    items: {
      type: 'object',
      required: ['code', 'pointer', 'message'],
      properties: {
        code: { type: 'string' },
        pointer: { type: 'string', description: 'JSON Pointer into the request body' },
        message,
        index: { type: 'integer' },
        params: openObject
      }
    }
  },
  error_id: { type: 'string' }
}

/** JSON Schema of an error where no envelope is registered. */
export const bareErrorSchema: Schema = {
  type: 'object',
  required: ['message', 'code', 'errors', 'details'],
  properties: errorProperties
}

/** JSON Schema of the error envelope. */
export const errorSchema: Schema = mark({
  type: 'object',
  required: ['success', 'timestamp', 'message', 'code', 'errors', 'details', 'data'],
  properties: {
    success: { type: 'boolean', enum: [false] },
    timestamp,
    ...errorProperties,
    data: { description: 'null, unless the route says otherwise' }
  }
})

/** The error envelope as a server shares it: each response refers to it, and the OpenAPI document holds it once. */
export const sharedErrorSchema: Schema & { readonly $id: string } = {
  $id: 'fastify-prisma-commons-error',
  title: 'Error',
  ...errorSchema
}

/**
 * The schema of a route whose answers the envelope wraps: response schemas of 2xx get the envelope around them, those
 * of 4xx and 5xx allow the error envelope, to which they refer: the server has to have `sharedErrorSchema`. Nothing of
 * the original is changed; a route without response schemas gets none.
 *
 * @param route how errors name the route
 * @throws TypeError for response schemas that are no JSON Schema, e.g. of zod: they cannot be nested in one.
 */
export function envelopeSchema<RouteShape extends RouteSchema> (schema: RouteShape, route: string): RouteShape {
  const { response, produces } = schema
  if (typeof response !== 'object' || response === null) return schema
  if (Array.isArray(produces) && !produces.some(type => isJsonMediaType(String(type)))) return schema
  return { ...schema, response: wrapResponses(response as Responses, route) }
}

/** Whether a media type is JSON: `application/json` and all `+json`, but none of JSON Lines. */
export function isJsonMediaType (type: string): boolean {
  return /^[^;]*[/+]json\s*(?:;|$)/i.test(type)
}

function wrapResponses (responses: Responses, route: string): Responses {
  const hasSuccess = Object.keys(responses).some(isSuccessKey)
  const result: Record<string, unknown> = {}
  for (const [key, schema] of Object.entries(responses)) {
    const place = `${route}, response ${key}`
    if (isSuccessKey(key)) {
      result[key] = eachJson(schema, place, one => successSchema(one, !/^(?:207|2xx)$/i.test(key)))
    } else if (/^[45]/.test(key)) {
      result[key] = eachJson(schema, place, orError)
    } else if (key === 'default') {
      // Alone it also serves the 200, which then needs an entry of its own: a plain answer and an error share no shape.
      if (!hasSuccess) result['2xx'] = eachJson(schema, place, one => successSchema(one, false))
      result.default = eachJson(schema, place, orError)
    } else {
      result[key] = schema
    }
  }
  return result
}

/** 204 and 205 have no body. */
function isSuccessKey (key: string): boolean {
  return /^2/.test(key) && key !== '204' && key !== '205'
}

/** Applies a change to the schema of each JSON media type, or to the schema itself where no media types are named. */
function eachJson (given: unknown, place: string, change: (schema: Schema) => Schema): unknown {
  const once = (unwrapped: unknown): Schema => {
    const schema = plainSchema(unwrapped, place)
    return wrapped.has(schema) ? schema : change(schema)
  }
  const schema = plainSchema(given, place)
  if (typeof schema.content !== 'object' || schema.content === null) return once(schema)
  const media = Object.entries(schema.content as Record<string, { readonly schema?: unknown }>).map(
    ([type, entry]) => {
      const isJson = type === '*/*' || isJsonMediaType(type)
      return [type, isJson && entry.schema !== undefined ? { ...entry, schema: once(entry.schema) } : entry]
    }
  )
  return { ...schema, content: Object.fromEntries(media) }
}

function successSchema (schema: Schema, alwaysSucceeds: boolean): Schema {
  // A string is sent as it is, not as JSON.
  if (schema.type === 'string') return schema
  const { outer, inner } = splitAnnotations(schema)
  return mark({
    type: 'object',
    ...outer,
    required: ['success', 'timestamp', 'message', 'data'],
    properties: {
      success: alwaysSucceeds ? { type: 'boolean', enum: [true] } : { type: 'boolean' },
      timestamp,
      message,
      data: relocate(inner, '/properties/data'),
      meta: openObject
    }
  })
}

/** Errors are always possible; the route's own schema stays for bodies that its handler sends by hand. */
function orError (schema: Schema): Schema {
  const { outer, inner } = splitAnnotations(schema)
  const says = Object.keys(inner).some(key => key !== 'description' && !key.startsWith('x-'))
  const error = { $ref: `${sharedErrorSchema.$id}#` }
  return mark(says ? { ...outer, anyOf: [error, relocate(inner, '/anyOf/1')] } : { ...outer, ...error })
}

/** What OpenAPI reads at the root of a response, as opposed to its body. */
function splitAnnotations (schema: Schema): { outer: Schema; inner: Schema } {
  const { headers, description, 'x-response-description': responseDescription } = schema
  const outer = Object.fromEntries(
    Object.entries({ headers, description, 'x-response-description': responseDescription }).filter(
      ([, value]) => value !== undefined
    )
  )
  if (headers === undefined && responseDescription === undefined) return { outer, inner: schema }
  const { headers: _headers, 'x-response-description': _description, ...inner } = schema
  return { outer, inner }
}

/** Local references count from the root of what is compiled, and the schema has moved down from there. */
function relocate (node: unknown, base: string): unknown {
  if (typeof node !== 'object' || node === null) return node
  let copy: Record<string, unknown> | undefined
  for (const [key, child] of Object.entries(node)) {
    const isLocal = key === '$ref' && typeof child === 'string' && /^#(?:\/|$)/.test(child)
    const moved = isLocal ? `#${base}${child.slice(1)}` : relocate(child, base)
    if (moved === child) continue
    copy ??= (Array.isArray(node) ? [...node] : { ...node }) as Record<string, unknown>
    copy[key] = moved
  }
  return copy ?? node
}

function plainSchema (schema: unknown, place: string): Schema {
  if (typeof schema === 'boolean') return {}
  if (typeof schema === 'object' && schema !== null) {
    if ('isFluentSchema' in schema || Symbol.for('fluent-schema-object') in schema) return schema.valueOf() as Schema
    if (Object.getPrototypeOf(schema) === Object.prototype) return schema as Schema
  }
  throw new TypeError(
    `${place}: not a plain JSON Schema, so the envelope cannot wrap it. Convert it, or set config.envelope to ` +
      'false on the route'
  )
}

function mark<One extends Schema> (schema: One): One {
  wrapped.add(schema)
  return schema
}
