import type { ModelShape } from '../model/annotations/column-rule.js'
import type { ModelDocumentation } from '../model/annotations/feature-definition.js'
import type { DefaultMeta, FieldMeta, RelationMeta } from '../model/meta.js'
import { documentationAt, type SchemaBlock, type SchemaText } from './blocks.js'

/** A field of a model, with the line it stands on. */
export interface DeclaredField {
  readonly name: string
  readonly type: string
  readonly list: boolean
  readonly required: boolean
  readonly attributes: string
  readonly line: number
}

/** What a model says in its text: enough to check annotations without Prisma's parser. */
export interface ModelText {
  readonly shape: ModelShape
  readonly documentation: ModelDocumentation
  /** Everything that has a name, relations and unsupported columns included. */
  readonly declared: readonly DeclaredField[]
}

const scalars: ReadonlySet<string> = new Set([
  'String',
  'Boolean',
  'Int',
  'BigInt',
  'Float',
  'Decimal',
  'DateTime',
  'Json',
  'Bytes'
])

/**
 * Reads a model out of its text.
 *
 * @param models names of all models of the schema: fields of these types are relations
 */
export function readModel (text: SchemaText, block: SchemaBlock, models: ReadonlySet<string>): ModelText {
  const declared = declaredFields(text, block)
  const columns = declared.filter(({ type }) => !models.has(type) && type !== 'Unsupported')
  const documented = declared
    .map(field => [field.name, documentationAt(text.lines, field.line)] as const)
    .filter(([, words]) => words !== '')
  return {
    declared,
    shape: {
      name: block.name,
      table: block.name,
      schema: null,
      fields: columns.map(fieldMeta),
      relations: declared.filter(({ type }) => models.has(type)).map(relationMeta),
      uniques: []
    },
    documentation: { model: documentationAt(text.lines, block.start), fields: Object.fromEntries(documented) }
  }
}

/** All that a model declares, relations and unsupported columns included. */
export function declaredFields ({ lines }: SchemaText, { start, end }: SchemaBlock): DeclaredField[] {
  return lines.slice(start + 1, end).flatMap(({ code }, i) => {
    const match = /^(\w+)\s+(\w+)(?:\("[^"]*"\))?(\[\]|\?)?\s*(.*)$/.exec(code)
    if (match === null) return []
    const [, name, type, mark, attributes] = match
    return [
      {
        name: name!,
        type: type!,
        list: mark === '[]',
        required: mark !== '?',
        attributes: attributes!,
        line: start + 1 + i
      }
    ]
  })
}

function fieldMeta ({ name, type, list, required, attributes }: DeclaredField): FieldMeta {
  return {
    name,
    column: name,
    kind: scalars.has(type) ? 'scalar' : 'enum',
    type,
    list,
    required,
    native: null,
    default: defaultMeta(attributes),
    updatedAt: /@updatedAt\b/.test(attributes)
  }
}

/** Only the kind is told apart: a call has brackets, a literal has none outside its quotes. */
function defaultMeta (attributes: string): DefaultMeta | null {
  const value = /@default\(\s*("(?:[^"\\]|\\.)*"|[^()]*)(\(?)/.exec(attributes)
  if (value === null) return null
  return value[2] === '(' ? { kind: 'database', name: 'dbgenerated', sql: null } : { kind: 'value', value: value[1]! }
}

function relationMeta ({ name, type, list, required, attributes }: DeclaredField): RelationMeta {
  const fields = /\bfields:\s*\[([^[\]]*)\]/.exec(attributes)?.[1] ?? ''
  return {
    name,
    model: type,
    list,
    required,
    relation: '',
    fields: fields
      .split(',')
      .map(key => key.trim())
      .filter(key => key !== ''),
    references: [],
    onDelete: null
  }
}
