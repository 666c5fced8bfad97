/** How many bytes a name may have; the database cuts or refuses longer ones. */
const identifierLimits: { readonly [provider: string]: number } = {
  postgresql: 63,
  cockroachdb: 63,
  mysql: 64,
  sqlserver: 128,
  sqlite: 10_000
}

/** The name Prisma Migrate gives a primary key whose schema line has no `map`. */
export function primaryKeyName (provider: string, table: string): string {
  // MySQL knows no other name for it and reports violations under this one.
  return provider === 'mysql' ? 'PRIMARY' : withSuffix(provider, table, '_pkey')
}

/** The name Prisma Migrate gives a unique index whose schema line has no `map`. */
export function uniqueIndexName (provider: string, table: string, columns: readonly string[]): string {
  return withSuffix(provider, `${table}_${columns.join('_')}`, '_key')
}

/** The name Prisma Migrate gives a foreign key whose schema line has no `map`. */
export function foreignKeyName (provider: string, table: string, columns: readonly string[]): string {
  return withSuffix(provider, `${table}_${columns.join('_')}`, '_fkey')
}

/** Prisma keeps the suffix and cuts what stands before it, at a whole character. */
function withSuffix (provider: string, name: string, suffix: string): string {
  const room = (identifierLimits[provider] ?? 63) - suffix.length
  const bytes = Buffer.from(name)
  if (bytes.length <= room) return name + suffix
  let end = room
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end) + suffix
}
