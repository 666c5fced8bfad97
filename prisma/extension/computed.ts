import { coordinates, fullAddress, hasCoordinates, shortAddress } from '../../lib/fields/address.js'
import type { Coordinates } from '../../lib/fields/address.js'
import { age, fullName, initials } from '../../lib/fields/identity.js'
import type { computedNames } from '../../lib/model/feature-columns.js'
import type { AddressFeature, IdentityFeature } from '../../lib/model/meta.js'
import type { Registry } from '../../lib/model/registry.js'
import type { SchemaFacts } from './types.js'

/** What rows of some models have beside their columns, as Prisma's `result` extension takes it. */
export type ComputedFields<F extends SchemaFacts> = {
  readonly [Name in F['identity'] | F['address'] as Uncapitalize<Name>]: {
    readonly [Field in NamesFor<F, Name, 'identity'> | NamesFor<F, Name, 'address'>]: { readonly compute: (row: object) => Values[Field] }
  }
}

type NamesFor<F extends SchemaFacts, Name extends string, Feature extends keyof typeof computedNames> =
  Name extends F[Feature] ? typeof computedNames[Feature][number] : never

interface Values {
  readonly fullName: string
  readonly initials: string
  readonly age: number | null
  readonly fullAddress: string
  readonly shortAddress: string
  readonly hasCoordinates: boolean
  readonly coordinates: Coordinates | null
}

/** A computed field: the columns it needs, which Prisma reads when the field is selected, and the way to its value. */
interface ComputedField<Value> {
  readonly needs: { readonly [column: string]: true }
  readonly compute: (row: object) => Value
}

type ComputedBy<Feature extends keyof typeof computedNames> = { readonly [Name in typeof computedNames[Feature][number]]: ComputedField<Values[Name]> }

/** The computed fields of all models that have the features, by the model's name in the client. */
export function computedFields<F extends SchemaFacts> (registry: Registry): ComputedFields<F> {
  const models = [...registry.models].flatMap(({ name, meta: { features: { identity, address } } }) => {
    const fields = { ...identity === undefined ? {} : identityFields(identity), ...address === undefined ? {} : addressFields(address) }
    return Object.keys(fields).length === 0 ? [] : [[name.charAt(0).toLowerCase() + name.slice(1), fields] as const]
  })
  // The types say for each model what the metadata say.
  return Object.fromEntries(models) as unknown as ComputedFields<F>
}

function identityFields (columns: IdentityFeature): ComputedBy<'identity'> {
  const { firstName, middleName, lastName, dateOfBirth } = columns
  const names = needs(columns, firstName, middleName, lastName)
  return {
    fullName: { needs: names, compute: row => fullName(row, columns) },
    initials: { needs: names, compute: row => initials(row, columns) },
    age: { needs: needs(columns, dateOfBirth), compute: row => age(row, undefined, columns) }
  }
}

function addressFields (columns: AddressFeature): ComputedBy<'address'> {
  const { addressLine1, addressLine2, city, stateProvince, postalCode, country, latitude, longitude } = columns
  const place = needs(columns, latitude, longitude)
  return {
    fullAddress: { needs: needs(columns, addressLine1, addressLine2, city, stateProvince, postalCode, country), compute: row => fullAddress(row, columns) },
    shortAddress: { needs: needs(columns, city, stateProvince, country), compute: row => shortAddress(row, columns) },
    hasCoordinates: { needs: place, compute: row => hasCoordinates(row, columns) },
    coordinates: { needs: place, compute: row => coordinates(row, columns) }
  }
}

/** Of the wanted columns those that are there; Prisma refuses to read none, so that another one has to stand in for them. */
function needs (columns: IdentityFeature | AddressFeature, ...wanted: readonly (string | null)[]): { readonly [column: string]: true } {
  const isThere = (column: string | null): column is string => column !== null
  const there = wanted.filter(isThere)
  const read = there.length > 0 ? there : Object.values<string | null>({ ...columns }).filter(isThere).slice(0, 1)
  return Object.fromEntries(read.map(column => [column, true]))
}
