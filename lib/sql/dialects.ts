import { didYouMean } from '../suggest.js'
import type { Dialect } from './port/dialect.js'
import { postgres } from './postgres/index.js'

/** Every database the suite can write to, by Prisma's name of its provider. */
const dialects: ReadonlyMap<string, Dialect> = new Map([[postgres.name, postgres]])

/** The dialect of a Prisma provider. */
export function dialectOf (provider: string): Dialect {
  const dialect = dialects.get(provider)
  if (dialect === undefined) {
    throw new Error(`No SQL dialect for the provider "${provider}". ${didYouMean(provider, dialects.keys())}`)
  }
  return dialect
}
