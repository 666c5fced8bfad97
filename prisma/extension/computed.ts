import type { Coordinates } from '../../lib/fields/address.js'
import { featureFields } from '../../lib/fields/computed.js'
import type { computedNames } from '../../lib/model/annotations/feature-columns.js'
import type { Registry } from '../../lib/model/registry.js'
import type { SchemaFacts } from './types/report-types.js'

/** What rows of some models have beside their columns, as Prisma's `result` extension takes it. */
export type ComputedFields<F extends SchemaFacts> = {
  readonly [Name in F['identity'] | F['address'] as Uncapitalize<Name>]: {
    readonly [Field in NamesFor<F, Name, 'identity'> | NamesFor<F, Name, 'address'>]: {
      readonly compute: (row: object) => Values[Field]
    }
  }
}

type NamesFor<
  F extends SchemaFacts,
  Name extends string,
  Feature extends keyof typeof computedNames
> = Name extends F[Feature] ? (typeof computedNames)[Feature][number] : never

interface Values {
  readonly fullName: string
  readonly initials: string
  readonly age: number | null
  readonly fullAddress: string
  readonly shortAddress: string
  readonly hasCoordinates: boolean
  readonly coordinates: Coordinates | null
}

/** The computed fields of all models that have the features, by the model's name in the client. */
export function computedFields<F extends SchemaFacts> (registry: Registry): ComputedFields<F> {
  const models = [...registry.models].flatMap(({ name, meta: { features } }) => {
    const fields = Object.entries(featureFields(features)).map(
      ([field, { needs, compute }]) =>
        [field, { needs: Object.fromEntries(needs.map(column => [column, true])), compute }] as const
    )
    return fields.length === 0
      ? []
      : [[name.charAt(0).toLowerCase() + name.slice(1), Object.fromEntries(fields)] as const]
  })
  // The types say for each model what the metadata say.
  return Object.fromEntries(models) as unknown as ComputedFields<F>
}
