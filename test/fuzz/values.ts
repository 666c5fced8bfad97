import type { Random } from './random.js'

const characters = [
  '1',
  '0',
  '9',
  ' ',
  '\t',
  '.',
  '-',
  '+',
  'e',
  'T',
  'a',
  'Z',
  ',',
  '"',
  "'",
  '(',
  '{',
  '\\',
  '%',
  '&',
  '=',
  '@',
  'é',
  '漢',
  '😀',
  '\u0000',
  '\ud800',
  '\u202e'
]

const words = [
  '',
  'null',
  'NULL',
  'true',
  'NaN',
  'Infinity',
  '-Infinity',
  'undefined',
  '__proto__',
  'constructor',
  '0',
  '-0',
  '1',
  '-1',
  '2147483648',
  '9223372036854775808',
  '1e400',
  '0x1f',
  '1_000',
  '1,5',
  'C-1',
  'D-1',
  'red',
  'alice',
  'alice@example.com',
  'draft',
  'active',
  '2026',
  '2026-01-01',
  '2026-02-30',
  '0000-00-00',
  '2026-01-01T00:00:00Z',
  '+275760-09-13',
  '24:00',
  '01940000-0000-7000-8000-000000000001',
  '{}',
  '[]',
  '{1,2}',
  "'; drop table x; --",
  '../..',
  '%00',
  '=1+1',
  '-a',
  'id',
  '*',
  'and',
  'or',
  'not'
]

/** A text: a word, or hostile characters; long ones are what patterns and limits have to bear. */
export function text (random: Random): string {
  if (random.chance(0.6)) return random.pick(words)
  const length = random.chance(0.1) ? random.below(60_000) : random.below(40)
  const unit = random.chance(0.7) ? random.pick(characters) : random.pick(characters) + random.pick(characters)
  const body = random.chance(0.7)
    ? unit.repeat(Math.ceil(length / unit.length))
    : Array.from({ length }, () => random.pick(characters)).join('')
  return body + (random.chance(0.5) ? random.pick(['x', '!', '\n', '']) : '')
}

/** A number of JSON. */
function number (random: Random): number {
  return random.pick([0, -0, 1, 2, 3, -1, 0.5, 1e21, -1e-7, 2 ** 31, 2 ** 53 + 2, 1.005, 99, random.below(1000)])
}

/** A value of JSON; ids of rows that are there come often. */
export function value (random: Random, depth = 0): unknown {
  const kind = random.next()
  if (kind < 0.25) return random.below(30)
  if (kind < 0.6) return text(random)
  if (kind < 0.75) return number(random)
  if (kind < 0.85 || depth > 3) return random.pick([null, true, false])
  if (kind < 0.93) return random.some(random.chance(0.02) ? 3000 : 4, () => value(random, depth + 1))
  return Object.fromEntries(random.some(4, () => [random.pick(fields), value(random, depth + 1)]))
}

/** A list in a list in a list. */
export function nested (levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels)
}

/** Names that the resources of the example know, and some that none does. */
export const fields: readonly string[] = [
  'id',
  'code',
  'name',
  'email',
  'contractNumber',
  'year',
  'externalRef',
  'amount',
  'status',
  'note',
  'customer',
  'customerId',
  'tags',
  'slug',
  'title',
  'content',
  'published',
  'author',
  'authorId',
  'metadata',
  'notes',
  'article',
  'articleId',
  'body',
  'rating',
  'firstName',
  'lastName',
  'dateOfBirth',
  'salary',
  'department',
  'departmentId',
  'latitude',
  'number',
  'issuedOn',
  'lineItems',
  'description',
  'quantity',
  'unitPrice',
  'ownerId',
  'version',
  'createdAt',
  'createdById',
  'deletedAt',
  'isActive',
  'commentCount',
  'customer.code',
  'tags.slug',
  'nope',
  'toString'
]

/** Names of parameters, beside those of fields. */
export const parameters: readonly string[] = [
  'page',
  'page_size',
  'limit',
  'offset',
  'cursor',
  'ordering',
  'search',
  'ids',
  'paginated',
  'deleted',
  'unique_fields',
  'update_fields',
  'include_results',
  'dry_run',
  'partial_success',
  'file_type',
  'includes',
  'format',
  'include_examples',
  'order_by',
  'filters',
  'data',
  'column_config',
  'file_titles'
]

export const operators: readonly string[] = [
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'nin',
  'contains',
  'startsWith',
  'endsWith',
  'isnull',
  'has',
  'like',
  ''
]
