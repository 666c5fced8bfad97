import { margin, type Orientation, type PageSize, type PrintedTable } from './document.js'
import type { FontMetrics } from './font-metrics.js'

/** How a table stands on its pages; lengths in points. */
export interface Fit {
  readonly orientation: Orientation
  readonly fontSize: number
  /** Blank on either side of a cell. */
  readonly padding: number
  /** Of the columns, without the padding. */
  readonly widths: readonly number[]
  /** Whether there is too little room even for the smallest letters, so that words and numbers are broken. */
  readonly broken: boolean
}

/** What a column asks for, in em. */
interface Wish {
  readonly least: number
  readonly wanted: number
}

const fontSizes = [9, 8, 7, 6, 5]
const smallest = 5
/** Wider columns wrap their texts; in em, of which an average letter takes half a one. */
const widest = 26
/** Words above this width may be broken before letters get smaller. */
const widestWord = 10
/** Room for three digits: a narrower column says nothing. */
const narrowest = 1.7
/** A table gets landscape pages when it is wider than this many upright ones: what wraps a little is left upright. */
const overflow = 1.3
/** Columns of small tables grow to the width of the page, but not further than this. */
const growth = 1.5
/** Kerning and rounding. */
const slack = 0.15

/** The most columns that pages of this kind have room for. */
export function mostColumns (page: PageSize, orientation: Orientation | 'auto'): number {
  const room = roomOf(page, orientation === 'portrait' ? 'portrait' : 'landscape')
  return Math.floor(room / (smallest * narrowest + 2 * paddingOf(smallest)))
}

/**
 * Chooses the orientation, the size of the letters and the widths of the columns: by the widths that the developer
 * gives, else by the texts. Letters get smaller, from 9 to 5 points, before numbers or common words are broken.
 *
 * @param table its texts as they are shown
 */
export function fitTable (
  table: PrintedTable,
  lettering: FontMetrics,
  page: PageSize,
  orientation: Orientation | 'auto'
): Fit {
  const wishes = table.columns.map((_, index) => wishOf(table, index, lettering))
  const turned = orientation === 'auto' ? orientationOf(wishes, page) : orientation
  const room = (size: number): number => roomOf(page, turned) - wishes.length * 2 * paddingOf(size)
  const size = fontSizes.find(size => sum(wishes, 'least') * size <= room(size))
  const fontSize = size ?? smallest
  const ems = room(fontSize) / fontSize
  const shares = size === undefined ? squeeze(wishes, ems) : share(wishes, ems)
  return {
    orientation: turned,
    fontSize,
    padding: paddingOf(fontSize),
    widths: shares.map(width => width * fontSize),
    broken: size === undefined
  }
}

function wishOf (table: PrintedTable, index: number, lettering: FontMetrics): Wish {
  const { label, whole, width } = table.columns[index]!
  const longest = (text: string, separator: RegExp, face: 'normal' | 'bold' = 'normal'): number =>
    Math.max(...text.split(separator).map(part => lettering.width(part, face)))
  let line = Math.min(lettering.width(label, 'bold'), widestWord)
  let word = longest(label, /\s+/, 'bold')
  for (const row of table.rows) {
    line = Math.max(line, longest(row[index]!, /\n/))
    word = Math.max(word, longest(row[index]!, whole ? /\n/ : /\s+/))
  }
  const wanted =
    width === undefined
      ? Math.min(Math.max(line, Math.min(word, widestWord)), widest)
      : Math.max(width * lettering.width('0'), narrowest)
  return {
    least: Math.max(Math.min(word, widestWord, wanted), narrowest - slack) + slack,
    wanted: Math.max(wanted, narrowest) + slack
  }
}

function orientationOf (wishes: readonly Wish[], page: PageSize): Orientation {
  const size = fontSizes[0]!
  const wanted = sum(wishes, 'wanted') * size + wishes.length * 2 * paddingOf(size)
  return wanted > overflow * roomOf(page, 'portrait') ? 'landscape' : 'portrait'
}

/** What is above the least goes to those who want more; what is left over to all. */
function share (wishes: readonly Wish[], room: number): number[] {
  const least = sum(wishes, 'least')
  const wanted = sum(wishes, 'wanted')
  if (wanted <= room) return wishes.map(wish => wish.wanted * Math.min(growth, room / wanted))
  const part = (room - least) / (wanted - least)
  return wishes.map(wish => wish.least + (wish.wanted - wish.least) * part)
}

/** All give up the same part of what they have above the narrowest. */
function squeeze (wishes: readonly Wish[], room: number): number[] {
  const part = (room - narrowest * wishes.length) / (sum(wishes, 'least') - narrowest * wishes.length)
  return wishes.map(wish => narrowest + (wish.least - narrowest) * part)
}

function sum (wishes: readonly Wish[], of: keyof Wish): number {
  return wishes.reduce((total, wish) => total + wish[of], 0)
}

function paddingOf (fontSize: number): number {
  return fontSize / 3
}

function roomOf ([width, height]: PageSize, orientation: Orientation): number {
  return (orientation === 'portrait' ? width : height) - 2 * margin
}
