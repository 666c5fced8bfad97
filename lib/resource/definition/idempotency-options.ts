import type { Model, Registry } from '../../model/registry.js'
import { check, checkOptions } from '../../options.js'

/** How a resource remembers its answers to requests with the header `Idempotency-Key`. */
export interface IdempotencyOptions {
  /** The model that holds them. Default: `IdempotencyKey`. */
  readonly model?: string
  /** Answer 400 to writes without a key. Default: false. */
  readonly required?: boolean
  /** Seconds that an answer is kept. Default: 86 400, a day. */
  readonly ttlSeconds?: number
  /** Bytes of an answer that is kept whole; of a larger one all but its data is kept. Default: 1 MiB. */
  readonly maxAnswerBytes?: number
  /**
   * Keys that an actor may have at a time; a write with a further one is 429 until one of them expires. Default:
   * 10,000.
   */
  readonly maxKeys?: number
}

/** The same, checked. */
export interface Idempotency {
  readonly model: Model
  readonly required: boolean
  readonly ttlSeconds: number
  readonly maxAnswerBytes: number
  readonly maxKeys: number
}

/** The fields that the model must have. */
export const keyFields = {
  actor: 'String',
  key: 'String',
  fingerprint: 'String',
  answer: 'String',
  expiresAt: 'DateTime'
} as const

/** Checks the option of a resource; null where answers are not kept. */
export function resolveIdempotency (
  owner: string,
  option: boolean | IdempotencyOptions | undefined,
  registry: Registry
): Idempotency | null {
  if (option === undefined || option === false) return null
  const options = option === true ? {} : option
  checkOptions(`${owner}, idempotency`, options, {
    model: check.string,
    required: check.boolean,
    ttlSeconds: check.integer(1),
    maxAnswerBytes: check.integer(0),
    maxKeys: check.integer(1)
  })
  const {
    model: name = 'IdempotencyKey',
    required = false,
    ttlSeconds = 86_400,
    maxAnswerBytes = 2 ** 20,
    maxKeys = 10_000
  } = options
  const model = [...registry.models].find(model => model.name === name)
  const lacking = Object.entries(keyFields)
    .filter(([field, type]) => model?.field(field)?.type !== type)
    .map(([field, type]) => `${field} ${type}`)
  if (model === undefined) {
    throw new TypeError(
      `${owner}: option "idempotency" needs the model ${name}, which is not in the schema: ` +
        'paste it from docs/write-modes.md'
    )
  }
  if (lacking.length > 0) {
    throw new TypeError(`${owner}: option "idempotency" needs the model ${name} to have ${lacking.join(', ')}`)
  }
  if (model.primaryKey.fields.join() !== 'actor,key') {
    throw new TypeError(`${owner}: option "idempotency" needs the model ${name} to have @@id([actor, key])`)
  }
  return { model, required, ttlSeconds, maxAnswerBytes, maxKeys }
}
