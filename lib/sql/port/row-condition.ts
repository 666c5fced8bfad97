/** Stands in a condition for any value but null. */
export const notNull = Symbol('not null')

/** Field → the value that rows have in it; null: all rows. */
export type RowCondition = { readonly [field: string]: string | number | boolean | null | typeof notNull } | null
