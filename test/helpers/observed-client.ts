import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import type { TestDatabase } from './database.js'

export interface ObservedClient {
  readonly prisma: PrismaClient
  /** Runs `work` and gives the statements that the client sent meanwhile, `BEGIN` and the like included. */
  statementsOf: (work: () => Promise<unknown>) => Promise<string[]>
}

/** A second client on the pool of a test database, whose statements can be looked at. */
export function observeClient ({ pool }: TestDatabase): ObservedClient {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool), log: [{ emit: 'event', level: 'query' }] })
  let statements: string[] = []
  prisma.$on('query', ({ query }) => statements.push(query))
  return {
    prisma,
    async statementsOf (work) {
      statements = []
      await work()
      return statements
    }
  }
}
