const day = 86_400_000
/** Serials count days from here, as a leap day of 1900 that never was counts as one. */
const epoch = Date.UTC(1899, 11, 30)
/** 1900-03-01: programs disagree on the days before. */
const first = 61

const isoDate = /^\d{4}-\d\d-\d\d$/
const isoInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/

/** The serial of a `YYYY-MM-DD`; undefined for any other value and for days that not all programs show alike. */
export function dateSerial (value: unknown): number | undefined {
  return typeof value === 'string' && isoDate.test(value) ? serialOf(value) : undefined
}

/** The serial of an instant in UTC, to the millisecond; undefined for any other value, as above. */
export function instantSerial (value: unknown): number | undefined {
  return typeof value === 'string' && isoInstant.test(value) ? serialOf(value) : undefined
}

function serialOf (text: string): number | undefined {
  const time = Date.parse(text)
  if (Number.isNaN(time)) return undefined
  // A day that no calendar has, as 02-30, would be taken for one of the next month.
  const dayOfMonth = Number(text.slice(8, 10))
  if (dayOfMonth > 28 && new Date(time).getUTCDate() !== dayOfMonth) return undefined
  const serial = (time - epoch) / day
  return serial >= first ? serial : undefined
}
