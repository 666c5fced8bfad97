import { isRow } from '../../store/core/columns.js'
import { ItemErrors } from '../../store/core/item-errors.js'
import type { ModelStore } from '../../store/model-store.js'
import { CommonsError } from '../../errors.js'
import { readId, selectorOf, type RowKey } from '../../items/shape/ids.js'
import type { Resource } from '../definition/resource.js'

/** The parameters of a path: `id`, or for composite keys the fields of the key. */
export type PathParameters = Readonly<Record<string, string>>

/** The row that a path names. */
export interface PathKey {
  readonly key: RowKey
  /** The key as the path has it. */
  readonly texts: Readonly<Record<string, string | undefined>>
  /** Selects the row in the store. */
  readonly selector: RowKey
  /** The error to throw when there is no such row. */
  readonly missing: () => CommonsError
}

/** The path of a row below its collection: `/:id`, or for composite keys `/:org/:userId`. */
export function rowPath ({ model }: Resource): string {
  const { fields } = model.primaryKey
  return fields.length === 1 ? '/:id' : fields.map(name => `/:${name}`).join('')
}

/**
 * Reads the key of a path.
 *
 * @throws CommonsError `object_not_found` for what no key can be, as no row has it
 */
export function readPathKey (resource: Resource, store: ModelStore, path: PathParameters): PathKey {
  const { model } = resource
  const { fields } = model.primaryKey
  const texts = fields.length === 1 ? { [fields[0]!]: path['id'] } : path
  const missing = (): CommonsError =>
    new CommonsError('object_not_found', {
      params: { model: model.name, key: fields.join(', '), value: fields.map(field => texts[field]).join(', ') }
    })
  const itemErrors = new ItemErrors()
  const key = readId(resource, fields.length === 1 ? path['id'] : path, 0, itemErrors)
  if (!itemErrors.any) store.reportInvalid(model, [key], itemErrors)
  if (itemErrors.any) throw missing()
  return { key, texts, selector: selectorOf(resource, key), missing }
}

/** Refuses what a request says that has nothing to say. */
export function refuseBody (body: unknown): void {
  if (body === undefined || body === null || (isRow(body) && Object.keys(body).length === 0)) return
  throw new CommonsError('invalid_type', { params: { expected: 'no body' } })
}

/**
 * The body of a request that changes a row, as an item of a bulk update. A generated key in it is ignored, as all is
 * that nobody writes; one that clients choose must be the path's, since rows keep their keys.
 */
export function itemOfBody (
  resource: Resource,
  store: ModelStore,
  { key, texts }: PathKey,
  body: Readonly<Record<string, unknown>>
): Readonly<Record<string, unknown>> {
  const { model, writable } = resource
  const { fields } = model.primaryKey
  const own = fields.filter(name => writable.has(name) && Object.hasOwn(body, name))
  if (own.length > 0) {
    const values = Object.fromEntries(fields.map(name => [name, own.includes(name) ? body[name] : texts[name]]))
    const itemErrors = new ItemErrors()
    const named = readId(resource, fields.length === 1 ? values[fields[0]!] : values, 0, itemErrors)
    itemErrors.throwIfAny()
    const same = new ItemErrors()
    store.reportRepeated(model, [model.primaryKey], [key, named], same)
    if (!same.any) {
      itemErrors.add('invalid_value', 0, fields.length === 1 ? fields[0] : undefined, {
        problem: 'The body names another row than the path'
      })
    }
    itemErrors.throwIfAny()
  }
  return { ...body, ...texts }
}
