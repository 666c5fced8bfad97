const dateTime = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?)?$/
const timeOfDay = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?$/
const zone = /^[+-](?:0\d|1[0-5]):?[0-5]\d$/

/** Fractions of a second that a column can hold. */
const microseconds = '.000000'.length

/**
 * An ISO 8601 date, or date and time, as UTC: `2026-01-31T08:30+02:00` is `2026-01-31T06:30:00Z`. Without a zone it is UTC
 * already, whatever the zone of the server. Undefined for all else, days that no calendar has included, and for years
 * outside of 1 to 9999.
 */
export function readInstant (value: unknown): string | undefined {
  const match = typeof value === 'string' ? dateTime.exec(value) : null
  if (match === null) return undefined
  const [, year, month, day, minutes = '00:00', seconds = '00', fraction = '', offset = 'Z'] = match
  if (Number(day) < 1 || Number(day) > daysOf(Number(year), Number(month))) return undefined
  const local = `${year}-${month}-${day}T${minutes}:${seconds}`
  if (!timeOfDay.test(local.slice(11))) return undefined
  const isUtc = offset === 'Z' || offset === 'z'
  if (!isUtc && !zone.test(offset)) return undefined
  const utc = isUtc ? local : shifted(local, offset)
  return /^(?!0000)\d{4}-/.test(utc) ? `${utc}${fraction.slice(0, microseconds)}Z` : undefined
}

/** A time of day, or that part of an instant. */
export function readTimeOfDay (value: unknown): string | undefined {
  return typeof value === 'string' && timeOfDay.test(value) ? value : readInstant(value)
}

/** The same instant in UTC, to the second. */
function shifted (local: string, offset: string): string {
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(-2))
  const milliseconds = (hours * 60 + minutes) * 60_000 * (offset.startsWith('-') ? 1 : -1)
  return new Date(Date.parse(`${local}Z`) + milliseconds).toISOString().replace(/\.000Z$/, '')
}

/** Date.UTC takes the years 1 to 99 for 1901 to 1999, whose Februaries are as long. */
function daysOf (year: number, month: number): number {
  return month < 1 || month > 12 ? 0 : new Date(Date.UTC(year, month, 0)).getUTCDate()
}
