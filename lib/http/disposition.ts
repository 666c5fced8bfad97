import { create } from 'content-disposition'
import { trimWhere } from '../text/trim.js'

/** What no system takes in the name of a file, or takes for a path. */
// eslint-disable-next-line no-control-regex
const unfit = /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu
const surrogate = /\p{Surrogate}/gu

/** Bytes that systems give to names of files, less what they add. */
const longestName = 200

/**
 * The header that makes an answer a file of some name (RFC 6266). Characters that lead to other folders, end the
 * header, or turn the direction of writing become `_`.
 *
 * @example
 * attachment('été/2026.csv') // attachment; filename="?t?_2026.csv"; filename*=UTF-8''%C3%A9t%C3%A9_2026.csv
 */
export function attachment (name: string): string {
  return create(cleanName(name), { type: 'attachment' })
}

function cleanName (name: string): string {
  const clean = trimWhere(name.replace(surrogate, '_').replace(unfit, '_'), isBlankOrDot)
  const [whole = '', stem = '', ending = ''] = /^(.*?)(\.[^.]{1,10})?$/su.exec(clean) ?? []
  return Buffer.byteLength(whole) <= longestName
    ? whole || 'file'
    : shortened(stem, longestName - Buffer.byteLength(ending)) + ending
}

function isBlankOrDot (character: string): boolean {
  return character === '.' || character.trim() === ''
}

function shortened (text: string, bytes: number): string {
  let short = ''
  let left = bytes
  for (const character of text) {
    left -= Buffer.byteLength(character)
    if (left < 0) break
    short += character
  }
  return short
}
