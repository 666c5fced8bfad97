import { isTimeOfDay } from './instant.js'
import type { FieldMeta } from './meta.js'

/** A value as JSON answers show it → the form that Prisma reads it in. */
export type StoredForm = (value: unknown) => unknown

/**
 * The way back from `jsonForm`, for code that takes rows as Prisma gives them.
 *
 * @param decimal makes a decimal of its digits
 */
export function storedForm (field: FieldMeta, decimal: (text: string) => unknown): StoredForm {
  const single = singleForm(field, decimal)
  if (single === null) return value => value
  if (field.list) return value => (value as readonly unknown[]).map(single)
  return value => (value === null ? null : single(value))
}

/** Null where both forms are the same. */
function singleForm (field: FieldMeta, decimal: (text: string) => unknown): StoredForm | null {
  if (field.kind === 'enum') return null
  switch (field.type) {
    // Prisma leaves out the zone of a time of day.
    case 'DateTime':
      return value =>
        new Date(isTimeOfDay(field) ? `1970-01-01T${String(value).slice(0, '08:30:00.000'.length)}Z` : String(value))
    case 'Decimal':
      return value => decimal(String(value))
    case 'BigInt':
      return value => BigInt(String(value))
    case 'Bytes':
      return value => new Uint8Array(Buffer.from(String(value), 'base64'))
    case 'Float':
      return Number
    default:
      return null
  }
}
