import { BulkError, errorDetail, pointerTo, type ErrorCode, type ErrorDetail, type ErrorParams } from '../../errors.js'
import type { UniqueMeta } from '../../model/meta.js'
import { didYouMean } from '../../suggest.js'

/** Details kept in one error: a batch that is wrong throughout must not make an answer larger than its request. */
const detailLimit = 1000

/** Where readers of items report what is wrong with them. */
export interface ErrorSink {
  add: (code: ErrorCode, index: number, field?: string, params?: ErrorParams) => void
  /** A name that the item may not have. */
  addUnknown: (index: number, name: string, known: Iterable<string>, path?: string) => void
  /** The same for what is nested in the item: places begin with `path`. */
  below: (path: string) => ErrorSink
}

/** Collects what is wrong with the items of a batch, so that one answer names all of it. */
export class ItemErrors implements ErrorSink {
  readonly #details: ErrorDetail[] = []
  readonly #items = new Set<number>()
  readonly #keepsEach: boolean

  /** @param keepsEach keep one detail of each item, however many there are: for answers that list the items anyway */
  constructor (keepsEach = false) {
    this.#keepsEach = keepsEach
  }

  add (code: ErrorCode, index: number, field?: string, params?: ErrorParams): void {
    this.#add(index, () => errorDetail(code, field === undefined ? { index } : { index, field }, params))
  }

  /** A value of a unique constraint that another row holds; one that is soft-deleted, the caller cannot see. */
  addTaken (index: number, model: string, { fields }: Pick<UniqueMeta, 'fields'>, isDeleted: boolean): void {
    const [only] = fields
    const place = fields.length === 1 && only !== undefined ? { index, field: only } : { index }
    const params = { model, fields, ...(isDeleted ? { deleted: true } : {}) }
    this.#add(index, () =>
      errorDetail(
        'unique_violation',
        place,
        params,
        isDeleted ? `A deleted ${model} holds this ${fields.join(', ')}` : undefined
      )
    )
  }

  /** A name that the item may not have; `path` leads to what is nested in it. */
  addUnknown (index: number, name: string, known: Iterable<string>, path = ''): void {
    this.#add(index, () => {
      const field = path === '' ? name : `${path}.${name}`
      const detail = errorDetail('unknown_field', { index, field }, { field: name, hint: didYouMean(name, known) })
      // The name may hold dots, which lead to no deeper field here.
      return { ...detail, pointer: pointerTo([index, ...(path === '' ? [] : path.split('.')), name]) }
    })
  }

  below (path: string): ErrorSink {
    return errorsBelow(this, path)
  }

  /** Adds what others have collected. */
  include (others: ItemErrors): void {
    this.#details.push(...others.#details.slice(0, Math.max(0, detailLimit - this.#details.length)))
    for (const index of others.#items) this.#items.add(index)
  }

  get any (): boolean {
    return this.#details.length > 0
  }

  /** What is wrong, by the items, in the order that it was found. */
  get byItem (): ReadonlyMap<number, readonly ErrorDetail[]> {
    const found = new Map<number, ErrorDetail[]>()
    for (const detail of this.#details) {
      const details = found.get(detail.index!)
      if (details === undefined) found.set(detail.index!, [detail])
      else details.push(detail)
    }
    return found
  }

  /** Throws them all, in the order of the items. */
  throwIfAny (cause?: unknown): void {
    if (this.any) {
      throw new BulkError(
        this.#details.sort((a, b) => a.index! - b.index!),
        { cause, failed: this.#items.size }
      )
    }
  }

  #add (index: number, detail: () => ErrorDetail): void {
    const isFirst = !this.#items.has(index)
    this.#items.add(index)
    if (this.#details.length < detailLimit || (isFirst && this.#keepsEach)) this.#details.push(detail())
  }
}

function errorsBelow (itemErrors: ItemErrors, path: string): ErrorSink {
  return {
    add: (code, index, field, params) =>
      itemErrors.add(code, index, field === undefined ? path : `${path}.${field}`, params),
    addUnknown: (index, name, known) => itemErrors.addUnknown(index, name, known, path),
    below: deeper => errorsBelow(itemErrors, `${path}.${deeper}`)
  }
}
