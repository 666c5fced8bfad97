import type { ImportColumn } from './plan.js'

/** The columns of an import. Several fields may take their values from one. */
export class ColumnSet {
  readonly #owner: string
  readonly #columns = new Map<string, { -readonly [key in keyof ImportColumn]: ImportColumn[key] }>()

  constructor (owner: string) {
    this.#owner = owner
  }

  get all (): readonly ImportColumn[] {
    return [...this.#columns.values()]
  }

  /** @param use what one field says of its column */
  add (use: ImportColumn): ImportColumn {
    const known = this.#columns.get(use.name)
    const taken = [...this.#columns.values()].find(
      ({ name, aliases }) =>
        name !== use.name && [name, ...aliases].some(text => [use.name, ...use.aliases].includes(text))
    )
    if (taken !== undefined) {
      throw new TypeError(`${this.#owner}: the columns "${taken.name}" and "${use.name}" share a header`)
    }
    if (known === undefined) {
      const column = { ...use }
      this.#columns.set(use.name, column)
      return column
    }
    known.aliases = [...new Set([...known.aliases, ...use.aliases])]
    known.required ||= use.required
    known.hint ??= use.hint
    known.example ??= use.example
    return known
  }
}
