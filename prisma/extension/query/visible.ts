import type { DeletedRows } from '../../../lib/model/meta.js'
import type { Model, Registry } from '../../../lib/model/registry.js'
import { notNull, type RowCondition } from '../../../lib/sql/port/row-condition.js'
import { deletedFilter } from '../../../lib/store/core/soft-delete-filter.js'
import { isObject, listOf, mapEntries, oneOrMany, type Input } from './input.js'
import { reachOf } from './reach.js'

/**
 * Rewrites the arguments of Prisma's own methods so that soft-deleted rows are seen or not. Nothing is copied
 * that does not change: most arguments of most models pass as they are.
 *
 * A condition on the mark that the caller writes wins over the general one, in the object that it stands in.
 */
export class Visibility {
  readonly #registry: Registry
  readonly #rows: DeletedRows
  /** Below the root: to look at deleted rows is to see them with all that belongs to them. */
  readonly #related: DeletedRows
  readonly #leading = new Map<Model, boolean>()

  constructor (registry: Registry, rows: DeletedRows) {
    this.#registry = registry
    this.#rows = rows
    this.#related = rows === 'exclude' ? 'exclude' : 'include'
  }

  /** Arguments with `where`, `include` and `select`. */
  args (model: Model, args: Input): Input {
    const selected = this.selection(model, args)
    const where = this.where(model, args['where'] as Input | undefined)
    return where === args['where'] ? selected : { ...selected, where }
  }

  /** A condition on the rows of the model that the call is about. */
  where (model: Model, where: Input | undefined): Input | undefined {
    return this.#where(model, where, this.#rows)
  }

  /** A condition on rows that the call reaches over a relation. */
  related (model: Model, where: Input | undefined): Input | undefined {
    return this.#where(model, where, this.#related)
  }

  /** Arguments whose `include` or `select` leave out related rows. */
  selection (model: Model, args: Input): Input {
    if (this.#related === 'include' || !this.leadsToDeleted(model)) return args
    let rewritten = args
    for (const name of ['include', 'select']) {
      const entries = args[name]
      if (!isObject(entries)) continue
      const seen = mapEntries(entries, (key, value) =>
        key === '_count' ? this.#count(model, value) : this.#relation(model, key, value)
      )
      if (seen !== entries) rewritten = { ...rewritten, [name]: seen }
    }
    return rewritten
  }

  /** The arguments that a relation is asked with of a promise of one row. */
  relatedArgs (model: Model, relation: string, args: Input | undefined): Input | undefined {
    const related = this.#relation(model, relation, args ?? true)
    return isObject(related) ? related : undefined
  }

  /** True when a relation of the model, at any depth, leads to rows that can be marked. */
  leadsToDeleted (model: Model): boolean {
    const known = this.#leading.get(model)
    if (known !== undefined) return known
    const leads = [...reachOf(this.#registry, model)].some(target => target.meta.features.softDelete !== undefined)
    this.#leading.set(model, leads)
    return leads
  }

  #where (model: Model, where: Input | undefined, rows: DeletedRows): Input | undefined {
    const condition = conditionOf(model, rows)
    if (where === undefined) return condition
    if (!isObject(where)) return where
    const filtered = this.#filter(model, where)
    return condition === undefined || mentions(model, where) ? filtered : { ...filtered, ...condition }
  }

  /** Relation filters, wherever they stand in a condition. */
  #filter (model: Model, where: Input): Input {
    if (this.#related === 'include' || !this.leadsToDeleted(model)) return where
    return mapEntries(where, (key, value) => {
      if (key === 'AND' || key === 'OR' || key === 'NOT') {
        return oneOrMany(value, one => (isObject(one) ? this.#filter(model, one) : one))
      }
      const relation = model.relation(key)
      if (relation === undefined || !isObject(value)) return value
      const target = this.#registry.model(relation.model)
      if (!relation.list && !('is' in value) && !('isNot' in value)) return this.related(target, value)
      return mapEntries(value, (operator, condition) => {
        if (!isObject(condition)) return condition
        return operator === 'every' ? this.#every(target, condition) : this.related(target, condition)
      })
    })
  }

  /** What is to hold for every row is asked of those that are seen. */
  #every (model: Model, condition: Input): Input {
    const seen = conditionOf(model, this.#related)
    const filtered = this.#filter(model, condition)
    return seen === undefined || mentions(model, condition) ? filtered : { OR: [{ NOT: seen }, filtered] }
  }

  /**
   * An entry of `include` or `select`. A required to-one relation takes no condition in Prisma: its row is always seen.
   */
  #relation (model: Model, name: string, value: unknown): unknown {
    const relation = model.relation(name)
    if (relation === undefined || value === undefined || value === false) return value
    const target = this.#registry.model(relation.model)
    const takesWhere = relation.list || !relation.required
    if (isObject(value)) return this.#related === 'include' ? value : this.#nested(target, value, takesWhere)
    const where = takesWhere ? this.related(target, undefined) : undefined
    return where === undefined ? value : { where }
  }

  #nested (model: Model, args: Input, takesWhere: boolean): Input {
    const selected = this.selection(model, args)
    if (!takesWhere) return selected
    const where = this.related(model, args['where'] as Input | undefined)
    return where === args['where'] ? selected : { ...selected, where }
  }

  /** `_count: true` stands for all lists of the model, and has to name them to leave rows out. */
  #count (model: Model, value: unknown): unknown {
    const lists = model.meta.relations.filter(relation => relation.list)
    const isCounted = (name: string): boolean =>
      conditionOf(this.#registry.model(model.relation(name)?.model ?? model.name), this.#related) !== undefined
    const counted =
      value === true && lists.some(({ name }) => isCounted(name))
        ? { select: Object.fromEntries(lists.map(({ name }) => [name, true])) }
        : value
    if (!isObject(counted) || !isObject(counted['select'])) return value
    const select = mapEntries(counted['select'], (name, one) => this.#relation(model, name, one))
    return select === counted['select'] && counted === value ? value : { ...counted, select }
  }
}

/** Each model's conditions, which every call of it uses. */
const conditions = new WeakMap<Model, { readonly [rows in DeletedRows]: Input | undefined }>()

/**
 * The condition that keeps deleted rows out, or lets nothing else in; undefined where there is nothing to tell apart.
 */
export function conditionOf (model: Model, rows: DeletedRows): Input | undefined {
  let known = conditions.get(model)
  if (known === undefined) {
    known = {
      exclude: inputOf(deletedFilter(model, 'exclude')),
      include: inputOf(deletedFilter(model, 'include')),
      only: inputOf(deletedFilter(model, 'only'))
    }
    conditions.set(model, known)
  }
  return known[rows]
}

/** True when a caller's condition speaks of the mark itself. */
function mentions (model: Model, where: Input): boolean {
  const mark = model.meta.features.softDelete?.deletedAt
  if (mark === undefined) return false
  if (where[mark] !== undefined) return true
  return combinators.some(
    key => where[key] !== undefined && listOf(where[key]).some(one => isObject(one) && mentions(model, one))
  )
}

const combinators = ['AND', 'OR', 'NOT'] as const

function inputOf (condition: RowCondition): Input | undefined {
  if (condition === null) return undefined
  return mapEntries(condition, (_, value) => (value === notNull ? { not: null } : value))
}
