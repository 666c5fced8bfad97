import type { AddressFeature } from '../model/meta.js'
import { textsOf, valueOf } from './columns.js'
import type { ColumnNames } from './columns.js'

/** The columns of an address by their usual names; a row may have any others. */
export interface AddressRow {
  readonly addressLine1?: string | null
  readonly addressLine2?: string | null
  readonly city?: string | null
  readonly stateProvince?: string | null
  readonly postalCode?: string | null
  readonly country?: string | null
  /** A number, or a Decimal. */
  readonly latitude?: Degrees | null
  readonly longitude?: Degrees | null
}

type Degrees = number | { toString: () => string }

export type AddressColumns = ColumnNames<keyof AddressFeature>

/** Degrees north and east. */
export type Coordinates = [latitude: number, longitude: number]

/**
 * Address lines, city, state or province, postal code and country with commas between, without those that are empty.
 *
 * @param columns where the columns have other names
 * @example
 * fullAddress({ addressLine1: '1 Main St', city: 'Springfield', country: 'US' }) // '1 Main St, Springfield, US'
 */
export function fullAddress (row: AddressRow): string
export function fullAddress (row: object, columns: AddressColumns): string
export function fullAddress (row: object, columns: AddressColumns = {}): string {
  return textsOf(
    row,
    ['addressLine1', 'addressLine2', 'city', 'stateProvince', 'postalCode', 'country'],
    columns
  ).join(', ')
}

/** City, state or province, and country, as `fullAddress`. */
export function shortAddress (row: AddressRow): string
export function shortAddress (row: object, columns: AddressColumns): string
export function shortAddress (row: object, columns: AddressColumns = {}): string {
  return textsOf(row, ['city', 'stateProvince', 'country'], columns).join(', ')
}

/** Whether `coordinates` gives any. */
export function hasCoordinates (row: AddressRow): boolean
export function hasCoordinates (row: object, columns: AddressColumns): boolean
export function hasCoordinates (row: object, columns: AddressColumns = {}): boolean {
  return coordinates(row, columns) !== null
}

/**
 * Latitude and longitude as numbers; null when one of them is missing. 0 is a coordinate like any other.
 *
 * @example
 * coordinates({ latitude: new Decimal('51.4779'), longitude: 0 }) // [51.4779, 0]
 */
export function coordinates (row: AddressRow): Coordinates | null
export function coordinates (row: object, columns: AddressColumns): Coordinates | null
export function coordinates (row: object, columns: AddressColumns = {}): Coordinates | null {
  const latitude = degreesOf(valueOf(row, 'latitude', columns))
  const longitude = degreesOf(valueOf(row, 'longitude', columns))
  return latitude === null || longitude === null ? null : [latitude, longitude]
}

/** Decimals print themselves as digits. A float column may hold NaN, which is no place. */
function degreesOf (value: unknown): number | null {
  if (value === null || value === undefined) return null
  const degrees = Number(String(value))
  return Number.isFinite(degrees) ? degrees : null
}
