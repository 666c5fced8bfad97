import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'

/**
 * The text of a key, as `keyText` gives it, in a form that sorts as statements sort the values: numbers by value, enums
 * by the names that the database has, texts by their code points. Rows are locked in this order.
 */
export function sortable (model: Model, field: FieldMeta, text: string): string {
  if (field.kind === 'enum') return model.enumOf(field).values[text] ?? text
  switch (field.type) {
    case 'Int':
    case 'BigInt':
      return sortableInteger(text)
    case 'Float':
      return sortableFloat(Number(text))
    case 'Decimal':
      return sortableDecimal(text)
    default:
      return afterSurrogates.test(text) ? byCodePoints(text) : text
  }
}

function sortableInteger (text: string): string {
  return text.startsWith('-')
    ? `0${(10n ** 20n + BigInt(text)).toString().padStart(20, '0')}`
    : `1${text.padStart(20, '0')}`
}

/** The bits of a double sort as its values do, once those of negative ones are turned over. */
function sortableFloat (value: number): string {
  const bytes = Buffer.alloc(8)
  // There are two zeros, which are equal.
  bytes.writeDoubleBE(value === 0 ? 0 : value)
  if (bytes[0]! < 0x80) bytes[0]! += 0x80
  else for (let i = 0; i < 8; i++) bytes[i] = 0xff - bytes[i]!
  return bytes.toString('hex')
}

/** Places of the decimal point that a number can have at most, to either side. */
const mostPlaces = 500_000

/** Digits and an exponent, as `-15e2`: by sign, then by the place of the first digit, then by the digits. */
function sortableDecimal (text: string): string {
  const [, sign, digits = '', exponent] = /^(-?)(\d+)e(-?\d+)$/.exec(text) ?? []
  if (exponent === undefined) return text === '0' ? '1' : `3${text}`
  const places = digits.length + Number(exponent)
  if (sign === '') return `2${String(mostPlaces + places).padStart(7, '0')}${digits}`
  // Of negative numbers those with the greater digits come first, and a longer one before a shorter.
  return `0${String(mostPlaces - places).padStart(7, '0')}${digits.replace(/\d/g, digit => String(9 - Number(digit)))}:`
}

const afterSurrogates = /[\ud800-\uffff]/

/** UTF-16 has the halves of characters above U+FFFF before those from U+E000 on. */
function byCodePoints (text: string): string {
  return text.replace(/[\ud800-\uffff]/g, unit => {
    const code = unit.charCodeAt(0)
    return String.fromCharCode(code >= 0xe000 ? code - 0x800 : code + 0x2000)
  })
}
