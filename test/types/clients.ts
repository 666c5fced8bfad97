import { commons } from 'fastify-prisma-commons/extension'
import type { Metadata } from 'fastify-prisma-commons/extension'
import type { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'

/** The client as most programs have it. */
export function extended (client: PrismaClient) {
  return client.$extends(commons({ metadata }))
}

/** A client that is extended further, by computed fields. */
export function computed (client: PrismaClient) {
  return extended(client).$extends({
    result: {
      contract: {
        label: {
          needs: { contractNumber: true, year: true },
          compute: ({ contractNumber, year }) => `${contractNumber}/${year}` as const
        }
      }
    }
  })
}

/** A client whose metadata is read when it runs: the compiler knows what Prisma itself knows. */
export function untold (client: PrismaClient) {
  return client.$extends(commons())
}

/** A client whose metadata lost its literal types. */
export function widened (client: PrismaClient, wide: Metadata) {
  return client.$extends(commons({ metadata: wide }))
}

export type Extended = ReturnType<typeof extended>
export type Computed = ReturnType<typeof computed>
export type Untold = ReturnType<typeof untold>
export type Widened = ReturnType<typeof widened>
