import { isCharacter, trimEndWhere, trimWhere } from '../../../text/trim.js'

const maxLength = 31
const forbidden = /[\\/?*[\]:\ufffe\uffff]|\p{Cc}/gu

/** Names of sheets as spreadsheets take them: 31 characters, none that means something in formulas, each name once. */
export class SheetNames {
  // Excel keeps this name for itself.
  readonly #taken = new Set(['history'])

  /** The name nearest to a title; a number is put behind it when it is taken. */
  next (title: string): string {
    const name = cut(trimWhere(title.replace(forbidden, ' ').trim(), isCharacter("'")), maxLength) || 'Sheet'
    let free = name
    for (let number = 2; this.#taken.has(free.toLowerCase()); number++) {
      const suffix = ` (${number})`
      free = cut(name, maxLength - suffix.length) + suffix
    }
    this.#taken.add(free.toLowerCase())
    return free
  }
}

function cut (text: string, length: number): string {
  return trimEndWhere(text.slice(0, length).replace(/[\ud800-\udbff]$/, ''), isBlankOrQuote)
}

function isBlankOrQuote (character: string): boolean {
  return character === "'" || character.trim() === ''
}
