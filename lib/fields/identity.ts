import type { IdentityFeature } from '../model/meta.js'
import { textsOf, valueOf } from './columns.js'
import type { ColumnNames } from './columns.js'

/** The columns of a person by their usual names; a row may have any others. */
export interface IdentityRow {
  readonly firstName?: string | null
  readonly middleName?: string | null
  readonly lastName?: string | null
  readonly dateOfBirth?: Date | null
}

export type IdentityColumns = ColumnNames<keyof IdentityFeature>

const names = ['firstName', 'middleName', 'lastName'] as const

/**
 * First, middle and last name, without those that are empty.
 *
 * @param columns where the columns have other names
 * @example
 * fullName({ firstName: 'Ada', middleName: null, lastName: 'Lovelace' }) // 'Ada Lovelace'
 * fullName({ given: 'Ada' }, { firstName: 'given' })                     // 'Ada'
 */
export function fullName (row: IdentityRow): string
export function fullName (row: object, columns: IdentityColumns): string
export function fullName (row: object, columns: IdentityColumns = {}): string {
  return textsOf(row, names, columns).join(' ')
}

/**
 * The first letter of first, middle and last name as a reader counts letters, in upper case.
 *
 * @example
 * initials({ firstName: 'john', middleName: 'Émile', lastName: 'Doe' }) // 'JÉD'
 */
export function initials (row: IdentityRow): string
export function initials (row: object, columns: IdentityColumns): string
export function initials (row: object, columns: IdentityColumns = {}): string {
  return textsOf(row, names, columns).map(firstLetter).join('').toUpperCase()
}

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** A letter may be several characters: an accent that stands by itself, a flag. */
function firstLetter (text: string): string {
  return letters.segment(text).containing(0)?.segment ?? ''
}

/**
 * Whole years of life. Days are those of UTC, as columns of type date hold them; who was born on 29 February grows
 * older on 1 March in years without that day.
 *
 * @param of the row, or the date of birth itself
 * @param on the day to count to; default: today
 * @returns null without a date of birth, and before it
 * @throws TypeError when one of the dates is none
 * @example
 * age(new Date('2000-05-17'), new Date('2026-05-16')) // 25
 */
export function age (of: Date | IdentityRow | null | undefined, on?: Date): number | null
export function age (of: object, on: Date | undefined, columns: IdentityColumns): number | null
export function age (
  of: object | null | undefined,
  on: Date = new Date(),
  columns: IdentityColumns = {}
): number | null {
  const born = of instanceof Date || of == null ? of : valueOf(of, 'dateOfBirth', columns)
  if (born === null || born === undefined) return null
  if (!isDate(born)) throw new TypeError('age: the date of birth must be a valid Date')
  if (!isDate(on)) throw new TypeError('age: the day to count to must be a valid Date')
  const years = on.getUTCFullYear() - born.getUTCFullYear()
  const hadBirthday =
    on.getUTCMonth() > born.getUTCMonth() ||
    (on.getUTCMonth() === born.getUTCMonth() && on.getUTCDate() >= born.getUTCDate())
  const whole = hadBirthday ? years : years - 1
  return whole < 0 ? null : whole
}

function isDate (value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime())
}
