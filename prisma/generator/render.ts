import type { Metadata } from '../../lib/model/meta.js'

/** Longer objects are written one key a line. */
const WIDTH = 110

/** The TypeScript module that holds the metadata. The same metadata always gives the same text. */
export function renderModule (metadata: Metadata): string {
  return `// Written by \`prisma generate\` (generator fastify-prisma-commons). Change schema.prisma, not this file.
/* eslint-disable */
import type { Metadata } from 'fastify-prisma-commons/extension'

const schema = ${print(metadata, '')} as const satisfies Metadata

type Schema = typeof schema

/** Named, so that types which mention it stay short. */
export interface CommonsMetadata extends Schema {}

export const metadata: CommonsMetadata = schema
`
}

function print (value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return literal(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    // A list of objects is a table, one row a line; any other list is short.
    const isTable = value.some(item => typeof item === 'object')
    return isTable ? `[\n${value.map(item => inner + inline(item)).join(',\n')}\n${indent}]` : inline(value)
  }
  const line = inline(value)
  const fits = indent.length + line.length <= WIDTH
  const lines = Object.entries(value).map(([key, item]) => `${inner}${name(key)}: ${print(item, inner)}`)
  return fits ? line : `{\n${lines.join(',\n')}\n${indent}}`
}

function inline (value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value !== 'object' || value === null) return literal(value)
  const entries = Object.entries(value).map(([key, item]) => `${name(key)}: ${inline(item)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function name (key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key)
}

function literal (value: unknown): string {
  if (typeof value !== 'string') return String(value)
  const escaped = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${escaped}'`
}
