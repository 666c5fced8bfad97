import assert from 'node:assert'
import type { WireDetail } from '../envelope/body.js'

/** An answer of `app.inject`. */
export interface TestAnswer {
  readonly statusCode: number
  readonly body: string
  json: () => unknown
}

interface Envelope {
  readonly success?: unknown
  readonly timestamp?: unknown
  readonly message?: unknown
  readonly data?: unknown
  readonly code?: unknown
  readonly details?: readonly WireDetail[]
}

/**
 * Checks that an answer is an envelope of success, and gives its data.
 *
 * @param status default: any 2xx
 *
 * @example
 * const contract = assertSuccess(await app.inject('/contracts/1'), 200)
 */
export function assertSuccess (answer: TestAnswer, status?: number): unknown {
  const { statusCode, body } = answer
  const isExpected = status === undefined ? statusCode >= 200 && statusCode < 300 : statusCode === status
  assert.ok(isExpected, `Expected status ${status ?? '2xx'}, not ${statusCode}: ${body}`)
  const envelope = envelopeOf(answer)
  assert.equal(envelope.success, true, `Expected "success": true: ${body}`)
  return envelope.data
}

/**
 * Checks that an answer is an envelope of an error with this code and status, and gives its details.
 *
 * @example
 * assertError(await app.inject('/contracts/0'), 404, 'object_not_found')
 */
export function assertError (answer: TestAnswer, status: number, code: string): readonly WireDetail[] {
  const { statusCode, body } = answer
  assert.equal(statusCode, status, `Expected status ${status}, not ${statusCode}: ${body}`)
  const envelope = envelopeOf(answer)
  assert.equal(envelope.success, false, `Expected "success": false: ${body}`)
  assert.equal(envelope.code, code, `Expected the code "${code}", not "${String(envelope.code)}": ${body}`)
  return envelope.details ?? []
}

/**
 * Checks the errors of a bulk answer by the index of their item: all of them, in any order.
 *
 * @param expected codes by index
 *
 * @example
 * assertItemErrors(answer, { 0: ['required'], 3: ['unique_violation'] })
 */
export function assertItemErrors (answer: TestAnswer, expected: Readonly<Record<number, readonly string[]>>): void {
  const found = new Map<string, string[]>()
  for (const { index = 'request', code } of envelopeOf(answer).details ?? []) {
    found.set(String(index), [...(found.get(String(index)) ?? []), code].sort())
  }
  const wanted = Object.entries(expected).map(([index, codes]) => [index, [...codes].sort()])
  assert.deepEqual(Object.fromEntries(found), Object.fromEntries(wanted), `The errors of items differ: ${answer.body}`)
}

/** Checks who wrote a row. @param updatedBy default: the same user */
export function assertAudit (
  row: unknown,
  createdBy: { readonly id: unknown } | null,
  updatedBy: { readonly id: unknown } | null = createdBy
): void {
  const { createdById, updatedById } = row as { readonly createdById?: unknown; readonly updatedById?: unknown }
  const wanted = { createdById: createdBy?.id ?? null, updatedById: updatedBy?.id ?? null }
  assert.deepEqual({ createdById, updatedById }, wanted, 'The audit columns differ')
}

function envelopeOf (answer: TestAnswer): Envelope {
  const envelope = answer.json() as Envelope | null
  const isEnvelope = typeof envelope?.timestamp === 'string' && typeof envelope.message === 'string'
  assert.ok(isEnvelope, `The answer is no envelope: ${answer.body}`)
  return envelope
}
