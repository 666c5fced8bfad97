import { parseAnnotations, type Annotation, type AnnotationValue } from '../model/annotations/annotations.js'
import { type NamedColumnRule } from '../model/annotations/feature-arguments.js'
import { typeOf } from '../model/annotations/column-rule.js'
import { readFeatures } from '../model/annotations/features.js'
import { definitions } from '../model/annotations/feature-definitions.js'
import { type Definition } from '../model/annotations/feature-definition.js'
import type { SchemaProblem } from '../model/schema-problems.js'
import { readSchemaText, type SchemaBlock, type SchemaText } from './blocks.js'
import { columnMap } from './column-map.js'
import { insertLines, type Insertion } from './insertion.js'
import { readModel, type DeclaredField, type ModelText } from './model-shape.js'

/** What is to be mixed into a model. */
export interface MixinRequest {
  readonly features: readonly string[]
  /** Arguments that only the author can choose: `{ from: ['title'] }`. */
  readonly chosen: Readonly<Record<string, readonly string[]>>
  /** Whether to add columns that few models want as well. */
  readonly all: boolean
  /** The type of columns that hold a user's id. */
  readonly idType: string
}

export interface MixinPlan {
  /** In the order of their lines; none when the model has everything. */
  readonly insertions: readonly Insertion[]
  /** The file's text with them. */
  readonly text: string
  /** Names of the columns that are new. */
  readonly columns: readonly string[]
  /** New columns that rows which exist already have no value for. */
  readonly unfilled: readonly string[]
  /** What the generator would say of these features then. */
  readonly problems: readonly SchemaProblem[]
}

/** The features that the command can add: those with columns of their own. */
export const mixableFeatures: readonly string[] = Object.keys(definitions).filter(name => {
  const { target, args, declares } = definitions[name]!
  if (declares === true) return false
  return target !== undefined || Object.values(args).some(argument => argument.column !== undefined)
})

/** An argument that only the author of a schema can give. */
export interface ChosenArgument {
  readonly name: string
  readonly from: 'fields' | readonly string[]
}

/** The arguments of a feature that only the author of a schema can give. */
export function chosenArguments (feature: string): ChosenArgument[] {
  return Object.entries(definitions[feature]!.args).flatMap(([name, { chosen }]) =>
    chosen === undefined ? [] : [{ name, from: chosen }]
  )
}

interface Column {
  /** The comment above it, if any. */
  readonly annotation: string | null
  readonly declaration: readonly [name: string, type: string, attributes: string]
}

/** Plans what a model lacks of some features: annotations above it, and columns below its last field. */
export function planMixin (
  text: SchemaText,
  block: SchemaBlock,
  models: ReadonlySet<string>,
  request: MixinRequest
): MixinPlan {
  const model = readModel(text, block, models)
  const insertions: Insertion[] = []
  const conflicts: SchemaProblem[] = []
  const above: string[] = []
  const added = new Map<string, Column>()
  for (const feature of request.features) {
    const definition = definitions[feature]!
    if (definition.target === undefined) {
      const given = annotationOf(model.documentation.model, feature)
      if (given === undefined) above.push(annotationText(feature, request))
      for (const column of missingColumns(definition, given?.args ?? {}, model, request)) {
        added.set(column.declaration[0], column)
      }
    } else {
      const place = targetPlace(feature, definition.target, model, request)
      if (place === null) continue
      if ('declaration' in place) added.set(definition.target.name, place)
      else if ('message' in place) conflicts.push(place)
      else {
        insertions.push({
          before: place.line,
          lines: [indentOf(text.raw[place.line]!) + annotationText(feature, request)]
        })
      }
    }
  }
  if (above.length > 0) {
    insertions.push({ before: block.start, lines: above.map(line => indentOf(text.raw[block.start]!) + line) })
  }
  if (added.size > 0) insertions.push(columnInsertion(text, block, model, [...added.values()]))
  insertions.sort((a, b) => a.before - b.before)
  const edited = insertLines(text.raw, insertions)
  return {
    insertions,
    text: edited,
    columns: [...added.keys()],
    unfilled: [...added.values()]
      .filter(({ declaration: [, type, attributes] }) => !/[?\]]$/.test(type) && !attributes.includes('@default('))
      .map(({ declaration }) => declaration[0]),
    problems: conflicts.length > 0 ? conflicts : problemsOf(edited, block.name, models, request.features)
  }
}

function annotationOf (documentation: string, feature: string): Annotation | undefined {
  return parseAnnotations(documentation).annotations.find(({ name }) => name === feature)
}

