import { shortened } from '../text/shorten.js'

export interface ScrubOptions {
  /** Characters of a text that are kept. Default: 2048. */
  readonly maxLength?: number
  /** Names that are secret beside the default ones, case and punctuation ignored. Default: none. */
  readonly secretNames?: readonly string[]
  /** Only these members of the outermost object are kept. Default: all. */
  readonly allow?: readonly string[]
}

/** What stands in the place of a secret. */
export const redacted = '[Redacted]'

/** Parts of names, in small letters without punctuation: `X-Api-Key` and `accessToken` are secret. */
const secretParts = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'authorization',
  'cookie',
  'apikey',
  'privatekey',
  'credential'
]
const secretWords: ReadonlySet<string> = new Set('pwd pin otp cvv cvc ssn sid session sessionid'.split(' '))

const depthLimit = 8
const memberLimit = 100
/** Values of one line. */
const valueLimit = 2000

/**
 * A copy of a value for the log: secrets replaced at any depth and in lists, long texts and lists cut. What is deeper
 * than eight levels, and more than 2000 values, are left out. Buffers and streams become their kind.
 *
 * @example
 * scrub({ user: 'ann', login: [{ password: 'x' }] }) // { user: 'ann', login: [{ password: '[Redacted]' }] }
 */
export function scrub (value: unknown, options: ScrubOptions = {}): unknown {
  const { maxLength = 2048, secretNames: more = [], allow } = options
  const others = new Set(more.map(plainName))
  const isSecretHere = (name: string): boolean => isSecret(name) || others.has(plainName(name))
  return copyOf(allowed(value, allow), depthLimit, { maxLength, isSecret: isSecretHere, left: valueLimit })
}

/** Whether a member of this name is secret. */
export function isSecret (name: string): boolean {
  const plain = plainName(name)
  return secretWords.has(plain) || secretParts.some(part => plain.includes(part))
}

function plainName (name: string): string {
  return name
    .slice(0, 200)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
}

function allowed (value: unknown, allow: readonly string[] | undefined): unknown {
  if (allow === undefined) return value
  const pick = (one: unknown): unknown => {
    if (typeof one !== 'object' || one === null) return one
    return Object.fromEntries(Object.entries(one).filter(([name]) => allow.includes(name)))
  }
  return Array.isArray(value) ? value.slice(0, memberLimit).map(pick) : pick(value)
}

interface Rules {
  readonly maxLength: number
  readonly isSecret: (name: string) => boolean
  /** Values that may still be copied. */
  left: number
}

function copyOf (value: unknown, depth: number, rules: Rules): unknown {
  if (rules.left-- <= 0) return '…'
  if (typeof value === 'string') return shortened(value, rules.maxLength)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return Array.isArray(value) ? '[…]' : '{…}'
  if (Array.isArray(value)) return value.slice(0, memberLimit).map(one => copyOf(one, depth - 1, rules))
  if (value instanceof Error) return errorCopy(value, depth, rules)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (!isPlain(value)) return `[${value.constructor?.name ?? 'object'}]`
  return members(value, depth, rules)
}

function members (value: object, depth: number, rules: Rules): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, memberLimit)
      .map(([name, one]) => [shortened(name), rules.isSecret(name) ? redacted : copyOf(one, depth - 1, rules)])
  )
}

/** The words of an error are the program's own; its other members may be a client's. */
function errorCopy (error: Error, depth: number, rules: Rules): Record<string, unknown> {
  const { message, stack } = error
  return {
    type: error.constructor.name,
    message: shortened(message, rules.maxLength),
    ...(stack !== undefined && { stack: shortened(stack, 4 * rules.maxLength) }),
    ...members({ ...error }, depth, rules)
  }
}

function isPlain (value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
