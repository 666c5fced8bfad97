import type { FieldMeta } from './meta.js'

/** A value of a column as Prisma reads it → the form that JSON answers show. */
export type JsonForm = (value: unknown) => unknown

const dayLength = 86_400_000

/** Milliseconds of 400 years, after which the calendar repeats itself. */
const calendarCycle = 146_097 * dayLength

/**
 * An instant, in milliseconds since 1970, as JSON answers show it. Days and times of day have none: they show the part
 * that the column holds. What no Date can be is shown as the database writes it: other programs may have stored it.
 */
export function instantForm ({ native }: FieldMeta): (time: number) => string {
  switch (native?.[0]) {
    case 'Date':
      return time => isoText(time).split('T', 1)[0]!
    case 'Time':
    case 'Timetz':
      return time => (time === dayLength ? '24:00:00.000' : new Date(time).toISOString().slice(11, 23))
    default:
      return isoText
  }
}

/** ISO 8601 in UTC, years beyond those of four digits with a sign and six digits; `infinity` and `-infinity`. */
function isoText (time: number): string {
  const date = new Date(time)
  if (!Number.isNaN(date.getTime())) return date.toISOString()
  if (Number.isNaN(time)) return 'Invalid Date'
  if (!Number.isFinite(time)) return time > 0 ? 'infinity' : '-infinity'
  // A date of the same calendar whose year JavaScript knows.
  const cycles = Math.floor(time / calendarCycle)
  const near = new Date(time - cycles * calendarCycle)
  const year = near.getUTCFullYear() + cycles * 400
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}${near.toISOString().slice(4)}`
}

/** A number as JSON answers show it: NaN and the infinities have no JSON number. */
export function floatForm (value: unknown): unknown {
  return Number.isFinite(value) ? value : String(value)
}

/** The form of each value of a column: null, a single value, or a list. */
export function jsonForm (field: FieldMeta): JsonForm {
  const single = singleForm(field)
  if (field.list) return value => (value as readonly unknown[]).map(single)
  return value => (value === null ? null : single(value))
}

function singleForm (field: FieldMeta): JsonForm {
  if (field.kind === 'enum') return asIs
  switch (field.type) {
    case 'DateTime': {
      const instant = instantForm(field)
      return value => instant((value as Date).getTime())
    }
    case 'Decimal': {
      const scale = scaleOf(field)
      return value =>
        scale === null ? String(value) : (value as { toFixed: (digits: number) => string }).toFixed(scale)
    }
    case 'BigInt':
      return String
    case 'Bytes':
      return value => bytesForm(value as Uint8Array)
    case 'Float':
      return floatForm
    default:
      return asIs
  }
}

const asIs: JsonForm = value => value

export function bytesForm ({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

/**
 * Digits behind the decimal point that the column holds, the zeros that Prisma's Decimals drop included; null for any.
 */
export function scaleOf ({ native }: FieldMeta): number | null {
  if (native === null) return 30
  if (native[0] === 'Money') return 2
  return native[0] === 'Decimal' && native.length > 1 ? Number(native[2] ?? 0) : null
}
