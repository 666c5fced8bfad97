import { check, type OptionTable } from '../../options.js'

/** What the list of a resource offers. */
export interface ListOptions {
  /** Rows on a page of the list. Default: 20. */
  readonly pageSize?: number
  /** Rows that `page_size` may ask for; a larger number is taken for this one. Default: 100. */
  readonly maxPageSize?: number
  /**
   * Fields to filter by, also of related rows: `code`, `customer.code`; `*` stands for every field that is shown.
   * Default: `['*']`.
   */
  readonly filters?: readonly string[]
  /** Text fields that `search` looks in, also of related rows. Default: none, and no `search`. */
  readonly search?: readonly string[]
  /**
   * Fields to order by, also of rows that a to-one relation leads to. Default: every field that is shown and has an
   * order.
   */
  readonly ordering?: readonly string[]
  /** Orders of several names under one, `{ newest: ['-createdAt', 'title'] }`; a minus reverses all. Default: none. */
  readonly orderings?: Readonly<Record<string, readonly string[]>>
  /** Order of a list that asks for none, `['-createdAt']`. Default: by the primary key. */
  readonly defaultOrdering?: readonly string[]
  /** Ignore parameters, filters and orderings that do not exist instead of answering 400. Default: false. */
  readonly lenientQuery?: boolean
  /** Rows that `paginated=false` may give at once. Default: `paginated=false` is refused. */
  readonly unpaginated?: number
  /** Rows that `offset` and `page` may leave out; `cursor` goes on without end. Default: 1,000,000. */
  readonly maxOffset?: number
  /** Ids that `ids` may name. Default: 1000. */
  readonly maxIds?: number
  /** Number the rows of a list from 1 in `index`: those of the page, or of all pages. Default: neither. */
  readonly appendIndexes?: 'page' | 'absolute'
  /**
   * What cursors are sealed with, for servers that share their clients or outlive a restart. Default: random, made once
   * a process.
   */
  readonly cursorSecret?: string
}

/** The checks of these options that need no metadata. */
export const listOptionTable: OptionTable<ListOptions> = {
  pageSize: check.integer(1),
  maxPageSize: check.integer(1),
  filters: check.names,
  search: check.names,
  ordering: check.names,
  orderings: {
    expected: 'an object of lists of names',
    accepts: value => typeof value === 'object' && value !== null && Object.values(value).every(check.names.accepts)
  },
  defaultOrdering: check.names,
  lenientQuery: check.boolean,
  unpaginated: check.integer(1),
  maxOffset: check.integer(0, 2 ** 31 - 1),
  maxIds: check.integer(1),
  appendIndexes: check.oneOf('page', 'absolute'),
  cursorSecret: {
    expected: 'a string of at least 16 characters',
    accepts: value => typeof value === 'string' && value.length >= 16
  }
}
