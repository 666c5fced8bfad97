import { Prisma } from '@prisma/client/extension'
import { diagnose } from '../../lib/doctor/diagnose.js'
import type { Diagnosis } from '../../lib/doctor/diagnosis.js'
import type { Registry } from '../../lib/model/registry.js'
import { catalogOf } from '../../lib/sql/catalogs.js'
import { createRunner } from './bind.js'
import type { ClientLike } from './client-like.js'

export interface Doctor {
  /**
   * Compares the database with the schema: missing tables and columns, the indexes of unique constraints that hold for
   * some rows only, the session's time zone. It reads the database's catalog and changes nothing.
   *
   * @returns `problems`, which are to be put right, and `notes`; each finding has a message, a hint and SQL for a
   * migration
   * @throws CommonsError `database_unavailable`
   * @example
   * const { problems } = await prisma.$doctor()
   * for (const { model, message, statements } of problems) console.error(model, message, statements)
   */
  (): Promise<Diagnosis>
}

/** The client method `$doctor`. */
export function doctor (registryOf: (client: ClientLike) => Registry): Doctor {
  return async function $doctor (this: unknown): Promise<Diagnosis> {
    const client = Prisma.getExtensionContext(this) as unknown as ClientLike
    const registry = registryOf(client)
    return await diagnose(registry, catalogOf(registry.metadata.provider), createRunner(client, registry, {}))
  }
}
