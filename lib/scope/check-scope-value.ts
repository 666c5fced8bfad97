import type { FieldMeta } from '../model/meta.js'

const typeNames: Readonly<Record<string, string>> = { Int: 'number', String: 'string', Boolean: 'boolean' }

/** @throws TypeError for a value of another type than the field's */
export function checkScopeValue (place: string, { name, kind, type, list }: FieldMeta, value: unknown): void {
  const wanted = kind === 'enum' ? 'string' : typeNames[type]
  const given = Array.isArray(value) ? 'list' : typeof value
  if (value === null || list || wanted === undefined || given === wanted) return
  throw new TypeError(`${place}: the value of "${name}" must be a ${wanted}, not a ${given}`)
}
