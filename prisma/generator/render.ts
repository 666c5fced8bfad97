import type { Metadata, ModelMeta } from '../../lib/model/meta.js'

/** Longer objects are written one key a line. */
const WIDTH = 110

/** The TypeScript module that holds the metadata. The same metadata always gives the same text. */
export function renderModule (metadata: Metadata): string {
  const models = Object.values(metadata.models)
  const imported = models.length === 0 ? 'Metadata' : 'Metadata, ModelFacts'
  return `// Written by \`prisma generate\` (generator fastify-prisma-commons). Change schema.prisma, not this file.
/* eslint-disable */
import type { ${imported} } from 'fastify-prisma-commons/extension'

/** What types take from the schema. Declared, not inferred: the declaration file of a large schema stays small. */
export interface CommonsMetadata extends Metadata {
  readonly models: {${models
    .map(model => `\n    readonly ${name(model.name)}: ` + `${factsOf(model)}`)
    .join('')}${models.length === 0 ? '' : '\n  '}}
}

const schema: Metadata = ${print(metadata, '')}

export const metadata: CommonsMetadata = schema as CommonsMetadata
`
}

/**
 * The type of a model: its features, its unique constraints for some rows only, and the fields that slug functions see.
 */
function factsOf ({ features, uniques, fields }: ModelMeta): string {
  const partial = uniques.filter(({ where }) => where !== null)
  const seen =
    features.slug === undefined ? [] : fields.map(({ name, kind, type, list }) => ({ name, kind, type, list }))
  // Rules of values are no concern of types.
  const { values: _, ...typed } = features
  const args = [inline(typed), partial.map(inline).join(' | '), seen.map(inline).join(' | ')]
  // What is left out stands for the plain types.
  while (args.length > 0 && ['', '{}'].includes(args.at(-1)!)) args.pop()
  return args.length === 0 ? 'ModelFacts' : `ModelFacts<${args.map(arg => (arg === '' ? 'never' : arg)).join(', ')}>`
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
