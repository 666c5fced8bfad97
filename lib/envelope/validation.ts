import { errorDetail, pointerTo } from '../errors.js'
import type { ErrorCode, ErrorDetail, ErrorParams } from '../errors.js'

/** One finding of a schema validator, in the shape of ajv that Fastify hands on. */
export interface SchemaFinding {
  readonly keyword?: string
  /** JSON Pointer to the value, e.g. `/3/amount`. */
  readonly instancePath?: string
  readonly params?: ErrorParams
  readonly message?: string
}

/**
 * Findings of a validator as details, with the field (the item's, when the body is a list) and, for bodies, the
 * pointer.
 *
 * @param part what was validated: `body`, `querystring`, `params` or `headers`
 */
export function validationDetails (findings: readonly SchemaFinding[], part: string, body: unknown): ErrorDetail[] {
  return findings.map(finding => {
    const path = pathOf(finding)
    if (part === 'querystring' && path.length > 0) return parameterDetail(finding, path.join('.'))
    if (part === 'body') return bodyDetail(finding, path, Array.isArray(body))
    const detail = errorDetail(codeOf(finding), fieldPlace(path), { ...paramsOf(finding), in: part })
    return { ...detail, pointer: '' }
  })
}

function bodyDetail (finding: SchemaFinding, path: readonly string[], isList: boolean): ErrorDetail {
  const isItem = isList && path[0] !== undefined && /^\d+$/.test(path[0])
  const place = isItem ? { index: Number(path[0]), ...fieldPlace(path.slice(1)) } : fieldPlace(path)
  return { ...errorDetail(codeOf(finding), place, paramsOf(finding)), pointer: pointerTo(path) }
}

function parameterDetail (finding: SchemaFinding, parameter: string): ErrorDetail {
  const place = { field: parameter }
  const detail =
    finding.keyword === 'additionalProperties'
      ? errorDetail('unknown_parameter', place, { parameter })
      : errorDetail('invalid_parameter', place, { ...finding.params, parameter, problem: problemOf(finding) })
  return { ...detail, pointer: '' }
}

/** Where the finding is; the name of a missing or unknown property is a step of its own. */
function pathOf ({ instancePath = '', params }: SchemaFinding): string[] {
  const path = instancePath
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const property = params?.missingProperty ?? params?.additionalProperty
  return typeof property === 'string' ? [...path, property] : path
}

function fieldPlace (path: readonly string[]): { field?: string } {
  return path.length === 0 ? {} : { field: path.join('.') }
}

function codeOf ({ keyword }: SchemaFinding): ErrorCode {
  switch (keyword) {
    case 'required':
      return 'required'
    case 'additionalProperties':
      return 'unknown_field'
    case 'type':
      return 'invalid_type'
    default:
      return 'invalid_value'
  }
}

function paramsOf (finding: SchemaFinding): ErrorParams {
  switch (finding.keyword) {
    case 'required':
      return {}
    case 'additionalProperties':
      return { field: finding.params?.additionalProperty }
    case 'type':
      return { expected: [finding.params?.type].flat().join(' or ') }
    default:
      return { ...finding.params, problem: problemOf(finding) }
  }
}

function problemOf ({ keyword, message = 'is not valid', params }: SchemaFinding): string {
  if (keyword === 'required') return 'is required'
  return Array.isArray(params?.allowedValues) ? `${message}: ${params.allowedValues.join(', ')}` : message
}
