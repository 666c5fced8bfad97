/** What the engine reads in answers, beside the returned fields; no Prisma field can have such a name. */
export const answer = {
  /** 1-based place of the item in the chunk. */
  ord: '$ord',
  inserted: '$inserted',
  created: '$created',
  updated: '$updated',
  deleted: '$deleted',
  /** One of the outcomes that `merge` gives for an item: see mergeOutcomes. */
  outcome: '$outcome',
  numbers: '$numbers',
  partitioned: '$partitioned',
  /** The names of the fields that an item would change, as a JSON list. */
  differing: '$differing',
  /** Rows there are in all; it stands in each row of a page, and in one without a row when the page is empty. */
  count: '$count',
  /** True in the rows of a page. */
  present: '$present',
  text: '$text'
} as const

/** Where an answer has the value of a term of the order, as text. */
export function positionAlias (term: number): string {
  return `$p${term}`
}

/** Where an answer has the text that is common to all rows in a cell. */
export function cellAlias (cell: number): string {
  return `$v${cell}`
}

/**
 * What `merge` did to an item: the first of these that its answers name; none of them where another transaction wrote
 * the key meanwhile. `absent`: not there, and not insertable. `conflict`: there, with another version than expected.
 * `deleted`: there, but not among the `live` rows.
 */
export const mergeOutcomes = ['deleted', 'updated', 'conflict', 'unchanged', 'created', 'absent'] as const
export type MergeOutcome = (typeof mergeOutcomes)[number]