function annotationText (feature: string, { chosen }: MixinRequest): string {
  const args = chosenArguments(feature).flatMap(({ name }) =>
    chosen[name] === undefined ? [] : [`${name}: ${printNames(chosen[name])}`]
  )
  return `/// @commons.${feature}${args.length === 0 ? '' : `(${args.join(', ')})`}`
}

function printNames (names: readonly string[]): string {
  return names.length === 1 ? JSON.stringify(names[0]) : `[${names.map(name => JSON.stringify(name)).join(', ')}]`
}

/** The columns that an annotation names, or that have their usual names, and that the model has not. */
function missingColumns (
  definition: Definition,
  args: Annotation['args'],
  model: ModelText,
  request: MixinRequest
): Column[] {
  return Object.entries(definition.args).flatMap(([argument, { column }]) => {
    const given: AnnotationValue | undefined = args[argument]
    if (column === undefined || given === null) return []
    const isNamed = typeof given === 'string'
    if (!isNamed && !column.needed && column.extra === true && !request.all) return []
    const name = isNamed ? given : column.name
    return has(model, name) ? [] : [{ annotation: null, declaration: declare(name, column, model, request) }]
  })
}

/**
 * Where the annotation of a field goes: with a new column, above the field that is there, or nowhere when it stands
 * already. One that says something else is for its author to change.
 */
function targetPlace (
  feature: string,
  target: NamedColumnRule,
  model: ModelText,
  request: MixinRequest
): Column | DeclaredField | SchemaProblem | null {
  const wanted = annotationText(feature, request)
  const wantedArgs = chosenArguments(feature).flatMap(({ name }) =>
    request.chosen[name] === undefined ? [] : [[name, request.chosen[name]] as const]
  )
  const present = Object.entries(model.documentation.fields).flatMap(([field, words]) => {
    const annotation = annotationOf(words, feature)
    return annotation === undefined ? [] : [{ field, annotation }]
  })
  if (
    present.some(({ annotation: { args } }) =>
      wantedArgs.every(([name, words]) => String(args[name]) === String(words))
    )
  ) {
    return null
  }
  const other = present.find(({ field }) => field === target.name)
  if (other !== undefined) {
    const message = `The field "${target.name}" has this annotation already, with other arguments`
    return {
      model: model.shape.name,
      field: target.name,
      source: other.annotation.source,
      message,
      hint: `To change it, write \`${wanted}\` above the field`
    }
  }
  return (
    model.declared.find(({ name }) => name === target.name) ?? {
      annotation: wanted,
      declaration: declare(target.name, target, model, request)
    }
  )
}

function declare (
  name: string,
  rule: NamedColumnRule,
  model: ModelText,
  { idType }: MixinRequest
): [name: string, type: string, attributes: string] {
  return [
    name,
    typeOf(rule, { type: idType, required: true }),
    [rule.advice, rule.attribute, columnMap(name, model)].filter(text => text !== undefined).join(' ')
  ]
}

function has (model: ModelText, name: string): boolean {
  return model.declared.some(field => field.name === name)
}

/** A group of their own below the last field, aligned as `prisma format` does it. */
function columnInsertion (
  { raw, lines }: SchemaText,
  block: SchemaBlock,
  { declared }: ModelText,
  columns: readonly Column[]
): Insertion {
  const last = declared.at(-1)
  const before = (last?.line ?? block.start) + 1
  const indent = last === undefined ? `${indentOf(raw[block.start]!)}  ` : indentOf(raw[last.line]!)
  const width = (part: 0 | 1): number => Math.max(...columns.map(({ declaration }) => declaration[part].length))
  const [names, types] = [width(0), width(1)]
  const rows = columns.flatMap(({ annotation, declaration: [name, type, attributes] }) => [
    ...(annotation === null ? [] : [indent + annotation]),
    `${indent}${name.padEnd(names)} ${type.padEnd(types)} ${attributes}`.trimEnd()
  ])
  const next = lines[before]
  const isFollowed = before < block.end && next !== undefined && (next.code !== '' || next.comment)
  return { before, lines: [...(last === undefined ? [] : ['']), ...rows, ...(isFollowed ? [''] : [])] }
}

function indentOf (line: string): string {
  return /^[ \t]*/.exec(line)![0]
}

function problemsOf (
  edited: string,
  name: string,
  models: ReadonlySet<string>,
  features: readonly string[]
): SchemaProblem[] {
  const text = readSchemaText(edited)
  const block = text.blocks.find(block => block.keyword === 'model' && block.name === name)!
  const { shape, documentation } = readModel(text, block, models)
  const { problems } = readFeatures(shape, documentation, { provider: 'postgresql', enums: {} })
  return problems.filter(({ source }) => features.includes(/@commons\.(\w+)/.exec(source)?.[1] ?? ''))
}
