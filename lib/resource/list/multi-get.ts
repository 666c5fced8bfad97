import { parseJsonText } from '../../text/parse-json-text.js'
import { listOf } from './resource-list.js'
import { ItemErrors } from '../../store/core/item-errors.js'
import { rowKeys, type RowKey as KeyText } from '../../store/core/keys.js'
import { CommonsError, type BulkError } from '../../errors.js'
import { readId, type RowKey } from '../../items/shape/ids.js'
import { jsonProblem } from '../../values/json-value.js'
import { pointed, type ListPlace } from '../../items/shape/list-place.js'
import type { Resource } from '../definition/resource.js'
import { shortened } from '../../text/shorten.js'
import type { Place } from './place.js'

/** `3,1,2`, or a JSON list for ids that are objects or hold commas. */
export function splitIds (text: string): readonly unknown[] {
  if (!text.startsWith('[')) return text === '' ? [] : text.split(',').map(id => id.trim())
  try {
    return parseJsonText(text) as readonly unknown[]
  } catch {
    return [text]
  }
}

/**
 * Reads the ids of a request for their rows; one that stands there several times counts once.
 *
 * @param listPlace where they stand in the body
 * @throws CommonsError naming what no id can be
 */
export function readIds (
  resource: Resource,
  ids: readonly unknown[],
  place: Place,
  listPlace: ListPlace
): readonly RowKey[] {
  const { model, dialect } = resource
  const { maxIds } = listOf(resource)
  if (ids.length === 0) throw place.invalid('holds no id')
  if (ids.length > maxIds) {
    throw new CommonsError('batch_size_exceeded', { params: { actual: ids.length, limit: maxIds } })
  }
  const itemErrors = new ItemErrors()
  const keys = ids.map((id, i) => readId(resource, id, i, itemErrors))
  if (!itemErrors.any) {
    for (const name of model.primaryKey.fields) {
      dialect.encode(
        model,
        model.ownField(name),
        keys.map(key => key[name]),
        (i, code, params) => itemErrors.add(code, i, name, params)
      )
    }
  }
  if (itemErrors.any) throw pointed(malformed(ids, itemErrors, place), listPlace, model.primaryKey.fields.length > 1)
  const seen = new Set<KeyText>()
  const texts = rowKeys({ model, dialect }, model.primaryKey, keys)
  return keys.filter((_, i) => !seen.has(texts[i]!) && seen.add(texts[i]!))
}

/** JSON.stringify would run out of stack on what is nested too deep. */
function textOf (id: unknown): string {
  return jsonProblem(id) === undefined ? shortened(JSON.stringify(id)) : 'a value'
}

/** The first in the message, all in the details. */
function malformed (ids: readonly unknown[], itemErrors: ItemErrors, place: Place): CommonsError {
  try {
    itemErrors.throwIfAny()
  } catch (error) {
    const { details } = error as BulkError
    const [first] = details
    const id = ids[first!.index!]
    const { code, params, message } = place.invalid(
      `holds ${textOf(id)} at index ${first!.index!}, which is no id: ${first!.message}`
    )
    return new CommonsError(code, { params, message, details })
  }
  throw new Error('There is no fault')
}
