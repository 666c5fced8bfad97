import { didYouMean } from '../suggest.js'
import type { Catalog } from './port/catalog.js'
import { postgresCatalog } from './postgres/reads/catalog.js'

const catalogs: ReadonlyMap<string, Catalog> = new Map([['postgresql', postgresCatalog]])

/** The catalog of a Prisma provider. */
export function catalogOf (provider: string): Catalog {
  const catalog = catalogs.get(provider)
  if (catalog === undefined) {
    throw new Error(
      `The provider "${provider}" has no catalog that can be read. ${didYouMean(provider, catalogs.keys())}`
    )
  }
  return catalog
}
