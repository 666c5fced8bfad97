import { CellError } from '../../table/table.js'
import { instantText } from '../serial.js'

const instant = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/
const time = /^T?(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?Z?$/

/** The date, the instant or the time of day of a cell that spells it: what is finer than milliseconds is cut off. */
export function readIsoDate (text: string): string | null | CellError {
  if (text === '') return null
  return timeOfDay(text) ?? dateText(text) ?? new CellError(text, 'holds no date')
}

function timeOfDay (text: string): string | null {
  const match = time.exec(text)
  if (match === null) return null
  const [, hours = '', minutes = '', seconds = '00', fraction = ''] = match
  return isClock(hours, minutes, seconds)
    ? `${hours}:${minutes}:${seconds}${milliseconds(fraction).replace('.000', '')}`
    : null
}

function dateText (text: string): string | null {
  const match = instant.exec(text)
  if (match === null) return null
  const [, year = '', month = '', day = '', hours = '00', minutes = '00', seconds = '00', fraction = '', zone = 'Z'] =
    match
  const midnight = new Date(`${year}-${month}-${day}T00:00Z`)
  // JavaScript takes the 30th of February for the 1st or 2nd of March.
  const isDay = midnight.getUTCDate() === Number(day)
  const date = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}${milliseconds(fraction)}${zone}`)
  return isDay && isClock(hours, minutes, seconds) && !Number.isNaN(date.getTime()) ? instantText(date) : null
}

function isClock (hours: string, minutes: string, seconds: string): boolean {
  return Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60
}

/** Three digits behind a point. */
function milliseconds (fraction: string): string {
  return fraction.slice(0, 4).padEnd(1, '.').padEnd(4, '0')
}
