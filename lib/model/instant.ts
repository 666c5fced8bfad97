import type { FieldMeta } from './meta.js'

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):?(\d\d))?)?$/i
const timeOfDay = /^(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?:Z|([+-](?:0\d|1[0-5])(?::?[0-5]\d)?))?$/i
/** The end of a day, a time of its own in PostgreSQL. */
const endOfDay = /^24:00(?::00(?:\.0{1,9})?)?$/

/**
 * A date, a time of day or an instant as the column's type reads it, always in UTC; null when the value is none.
 * Takes Dates and ISO 8601 text. Text without an offset is UTC, whatever the zone of this process; text keeps the
 * microseconds that the column holds, which a Date cannot. What is finer is cut off as Prisma does, where the database
 * would round. Dates that the calendar does not have are refused, not moved on.
 */
export function instantText (field: FieldMeta, value: unknown): string | null {
  if (field.native?.[0] === 'Date' && typeof value === 'string' && value.length === 10) {
    return isDay(value) ? value : null
  }
  if (isTimeOfDay(field) && typeof value === 'string') {
    const match = timeOfDay.exec(value)
    if (match !== null) return timeText(field, match[1]!, match[2])
  }
  const text = value instanceof Date ? textOfDate(value) : typeof value === 'string' ? textOfIso(field, value) : null
  if (text === null) return null
  switch (field.native?.[0]) {
    case 'Date':
      return text.slice(0, 10)
    case 'Time':
      return text.slice(11, -1)
    case 'Timetz':
      return `${text.slice(11, -1)}+00:00`
    default:
      return text
  }
}

/** A bare time of day. Columns with a zone keep that of the text; others have none to keep. */
function timeText (field: FieldMeta, time: string, offset: string | undefined): string | null {
  const hasZone = field.native?.[0] === 'Timetz'
  if (offset !== undefined && !hasZone) return null
  const text = endOfDay.test(time) ? '24:00:00.000' : textOfIso(field, `1970-01-01T${time}Z`)?.slice(11, -1)
  if (text === undefined || !hasZone) return text ?? null
  return offset === undefined
    ? `${text}+00:00`
    : `${text}${offset.slice(0, 3)}:${offset.slice(3).replace(':', '').padEnd(2, '0')}`
}

const day = /^(\d{4})-(\d\d)-(\d\d)$/
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** True for a day that the calendar has: most dates come as such, and need no Date. */
function isDay (text: string): boolean {
  const match = day.exec(text)
  if (match === null) return false
  const [year, month, dayOfMonth] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 && isLeap ? 29 : (monthDays[month - 1] ?? 0)
  return year > 0 && dayOfMonth > 0 && dayOfMonth <= days
}

/** True for columns of a time of day without a date. */
export function isTimeOfDay ({ native }: FieldMeta): boolean {
  return native?.[0] === 'Time' || native?.[0] === 'Timetz'
}

/** PostgreSQL knows no year 0 in this notation, and years of five digits have another one. */
function textOfDate (date: Date): string | null {
  const time = date.getTime()
  return time >= firstInstant && time <= lastInstant ? date.toISOString() : null
}

const firstInstant = Date.parse('0001-01-01T00:00:00.000Z')
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z')

function textOfIso (field: FieldMeta, text: string): string | null {
  const match = iso.exec(text)
  if (match === null) return null
  const [
    ,
    year,
    month,
    day,
    hours = '0',
    minutes = '0',
    seconds = '0',
    fraction = '',
    sign = '+',
    offsetHours = '0',
    offsetMinutes = '0'
  ] = match
  const midnight = Date.parse(`${year}-${month}-${day}`)
  // JavaScript takes the 30th of February for the 1st of March.
  if (
    new Date(midnight).getUTCDate() !== Number(day) ||
    Number(hours) > 23 ||
    Number(minutes) > 59 ||
    Number(seconds) > 59 ||
    Number(offsetHours) > 23 ||
    Number(offsetMinutes) > 59
  ) {
    return null
  }
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60_000 : 60_000)
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3))
  const time =
    midnight + (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 + milliseconds - offset
  const whole = textOfDate(new Date(time))
  return whole === null ? null : withMicroseconds(whole, fraction.slice(3, precisionOf(field)))
}

/** Digits of a second that the column holds. */
function precisionOf ({ native }: FieldMeta): number {
  return native === null ? 3 : Number(native[1] ?? 6)
}

/** True for columns that hold more of a second than milliseconds, which a Date cannot. */
export function hasMicroseconds (field: FieldMeta): boolean {
  return field.kind === 'scalar' && field.type === 'DateTime' && field.native?.[0] !== 'Date' && precisionOf(field) > 3
}

/**
 * The text of an instant or a time of day in milliseconds, and the digits behind them; zeros are left out, so that one
 * value has one text.
 */
export function withMicroseconds (text: string, digits: string): string {
  if (Number(digits) === 0) return text
  const micros = digits.padEnd(3, '0')
  return text.endsWith('Z') ? `${text.slice(0, -1)}${micros}Z` : `${text}${micros}`
}
