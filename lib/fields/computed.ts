import type { Features } from '../model/meta.js'
import { coordinates, fullAddress, hasCoordinates, shortAddress } from './address.js'
import { age, fullName, initials } from './identity.js'

/** A field that is computed from others of its row. */
export interface RowField {
  /** Columns that `compute` reads: at least one. */
  readonly needs: readonly string[]
  /** Takes the row as Prisma gives it. */
  readonly compute: (row: object) => unknown
}

type Columns = Readonly<Record<string, string | null>>

/** The computed fields that `@commons.identity` and `@commons.address` give a model, by their names. */
export function featureFields ({ identity, address }: Features): Readonly<Record<string, RowField>> {
  const fields: Record<string, RowField> = {}
  if (identity !== undefined) {
    const columns: Columns = { ...identity }
    const names = needs(columns, 'firstName', 'middleName', 'lastName')
    fields['fullName'] = { needs: names, compute: row => fullName(row, columns) }
    fields['initials'] = { needs: names, compute: row => initials(row, columns) }
    fields['age'] = { needs: needs(columns, 'dateOfBirth'), compute: row => age(row, undefined, columns) }
  }
  if (address !== undefined) {
    const columns: Columns = { ...address }
    const place = needs(columns, 'latitude', 'longitude')
    fields['fullAddress'] = {
      needs: needs(columns, 'addressLine1', 'addressLine2', 'city', 'stateProvince', 'postalCode', 'country'),
      compute: row => fullAddress(row, columns)
    }
    fields['shortAddress'] = {
      needs: needs(columns, 'city', 'stateProvince', 'country'),
      compute: row => shortAddress(row, columns)
    }
    fields['hasCoordinates'] = { needs: place, compute: row => hasCoordinates(row, columns) }
    fields['coordinates'] = { needs: place, compute: row => coordinates(row, columns) }
  }
  return fields
}

/**
 * Of the wanted columns those that are there; Prisma refuses to read none, so that another one has to stand in for
 * them.
 */
function needs (columns: Columns, ...parts: readonly string[]): readonly string[] {
  const there = parts.map(part => columns[part]).filter(column => typeof column === 'string')
  return there.length > 0
    ? there
    : Object.values(columns)
      .filter(column => column !== null)
      .slice(0, 1)
}
