import { InvalidValue } from './value-reader.js'

/**
 * The error of a value that does not keep a keyword of its rule.
 *
 * @param params of the keyword, as ajv names them
 * @param message what ajv says, for keywords without words of ours
 * @param path JSON Pointer into the value; empty for the value itself
 */
export function failure (
  keyword: string,
  params: Readonly<Record<string, unknown>>,
  message: string,
  path = ''
): InvalidValue {
  const limit = limitOf(keyword, params)
  const sentence = sentences[keyword]?.(limit) ?? message.replace(/^must/, 'Must')
  return new InvalidValue('invalid_value', {
    problem: path === '' ? sentence : `At "${path}": ${sentence}`,
    keyword,
    ...(limit === undefined ? {} : { limit })
  })
}

/** What a keyword asks of a value, with its limit. */
export function ruleSentence (keyword: string, limit: unknown): string | undefined {
  return sentences[keyword]?.(limit)
}

function limitOf (keyword: string, params: Readonly<Record<string, unknown>>): unknown {
  switch (keyword) {
    case 'enum':
      return params['allowedValues']
    case 'const':
      return params['allowedValue']
    case 'type':
    case 'multipleOf':
    case 'pattern':
    case 'format':
      return params[keyword]
    default:
      return params['limit']
  }
}

const sentences: { readonly [keyword: string]: (limit: unknown) => string } = {
  type: limit => `Must be of type ${[limit].flat().join(' or ')}`,
  minimum: limit => `Must be at least ${String(limit)}`,
  maximum: limit => `Must be at most ${String(limit)}`,
  exclusiveMinimum: limit => `Must be more than ${String(limit)}`,
  exclusiveMaximum: limit => `Must be less than ${String(limit)}`,
  multipleOf: limit => `Must be a multiple of ${String(limit)}`,
  minLength: limit => `Must have at least ${characters(limit)}`,
  maxLength: limit => `Must have at most ${characters(limit)}`,
  pattern: limit => `Must match the pattern ${String(limit)}`,
  format: limit => `Must have the format "${String(limit)}"`,
  enum: limit => `Must be one of ${(limit as readonly unknown[]).map(one => JSON.stringify(one)).join(', ')}`,
  const: limit => `Must be ${JSON.stringify(limit)}`,
  minItems: limit => `Must have at least ${elements(limit)}`,
  maxItems: limit => `Must have at most ${elements(limit)}`,
  uniqueItems: () => 'Must not have the same element twice'
}

function characters (limit: unknown): string {
  return limit === 1 ? '1 character' : `${String(limit)} characters`
}

function elements (limit: unknown): string {
  return limit === 1 ? '1 element' : `${String(limit)} elements`
}
