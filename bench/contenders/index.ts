import type { Contender } from '../contender.js'
import { commonsContender } from './commons.js'
import { copyContender } from './copy.js'
import { drizzleContender } from './drizzle.js'
import { knexContender } from './knex.js'
import { kyselyContender } from './kysely.js'
import { pgContender } from './pg.js'
import { prismaContender } from './prisma.js'

/** All of them, the baseline first and this package next. */
export function openContenders (url: string): Contender[] {
  return [
    pgContender(url),
    commonsContender(url),
    copyContender(url),
    kyselyContender(url),
    knexContender(url),
    drizzleContender(url),
    prismaContender(url)
  ]
}
