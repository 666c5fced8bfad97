import type { FieldMeta } from './meta.js'

/** A value of a column as Prisma reads it → the form that JSON answers show. */
export type JsonForm = (value: unknown) => unknown

/** An instant as JSON answers show it. Days and times of day have none: they show the part that the column holds. */
export function instantForm ({ native }: FieldMeta): (date: Date) => string {
  switch (native?.[0]) {
    case 'Date': return date => date.toISOString().slice(0, 10)
    case 'Time':
    case 'Timetz': return date => date.toISOString().slice(11, 23)
    default: return date => date.toISOString()
  }
}

/** A number as JSON answers show it: NaN and the infinities have no JSON number. */
export function floatForm (value: unknown): unknown {
  return Number.isFinite(value) ? value : String(value)
}

/** The form of each value of a column: null, a single value, or a list. */
export function jsonForm (field: FieldMeta): JsonForm {
  const single = singleForm(field)
  if (field.list) return value => (value as readonly unknown[]).map(single)
  return value => value === null ? null : single(value)
}

function singleForm (field: FieldMeta): JsonForm {
  if (field.kind === 'enum') return asIs
  switch (field.type) {
    case 'DateTime': {
      const instant = instantForm(field)
      return value => instant(value as Date)
    }
    case 'Decimal': {
      const scale = scaleOf(field)
      return value => scale === null ? String(value) : (value as { toFixed: (digits: number) => string }).toFixed(scale)
    }
    case 'BigInt': return String
    case 'Bytes': return value => bytesForm(value as Uint8Array)
    case 'Float': return floatForm
    default: return asIs
  }
}

const asIs: JsonForm = value => value

export function bytesForm ({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

/** Digits behind the decimal point that the column holds, the zeros that Prisma's Decimals drop included; null for any. */
export function scaleOf ({ native }: FieldMeta): number | null {
  if (native === null) return 30
  if (native[0] === 'Money') return 2
  return native[0] === 'Decimal' && native.length > 1 ? Number(native[2] ?? 0) : null
}
