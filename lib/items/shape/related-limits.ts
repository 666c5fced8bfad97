import { isRow } from '../../store/core/columns.js'
import { ItemErrors } from '../../store/core/item-errors.js'
import { CommonsError } from '../../errors.js'
import type { ItemShape, Relation } from './item-shape.js'

/** How many related rows a request may name or nest. */
export interface RelatedLimits {
  /** In one list of an item. */
  readonly list: number
  /** In all items. */
  readonly request: number
}

/**
 * Counts the related rows of items before anything is made of them.
 *
 * @throws CommonsError `batch_size_exceeded`, with the place of each list that is too long
 */
export function checkRelated (shape: ItemShape, items: readonly unknown[], limits: RelatedLimits): void {
  const relations = countedRelations(shape)
  if (relations.length === 0) return
  const itemErrors = new ItemErrors()
  let total = 0
  items.forEach((item, index) => {
    total += countIn(relations, item, '', (path, actual) => {
      if (actual > limits.list) itemErrors.add('batch_size_exceeded', index, path, { actual, limit: limits.list })
    })
  })
  itemErrors.throwIfAny()
  if (total > limits.request) {
    const message = `The items name ${total} related rows, which are more than the limit of ${limits.request}`
    throw new CommonsError('batch_size_exceeded', { params: { actual: total, limit: limits.request }, message })
  }
}

/** The relations that may bring several rows, themselves or by what is nested in them. */
function countedRelations ({ related }: ItemShape): readonly Relation[] {
  return [...related.values()].filter(relation => relation.write.size > 0 && (relation.many || isNesting(relation)))
}

function isNesting ({ write, shape }: Relation): boolean {
  return write.has('data') && countedRelations(shape).length > 0
}

/** As deep as relations are declared, however deep the item is. */
function countIn (
  relations: readonly Relation[],
  item: unknown,
  path: string,
  tell: (path: string, length: number) => void
): number {
  if (!isRow(item)) return 0
  let count = 0
  for (const relation of relations) {
    const value = item[relation.name]
    const place = `${path}${relation.name}`
    if (Array.isArray(value)) {
      count += value.length
      tell(place, value.length)
    }
    if (!isNesting(relation)) continue
    const inner = countedRelations(relation.shape)
    const nested = Array.isArray(value) ? value : [value]
    nested.forEach((row: unknown, i) => {
      count += countIn(inner, row, Array.isArray(value) ? `${place}.${i}.` : `${place}.`, tell)
    })
  }
  return count
}
