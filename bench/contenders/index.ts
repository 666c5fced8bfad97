import type { Contender } from '../contender.js'
import { commonsContender } from './commons.js'
import { copyContender } from './copy.js'
import { drizzleContender } from './drizzle.js'
import { knexContender } from './knex.js'
import { kyselyContender } from './kysely.js'
import { pgContender } from './pg.js'
import { prismaContender } from './prisma.js'

/** All of them, the baseline first and this package next. */
export async function openContenders (url: string): Promise<Contender[]> {
  return [
    pgContender(url),
    ...await ifBuilt(() => commonsContender(url)),
    copyContender(url),
    kyselyContender(url),
    knexContender(url),
    drizzleContender(url),
    prismaContender(url)
  ]
}

/** A part of the package that is not in this build is left out with a word about it. */
export async function ifBuilt<T> (open: () => Promise<T>): Promise<T[]> {
  try {
    return [await open()]
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    console.error(`Left out: ${error.message.split(' imported from')[0]}`)
    return []
  }
}
