const day = 86_400_000
/** Serials count days from here, as a leap day of 1900 that never was counts as one. */
const epoch = Date.UTC(1899, 11, 30)
const epoch1904 = Date.UTC(1904, 0, 1)
/** The day after 9999-12-31. */
const last = 2_958_466
/** 1900-03-01: programs disagree on the days before. */
const first = 61
const leapDay = 60

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

/** What a number format shows of a serial: a day, a time (maybe of a day), or hours that go on after 24. */
export type DateShape = 'date' | 'time' | 'elapsed'

/**
 * What a serial says: `YYYY-MM-DD` when its time is zero, else `YYYY-MM-DDTHH:MM:SS.mmmZ`; times without a day are
 * `HH:MM:SS` or `HH:MM:SS.mmm`. undefined where it is no date.
 */
export function serialText (serial: number, shape: DateShape, from1904: boolean): string | undefined {
  if (!(serial >= 0 && serial < last)) return undefined
  const time = Math.round(serial * day)
  if (shape === 'elapsed') return timeText(time)
  if (serial < 1 && shape === 'time') return timeText(time % day)
  // Spreadsheets show a leap day of 1900 that never was.
  if (!from1904 && (serial < 1 || Math.floor(serial) === leapDay)) return undefined
  const start = from1904 ? epoch1904 : serial < leapDay ? epoch + day : epoch
  return instantText(new Date(start + time))
}

/** An instant as cells give it: its day alone when its time is zero. */
export function instantText (instant: Date): string {
  const text = instant.toISOString()
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text
}

function timeText (time: number): string {
  const hours = String(Math.floor(time / 3_600_000)).padStart(2, '0')
  return `${hours}:${new Date(time)
    .toISOString()
    .slice(14, 23)
    .replace(/\.000$/, '')}`
}
