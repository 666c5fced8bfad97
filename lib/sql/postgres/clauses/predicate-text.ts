import type { FieldMeta, UniqueMeta } from '../../../model/meta.js'
import type { Model } from '../../../model/registry.js'
import type { IndexFacts } from '../../port/catalog.js'

/**
 * Whether an index holds for exactly the rows that a unique constraint names. PostgreSQL gives the condition of an
 * index in its own spelling: `((deleted_at IS NULL) AND ((kind)::text = 'a'::text))`. Only what annotations can say is
 * understood, comparisons with null and with constants; any other condition is another one.
 */
export function matchesPredicate (
  model: Model,
  where: UniqueMeta['where'],
  { predicate }: Pick<IndexFacts, 'predicate'>
): boolean {
  const wanted = Object.entries(where ?? {})
  const found = predicate === null ? [] : conjuncts(predicate)
  if (wanted.length !== found.length) return false
  const byColumn = new Map(found.flatMap(text => readCondition(text) ?? []))
  return wanted.every(([name, value]) => {
    const field = model.ownField(name)
    const actual = byColumn.get(field.column)
    return actual !== undefined && equals(model, field, value, actual)
  })
}

/** The parts that AND joins, without the brackets around each. */
function conjuncts (text: string): string[] {
  const inner = unwrap(text)
  const parts = split(inner)
  return parts.length === 1 ? [inner] : parts.flatMap(conjuncts)
}

/** Cuts at every AND that stands in no bracket and no quotes. */
function split (text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const [token] of text.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"| AND |[^]/g)) {
    if (token === '(') depth++
    if (token === ')') depth--
    if (token === ' AND ' && depth === 0) {
      parts.push(part)
      part = ''
    } else {
      part += token
    }
  }
  return [...parts, part]
}

/** Without brackets that enclose the whole text. */
function unwrap (text: string): string {
  const inner = text.trim()
  if (!inner.startsWith('(')) return inner
  let depth = 0
  let at = 0
  for (const [token] of inner.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[^]/g)) {
    at += token.length
    if (token === '(') depth++
    if (token === ')' && --depth === 0) break
  }
  return depth === 0 && at === inner.length ? unwrap(inner.slice(1, -1)) : inner
}

/** A column, and what it equals: a constant as text, or null. Undefined for any other condition. */
function readCondition (text: string): [[column: string, value: string | null]] | undefined {
  const nullTest = /^(.+) IS NULL$/.exec(text)
  if (nullTest !== null) return withColumn(nullTest[1]!, null)
  const comparison = /^(.+?) = (.+)$/s.exec(text)
  if (comparison !== null) {
    const value = constantOf(comparison[2]!)
    return value === undefined ? undefined : withColumn(comparison[1]!, value)
  }
  // A boolean column is its own condition.
  const negated = /^NOT (.+)$/.exec(text)
  return negated === null ? withColumn(text, 'true') : withColumn(negated[1]!, 'false')
}

function withColumn (text: string, value: string | null): [[string, string | null]] | undefined {
  const bare = uncast(text)
  const quoted = /^"((?:[^"]|"")+)"$/.exec(bare)
  if (quoted !== null) return [[quoted[1]!.replaceAll('""', '"'), value]]
  return /^[a-z_][a-z0-9_$]*$/.test(bare) ? [[bare, value]] : undefined
}

/** `'a'::text`, `(10)::numeric`, `true` → its text. */
function constantOf (text: string): string | undefined {
  const bare = uncast(text)
  const quoted = /^'((?:[^']|'')*)'$/.exec(bare)
  if (quoted !== null) return quoted[1]!.replaceAll("''", "'")
  return /^(?:-?[\d.]+(?:e[+-]?\d+)?|true|false)$/.test(bare) ? bare : undefined
}

/** Without casts: `(kind)::text` → `kind`. Names of types are in lower case or in quotes, words such as OR are not. */
function uncast (text: string): string {
  const bare = unwrap(text)
  const inner = unwrap(bare.replace(/::(?:"[^"]*"|[a-z0-9_., ()[\]])+$/, ''))
  return inner === bare ? bare : uncast(inner)
}

function equals (
  model: Model,
  field: FieldMeta,
  wanted: string | number | boolean | null,
  actual: string | null
): boolean {
  if (wanted === null || actual === null) return wanted === actual
  if (field.kind === 'enum') return model.enumOf(field).values[String(wanted)] === actual
  switch (field.type) {
    case 'Int':
    case 'BigInt':
    case 'Float':
    case 'Decimal':
      return Number(wanted) === Number(actual)
    case 'DateTime':
      return instant(String(wanted)) === instant(actual)
    default:
      return String(wanted) === actual
  }
}

/** Milliseconds of an instant in the spelling of the schema or of the database; one without a zone is in UTC. */
function instant (text: string): number {
  return Date.parse(/(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(text.slice(10)) ? text : `${text}Z`)
}
