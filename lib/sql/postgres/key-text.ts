import type { FieldMeta } from '../../model/meta.js'

/** A text that is equal for values which PostgreSQL holds for equal, so that keys can be compared in this process. */
export function keyText (field: FieldMeta, value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (field.kind === 'enum') return String(value)
  switch (field.type) {
    case 'DateTime': {
      const time = value instanceof Date ? value.getTime() : Date.parse(String(value))
      return field.native?.[0] === 'Date' && !Number.isNaN(time) ? new Date(time).toISOString().slice(0, 10) : String(time)
    }
    case 'Decimal': return plainDecimal(String(value))
    case 'BigInt': return typeof value === 'string' ? value.replace(/^\+|^(-?)0+(?=\d)/, '$1') : String(value)
    case 'Bytes': return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
    case 'Json': return JSON.stringify(value)
    case 'String': return textKey(field, String(value))
    default: return String(value)
  }
}

function textKey (field: FieldMeta, text: string): string {
  switch (field.native?.[0]) {
    case 'Uuid': return text.toLowerCase().replaceAll('-', '')
    case 'Citext': return text.toLowerCase()
    case 'Char': return text.trimEnd()
    default: return text
  }
}

/** `1.50`, `01.5` and `15e-1` are one number. */
function plainDecimal (text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.')
  const digits = (whole + fraction).replace(/^0+/, '')
  const trimmed = digits.replace(/0+$/, '')
  return trimmed === '' ? '0' : `${sign}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`
}
