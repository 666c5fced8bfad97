import type { RowField } from '../../lib/fields/computed.js'

/** What Prisma keeps of a client's `result` extensions; not public, so that each part is looked for. */
interface ExtendedClient {
  readonly _extensions?: {
    readonly getAllComputedFields?: (model: string) => Readonly<Record<string, RowField>> | undefined
  }
}

/** The fields that `$extends({ result })` has added to the rows of a model; none where Prisma does not tell. */
export function resultFields (client: object, model: string): Readonly<Record<string, RowField>> {
  return (client as ExtendedClient)._extensions?.getAllComputedFields?.(model) ?? {}
}
