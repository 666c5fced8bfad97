import { isOwned } from '../features/is-owned.js'
import { CommonsError } from '../errors.js'
import { bytesForm, floatForm, jsonForm } from '../model/json-form.js'
import type { Model, Registry } from '../model/registry.js'
import { didYouMean } from '../suggest.js'

export interface ToJsonSelection {
  /** What to show, of all that the row holds. Default: `__all__`. */
  readonly fields?: readonly string[] | '__all__'
  /** What to leave out, whatever else is said. Default: nothing. */
  readonly exclude?: readonly string[]
  /** Leave out keys, stamps, soft-delete stamps and versions, in included relations too. Default: false. */
  readonly excludeGeneral?: boolean
}

/**
 * A row as plain JSON: columns in the form that bulk answers have, included relations the same way, anything else that
 * the row holds, such as computed fields, by its kind.
 *
 * @param row a row as Prisma gives it, or some of its fields
 * @throws CommonsError `validation_failed` for names that neither the model nor the row has, and for `fields` that the
 * row was read without
 */
export function toJson (
  registry: Registry,
  model: Model,
  row: object,
  selection: ToJsonSelection = {}
): Record<string, unknown> {
  const { fields = '__all__', exclude = [], excludeGeneral = false } = selection
  const held = Object.entries(row).filter(([, value]) => value !== undefined)
  const names = held.map(([name]) => name)
  checkNames(model, names, 'exclude', exclude)
  if (fields !== '__all__') {
    checkNames(model, names, 'fields', fields)
    const unread = fields.find(name => !names.includes(name))
    if (unread !== undefined) refuse(model, `the row was read without "${unread}"`)
  }
  const isShown = (name: string): boolean =>
    (fields === '__all__' || fields.includes(name)) &&
    !exclude.includes(name) &&
    !(excludeGeneral && isGeneral(model, name))
  return Object.fromEntries(
    held.flatMap(([name, value]) =>
      isShown(name) ? [[name, valueForm(registry, model, name, value, excludeGeneral)]] : []
    )
  )
}

function checkNames (model: Model, held: readonly string[], option: string, names: unknown): void {
  if (!Array.isArray(names)) {
    refuse(model, `${option} takes a list of names${option === 'fields' ? ' or "__all__"' : ''}`)
  }
  const known = new Set([...model.fieldNames, ...model.meta.relations.map(relation => relation.name), ...held])
  for (const name of names as readonly unknown[]) {
    if (!known.has(name as string)) {
      refuse(model, `${option} names the unknown field "${String(name)}". ${didYouMean(String(name), known)}`)
    }
  }
}

function refuse (model: Model, problem: string): never {
  throw new CommonsError('validation_failed', { message: `${model.name}.toJson: ${problem}` })
}

/** True for what tells of the storing of a row and not of the row; relations by their keys. */
function isGeneral (model: Model, name: string): boolean {
  const field = model.field(name)
  if (field !== undefined) {
    const { features } = model.meta
    return model.keyFields.includes(name) || isOwned(features, field) || features.version?.revisionNotes === name
  }
  const keys = model.relation(name)?.fields ?? []
  return keys.length > 0 && keys.every(key => isGeneral(model, key))
}

function valueForm (registry: Registry, model: Model, name: string, value: unknown, excludeGeneral: boolean): unknown {
  const field = model.field(name)
  if (field !== undefined) return jsonForm(field)(value)
  const relation = model.relation(name)
  if (relation === undefined) return plainForm(value)
  if (value === null) return null
  const related = registry.model(relation.model)
  const form = (row: object): unknown => toJson(registry, related, row, { excludeGeneral })
  return Array.isArray(value) ? (value as readonly object[]).map(form) : form(value as object)
}

/** The JSON of a value that no column describes. */
export function plainForm (value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return floatForm(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return bytesForm(value)
  if (Array.isArray(value)) return value.map(plainForm)
  // Decimals, and others that know their own form.
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON() as unknown
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plainForm(one)]))
}
