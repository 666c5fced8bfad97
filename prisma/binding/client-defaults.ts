import cuid from '@bugsnag/cuid'
import { createId } from '@paralleldrive/cuid2'
import { nanoid } from 'nanoid'
import { randomUUID } from 'node:crypto'
import { ulid } from 'ulid'
import { v7 } from 'uuid'
import type { DefaultMeta } from '../../lib/model/meta.js'

/**
 * Makes the defaults that Prisma makes in its client rather than in the database, by the same libraries: SQL of our
 * own passes Prisma's engine by.
 */
export function generateDefault ({ name, argument }: Extract<DefaultMeta, { kind: 'client' }>): string {
  switch (name) {
    case 'uuid':
      return argument === 7 ? v7() : randomUUID()
    case 'cuid':
      return argument === 2 ? createId() : cuid()
    case 'nanoid':
      return nanoid(argument ?? undefined)
    case 'ulid':
      return ulid()
    default:
      throw new Error(`Unknown default "${name}()": regenerate the metadata with this version of the package`)
  }
}
