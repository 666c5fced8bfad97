import type { FaceName } from './document.js'

/** A font that is loaded. */
export interface Face {
  readonly has: (codePoint: number) => boolean
  /** In em. */
  readonly width: (character: string) => number
}

interface Glyph {
  readonly text: string
  readonly width: number
  readonly missing: boolean
  /** Whether a line may end behind it. */
  readonly ends: boolean
}

/** Signs for a character that the font cannot show: the first that the font has stands. */
const substitutes = ['\u25A1', '\uFFFD', '?']
const newLine = /\r\n?|[\v\f\u0085\u2028\u2029]/g
/** Fonts may have an empty glyph for them. */
const control = /^\p{Cc}$/u
const blank = /^\p{Zs}$/u
const invisible = /^\p{Default_Ignorable_Code_Point}$/u
const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
/** Blanks, hyphens, slashes, and the scripts of East Asia. */
const lineEnd = /[\s/\-\u2E80-\uD7A3\uF900-\uFAFF\uFF00-\uFFEF\u{20000}-\u{3FFFF}]/u
const namedCharacters = 10

/**
 * Makes texts such that the fonts can show them, measures them, and keeps account of what the fonts could not show. A
 * character without a glyph becomes □, or what the font has of � and ?; invisible ones without a glyph go.
 */
export class FontMetrics {
  readonly #faces: Readonly<Record<FaceName, Face>>
  readonly #glyphs: Readonly<Record<FaceName, Map<string, Glyph>>> = {
    normal: new Map(),
    bold: new Map(),
    italics: new Map()
  }

  readonly #missing = new Set<number>()
  #replaced = 0
  #substitute = ''
  #rightToLeft = false

  constructor (faces: Readonly<Record<FaceName, Face>>) {
    this.#faces = faces
  }

  /**
   * The text as the face can show it. Composed letters are taken where there are any, for few fonts can put marks on
   * letters.
   */
  shown (text: string, face: FaceName = 'normal'): string {
    let shown = ''
    for (const character of text.replace(newLine, '\n').replaceAll('\t', '    ').normalize('NFC')) {
      const glyph = this.#glyph(character, face)
      if (glyph.missing) this.#report(character, glyph.text)
      shown += glyph.text
    }
    this.#rightToLeft ||= rightToLeft.test(shown)
    return shown
  }

  /** Width of a text that is shown in one line, in em. */
  width (shown: string, face: FaceName = 'normal'): number {
    let width = 0
    for (const character of shown) width += this.#glyph(character, face).width
    return width
  }

  /** The text with words that are wider than a line cut into pieces, each on a line of its own. */
  cut (shown: string, ems: number, face: FaceName = 'normal'): string {
    let cut = ''
    let width = 0
    for (const character of shown) {
      const glyph = this.#glyph(character, face)
      width += glyph.width
      if (width > ems && !blank.test(character)) {
        cut += '\n'
        width = glyph.width
      }
      cut += character
      if (glyph.ends) width = 0
    }
    return cut
  }

  /** What a reader has to know about the texts that were shown so far. */
  notes (): readonly string[] {
    const notes: string[] = []
    if (this.#replaced > 0) {
      const named = [...this.#missing].slice(0, namedCharacters).map(codePointName).join(' ')
      const more = this.#missing.size > namedCharacters ? ' and more' : ''
      const subject =
        this.#replaced === 1
          ? '1 character is not in the font of this document and stands'
          : `${this.#replaced} characters are not in the font of this document and stand`
      notes.push(`${subject} as ${this.#substitute}: ${named}${more}`)
    }
    if (this.#rightToLeft) {
      notes.push(
        'Scripts that run from right to left are not set as they should be: their words stand from left to right, ' +
          'some without blanks.'
      )
    }
    return notes
  }

  #report (character: string, substitute: string): void {
    this.#replaced++
    this.#substitute = substitute
    this.#missing.add(character.codePointAt(0)!)
  }

  #glyph (character: string, name: FaceName): Glyph {
    const known = this.#glyphs[name].get(character)
    if (known !== undefined) return known
    const glyph = makeGlyph(character, this.#faces[name])
    this.#glyphs[name].set(character, glyph)
    return glyph
  }
}

function makeGlyph (character: string, face: Face): Glyph {
  const glyph = (text: string, missing: boolean) => ({
    text,
    width: text === '' ? 0 : face.width(text),
    missing,
    ends: lineEnd.test(text)
  })
  // The soft hyphen has a glyph in many fonts, and would stand amid the word.
  if (character === '\u00AD') return glyph('', false)
  if (character === '\n') return { text: '\n', width: 0, missing: false, ends: true }
  if (!control.test(character) && face.has(character.codePointAt(0)!)) return glyph(character, false)
  if (blank.test(character)) return glyph(' ', false)
  if (invisible.test(character)) return glyph('', false)
  return glyph(substitutes.find(one => face.has(one.codePointAt(0)!)) ?? '?', true)
}

function codePointName (codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
}
