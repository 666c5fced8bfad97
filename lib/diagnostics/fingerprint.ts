/** Lists of parameters, e.g. `($1,$2,$3)` or `(?, ?)`. */
const parameterLists = /\((?:\$\d+|\?)(?:, ?(?:\$\d+|\?))+\)/g

/**
 * The text of a statement without the length of its lists, so that `IN ($1,$2)` and `IN ($1,$2,$3)` are one statement.
 * Prisma's statements hold no values, so nothing else needs to go.
 */
export function fingerprint (sql: string): string {
  return sql.replace(parameterLists, '(…)')
}

/** The table after the first FROM, INTO or UPDATE, as it is written. */
const firstTable = /\b(?:FROM|INTO|UPDATE)\s+((?:"[^"]+"|`[^`]+`|\w+)(?:\.(?:"[^"]+"|`[^`]+`|\w+))?)/i

/** The name of the first table of a statement, without schema and quotes; null when there is none. */
export function tableOf (sql: string): string | null {
  const name = firstTable.exec(sql)?.[1]
  return name === undefined ? null : name.slice(name.lastIndexOf('.') + 1).replaceAll(/["`]/g, '')
}
