import type { FieldMeta } from '../../../model/meta.js'
import type { Model } from '../../../model/registry.js'

/** Prisma's default PostgreSQL type of each scalar. */
const defaults: Readonly<Record<string, string>> = {
  String: 'text',
  Boolean: 'boolean',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Decimal: 'numeric',
  DateTime: 'timestamp',
  Json: 'jsonb',
  Bytes: 'bytea'
}

/** `@db.X` attributes, by the name Prisma gives them. */
const natives: Readonly<Record<string, string>> = {
  Text: 'text',
  // A cast to varchar(n) cuts silently where an assignment refuses: values travel as text, the column checks.
  VarChar: 'text',
  Char: 'bpchar',
  Citext: 'citext',
  Uuid: 'uuid',
  Xml: 'xml',
  Inet: 'inet',
  Bit: 'varbit',
  VarBit: 'varbit',
  Boolean: 'boolean',
  Integer: 'integer',
  SmallInt: 'smallint',
  Oid: 'oid',
  BigInt: 'bigint',
  DoublePrecision: 'double precision',
  Real: 'real',
  Decimal: 'numeric',
  Money: 'money',
  Timestamp: 'timestamp',
  Timestamptz: 'timestamptz',
  Date: 'date',
  Time: 'time',
  Timetz: 'timetz',
  Json: 'json',
  JsonB: 'jsonb',
  ByteA: 'bytea'
}

/** Native types whose arguments a cast must repeat, so that a value is compared as the column would hold it. */
const sized = new Set(['Decimal', 'Timestamp', 'Timestamptz', 'Time', 'Timetz'])

/** Sizes that Prisma gives to columns whose field names no native type. */
const impliedSizes: Readonly<Record<string, string>> = { DateTime: '(3)', Decimal: '(65,30)' }

/** Quotes an identifier of the metadata. */
export function identifier (name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The table of a model, with its schema where the metadata names one. */
export function tableOf (model: Model): string {
  const { schema, table } = model.meta
  return schema === null ? identifier(table) : `${identifier(schema)}.${identifier(table)}`
}

/** The type of one element of a field, without size: what parameters are declared as. */
export function elementType (model: Model, field: FieldMeta): string {
  if (field.kind === 'enum') {
    const { dbName, schema = model.meta.schema } = model.enumOf(field)
    return schema === null ? identifier(dbName) : `${identifier(schema)}.${identifier(dbName)}`
  }
  const native = field.native?.[0]
  return (native === undefined ? undefined : natives[native]) ?? defaults[field.type] ?? 'text'
}

/** The type a column compares and stores with, size included, `[]` for lists. */
export function columnType (model: Model, field: FieldMeta): string {
  const [native, ...args] = field.native ?? []
  const base = elementType(model, field)
  const size = native !== undefined && sized.has(native) && args.length > 0 ? `(${args.join(',')})` : ''
  const implied = native === undefined && field.kind === 'scalar' ? (impliedSizes[field.type] ?? '') : ''
  return `${base}${size}${implied}${field.list ? '[]' : ''}`
}

/**
 * An expression of a field for `is distinct from`: types that PostgreSQL has no equality for are compared as text, and
 * a list that was never set is an empty one, as answers show it.
 */
export function comparable (model: Model, field: FieldMeta, expression: string): string {
  const type = elementType(model, field)
  if (type === 'json' || type === 'xml' || type === 'citext') return nonNull(field, `(${expression})::text`)
  // A list of varchar, or of a domain, has no operator in common with a list of the type that its values travel as.
  return nonNull(field, field.list ? `(${expression})::${type}[]` : expression)
}

function nonNull ({ list }: FieldMeta, expression: string): string {
  return list ? `coalesce(${expression}, '{}')` : expression
}
