import { Prisma } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import type { Random } from '../fuzz/random.js'

/** A field of the model `Sample`, without its keys. */
export interface SampleField {
  readonly name: string
  readonly type: string
  readonly native: readonly string[] | null
  readonly required: boolean
  readonly list: boolean
}

export const sampleFields: readonly SampleField[] = (metadata.models.Sample.fields as readonly SampleField[]).filter(
  ({ name }) => name !== 'id' && name !== 'code'
)

/** Texts that parsers, quoting rules and spreadsheets tend to take for something else. */
const words = [
  '',
  ' ',
  ' lead',
  'trail\t',
  'NULL',
  'null',
  '{}',
  '[]',
  '""',
  '"',
  "'",
  '\\',
  '\\\\',
  '\\"',
  ',',
  ';',
  '{"a",NULL}',
  'a\tb',
  'c\r\n',
  '\n',
  '=1+1',
  "'=1",
  '@a',
  '-5',
  '+49',
  '\u0001\u001f',
  'ü€𝄞',
  '🧑‍🚀',
  "'; DROP --",
  '$1',
  '%',
  '\\u0000',
  '\\x00',
  'NaN',
  'true',
  '1e5',
  '007',
  '2026-01-01',
  '_x0041_',
  '<&>',
  '＝1',
  '\u202e',
  '\u00a0',
  '\uFEFFa',
  '\u2028'
]

/** A value of a field as Prisma takes it; nulls of both kinds among them. */
export function sampleValue (random: Random, field: SampleField): unknown {
  if (field.list) return random.some(random.chance(0.05) ? 40 : 3, () => single(random, field))
  if (field.name === 'text' && random.chance(0.02)) return random.pick(words).repeat(3000)
  if (!field.required && random.chance(0.2)) return field.type === 'Json' ? Prisma.DbNull : null
  const value = single(random, field)
  return value === null ? Prisma.JsonNull : value
}

function single (random: Random, { type, native }: SampleField): unknown {
  switch (type) {
    case 'String':
      return textOf(random, native)
    case 'Int':
      return integer(random, native?.[0] === 'SmallInt' ? 15 : 31)
    case 'BigInt':
      return random.pick([0n, 2n ** 63n - 1n, -(2n ** 63n), BigInt(integer(random, 31)) * BigInt(integer(random, 31))])
    case 'Float':
      return native?.[0] === 'Real' ? Math.fround(float(random, 126)) : float(random, 1000)
    case 'Decimal':
      return native?.length === 3 ? decimal(random, 14, 6) : decimal(random, 60, 40)
    case 'Boolean':
      return random.chance(0.5)
    case 'DateTime':
      return instant(random)
    case 'Json':
      return json(random, 0)
    case 'Bytes':
      return Uint8Array.from(random.some(20, () => random.below(256)))
    default:
      return random.pick(['RED', 'GREEN', 'BLUE'])
  }
}

function textOf (random: Random, native: SampleField['native']): string {
  if (native?.[0] === 'Uuid') return hex(random, [8, 4, 4, 4, 12])
  const text = random.chance(0.6) ? random.pick(words) : random.some(12, () => random.pick(words)).join('')
  return [...text].slice(0, native === null ? 200 : Number(native[1])).join('')
}

function hex (random: Random, groups: readonly number[]): string {
  return groups.map(length => Array.from({ length }, () => random.below(16).toString(16)).join('')).join('-')
}

function integer (random: Random, bits: number): number {
  const most = 2 ** bits - 1
  return random.pick([0, 1, -1, most, -most - 1, random.below(most), -random.below(most)])
}

/**
 * Of any magnitude that a double has with so many powers of two, to 15 digits: of more, Prisma's own methods store
 * others than they are given. No -0, which JSON has not.
 */
function float (random: Random, range: number): number {
  const value = Number(
    random.pick([0, 0.1, -1.5, 1 / 3, (random.next() - 0.5) * 2 ** (random.below(range * 2) - range)]).toPrecision(15)
  )
  return value === 0 ? 0 : value
}

function decimal (random: Random, before: number, behind: number): unknown {
  const digits = (most: number): string => random.some(most, () => random.below(10)).join('')
  const whole = digits(before) || '0'
  // In a workbook a number has no zeros at its end.
  const fraction = digits(behind).replace(/0+$/, '')
  const text = `${random.chance(0.5) ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
  return random.chance(0.3) ? new Prisma.Decimal(text) : text
}

/** To the millisecond, which is what Prisma writes. */
function instant (random: Random): Date {
  const [first, last] = [Date.parse('0001-01-02T00:00:00Z'), Date.parse('9999-12-30T23:59:59.999Z')]
  const years = Date.parse('1990-01-01T00:00:00Z') + random.below(2 ** 31) * 1000
  return new Date(
    random.pick([
      0,
      -1,
      first,
      last,
      years,
      years + random.below(1000),
      first + Math.floor(random.next() * (last - first))
    ])
  )
}

function json (random: Random, depth: number): unknown {
  const kind = depth > 3 ? 0.2 : random.next()
  if (kind < 0.5) return random.pick([null, true, false, 0, 1.5, -1e-7, 2 ** 40 + 0.5, random.below(1e9), ...words])
  if (kind < 0.75) return random.some(4, () => json(random, depth + 1))
  return Object.fromEntries(
    random.some(4, () => [
      random.pick([...words, 'a', 'toJSON', 'prisma__type', 'prisma__value', 'constructor']),
      json(random, depth + 1)
    ])
  )
}

/** A value in the form of JSON bodies. */
export function jsonOf (field: SampleField, value: unknown): unknown {
  if (field.list) return (value as readonly unknown[]).map(one => jsonSingle(field, one))
  return value === null || value === Prisma.DbNull || value === Prisma.JsonNull ? null : jsonSingle(field, value)
}

function jsonSingle ({ type, native }: SampleField, value: unknown): unknown {
  switch (type) {
    case 'BigInt':
    case 'Decimal':
      return typeof value === 'object' && value !== null && 'toFixed' in value
        ? (value as { toFixed: () => string }).toFixed()
        : String(value)
    case 'Bytes':
      return Buffer.from(value as Uint8Array).toString('base64')
    case 'DateTime': {
      const text = (value as Date).toISOString()
      if (native?.[0] === 'Date') return text.slice(0, 10)
      return native?.[0]?.startsWith('Time') === true && !native[0].startsWith('Timestamp') ? text.slice(11, 23) : text
    }
    default:
      return value
  }
}
