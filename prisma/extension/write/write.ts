import { CommonsError } from '../../../lib/errors.js'
import type { Model } from '../../../lib/model/registry.js'
import type { Call } from '../query/calls.js'
import { hasDependents } from './deletion.js'
import { isObject, oneOrMany, type Input } from '../query/input.js'
import type { Unnamed } from './missing-slugs.js'
import { mapCreate, mapUpdate, type WriteRules } from './nested-writes.js'
import { deletionMarks, stampedCreate, stampedUpdate } from './stamped.js'

/** One call of a write method of Prisma: rewrites its arguments, and notes the rows that lack a slug. */
export class Write {
  readonly unnamed: Unnamed[] = []
  readonly #call: Call
  readonly #rules: WriteRules

  constructor (call: Call) {
    const { seen } = call
    const acting = call.suite.config.acting()
    this.#call = call
    this.#rules = {
      create: (model, data, fixed) => this.#created(model, stampedCreate(model, data, acting(model), fixed)),
      update: (model, data, fixed) => stampedUpdate(model, data, acting(model), fixed),
      select: (model, where) => seen.related(model, where) ?? where,
      filter: (model, where) => seen.related(model, where),
      mark: (model, fixed) => {
        if (model.meta.features.softDelete === undefined) return null
        if (hasDependents(call.suite.registry, model)) {
          throw new CommonsError('validation_failed', {
            message: `A nested delete cannot look after what belongs to a ${model.name}: delete it by a call of its own`
          })
        }
        return deletionMarks(model, acting(model), fixed)
      }
    }
  }

  /** The values of one new row, nested writes included. */
  created (data: unknown): unknown {
    return isObject(data) ? mapCreate(this.#call.suite.registry, this.#call.model, data, this.#rules) : data
  }

  /** The rows of `createMany`, which takes no nested writes. */
  createdRows (data: unknown): unknown {
    return oneOrMany(data, row => (isObject(row) ? this.#rules.create(this.#call.model, row, []) : row))
  }

  /** The values that one row changes to, nested writes included. */
  updated (data: unknown): unknown {
    return isObject(data) ? mapUpdate(this.#call.suite.registry, this.#call.model, data, this.#rules) : data
  }

  where (where: unknown): unknown {
    return this.#call.seen.where(this.#call.model, where as Input | undefined)
  }

  #created (model: Model, row: Input): Input {
    const lacksSlug =
      model.meta.features.slug?.some(
        ({ field }) => row[field] === undefined || row[field] === null || row[field] === ''
      ) ?? false
    // Stamped values are a copy: the slug can be put into it.
    if (lacksSlug) this.unnamed.push({ model, row: row as Record<string, unknown> })
    return row
  }
}
