import { CommonsError } from '../lib/errors.js'
import type { Registry } from '../lib/model/registry.js'
import { catalogOf } from '../lib/sql/catalogs.js'
import { keepsActor } from './binding/acting.js'
import { createRunner } from './binding/bind.js'
import type { ClientLike } from './binding/client-like.js'
import type { CommonsHandle } from './binding/store.js'

/** What is asked of a Prisma client to open and close it; every generated and every extended client has it. */
export interface ConnectableClient {
  $connect: () => PromiseLike<void>
  $disconnect: () => PromiseLike<void>
  $queryRawUnsafe: (query: string) => PromiseLike<unknown>
}

/**
 * Opens the client and makes sure that the database answers: with a driver adapter `$connect` alone only prepares
 * a pool and succeeds whatever the address is.
 *
 * @throws CommonsError `database_unavailable`, with the reason in its message and Prisma's error as its cause.
 */
export async function connect (client: ConnectableClient): Promise<void> {
  try {
    await client.$connect()
    await client.$queryRawUnsafe('SELECT 1')
  } catch (error) {
    // Prisma writes the reason after a heading and empty lines.
    const reason = String(error).split('\n').at(-1)
    throw new CommonsError('database_unavailable', {
      message: `The database does not answer: ${reason}`,
      cause: error
    })
  }
}

/**
 * The time zone of the database session when it is another than UTC; null when all is well, or when the client is not
 * extended. Prisma's adapter writes instants without an offset: in another zone they are stored wrongly, and unlike
 * those that bulk operations and other programs write.
 */
export async function wrongTimeZone (client: ConnectableClient): Promise<string | null> {
  const registry = registryOf(client)
  if (registry?.metadata.provider !== 'postgresql') return null
  return await catalogOf('postgresql').wrongTimeZone(
    createRunner(client as ConnectableClient & ClientLike, registry, {})
  )
}

/** The models that keep who wrote a row; none when the client is not extended. */
export function modelsWithActor (client: ConnectableClient): readonly string[] {
  return [...(registryOf(client)?.models ?? [])].filter(keepsActor).map(model => model.name)
}

function registryOf (client: ConnectableClient): Registry | undefined {
  const { $commons: handle } = client as { readonly $commons?: CommonsHandle }
  return handle?.registryOf(client as ConnectableClient & ClientLike)
}
