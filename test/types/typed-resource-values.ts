import { Type } from '@sinclair/typebox'
import { manyDataToData } from 'fastify-prisma-commons'
import { resources } from './typed-resources.js'

/** As zod's `toJSONSchema` types them: properties that may be undefined, and others that no rule has. */
interface ForeignSchema {
  readonly $schema?: string | undefined
  readonly type?: 'string' | 'number' | undefined
  readonly minLength?: number | undefined
  readonly [key: string]: unknown
}

const foreign: ForeignSchema = { type: 'string', minLength: 1 }

export const accepted = resources.define('Contract', {
  writeOnly: ['note'],
  values: {
    amount: { minimum: 0 },
    note: foreign,
    year: Type.Integer({ minimum: 2000 }),
    contractNumber: { trim: true }
  },
  canWrite: { amount: request => request.headers['x-admin'] !== undefined, customer: async () => true },
  relations: { tags: manyDataToData({ values: { name: { maxLength: 20 } }, canWrite: { name: () => false } }) }
})

export function refused () {
  // @ts-expect-error an unknown field
  resources.define('Contract', { values: { amounts: { minimum: 0 } } })
  // @ts-expect-error an unknown keyword
  resources.define('Contract', { values: { amount: { minimun: 0 } } })
  // @ts-expect-error a limit is a number
  resources.define('Contract', { values: { amount: { minimum: '0' } } })
  // @ts-expect-error an unknown field
  resources.define('Contract', { writeOnly: ['password'] })
  // @ts-expect-error a relation is not a field
  resources.define('Contract', { writeOnly: ['customer'] })
  // @ts-expect-error an unknown field
  resources.define('Contract', { canWrite: { role: () => true } })
  // @ts-expect-error not a function
  resources.define('Contract', { canWrite: { amount: true } })
}
