import { parseAnnotations } from './annotations.js'
import type { Annotation } from './annotations.js'
import { uniqueIndexName } from './constraint-names.js'
import {
  checkColumn,
  choice,
  column,
  columns,
  conditions,
  declaration,
  optionalColumn,
  text
} from './feature-arguments.js'
import type { AnnotationPlace, Argument, ModelShape, NamedColumnRule } from './feature-arguments.js'
import { addressColumns, computedNames, identityColumns, metaColumns } from './feature-columns.js'
import type { EnumMeta, Features, UniqueMeta } from './meta.js'
import type { SchemaProblem } from './schema-problems.js'
import { schemaOf, valueArguments } from './value-arguments.js'
import { keywordProblem } from './value-keywords.js'
import { didYouMean } from '../suggest.js'

/**
 * Every annotation the suite knows, by the name that follows `@commons.`. A new feature is one entry here and one key
 * in `Features`.
 */
export const definitions: { readonly [name: string]: Definition } = {
  audit: define({
    args: {
      createdAt: column({ name: 'createdAt', type: 'DateTime', required: null, attribute: '@default(now())' }),
      updatedAt: column({
        name: 'updatedAt',
        type: 'DateTime',
        required: null,
        attribute: '@updatedAt',
        advice: '@default(now())'
      }),
      createdBy: optionalColumn({ name: 'createdById', type: null, required: null, modifier: '?' }),
      updatedBy: optionalColumn({ name: 'updatedById', type: null, required: null, modifier: '?' }),
      deletedBy: optionalColumn({ name: 'deletedById', type: null, required: false, extra: true }),
      restoredBy: optionalColumn({ name: 'restoredById', type: null, required: false, extra: true })
    },
    apply: (draft, args) => {
      draft.features.audit = args
    }
  }),

  softDelete: define({
    args: {
      deletedAt: column({ name: 'deletedAt', type: 'DateTime', required: false }),
      isActive: optionalColumn({
        name: 'isActive',
        type: 'Boolean',
        required: null,
        attribute: '@default(true)',
        extra: true
      }),
      deletionId: optionalColumn({ name: 'deletionId', type: 'String', required: false })
    },
    apply: (draft, args) => {
      draft.features.softDelete = args
    }
  }),

  version: define({
    args: {
      field: column({ name: 'version', type: 'Int', required: true, hasDefault: true, attribute: '@default(1)' }),
      revisionNotes: optionalColumn({ name: 'revisionNotes', type: 'String', required: false, extra: true })
    },
    apply: (draft, args) => {
      draft.features.version = args
    }
  }),

  slug: define({
    target: { name: 'slug', type: 'String', required: null, advice: '@unique' },
    args: {
      from: columns({ type: 'String', required: null })
    },
    apply: (draft, { from }, { field }) => {
      draft.features.slug = [...(draft.features.slug ?? []), { field: field!.name, from }]
    }
  }),

  currentUser: define({
    target: { name: 'userId', type: null, required: null, modifier: '?' },
    args: {
      on: choice('create', 'update')
    },
    apply: (draft, { on }, { field }) => {
      draft.features.currentUser = [...(draft.features.currentUser ?? []), { field: field!.name, on }]
    }
  }),

  generated: define({
    target: { name: 'generated', type: null, required: null, list: true },
    declares: true,
    args: {},
    apply: (draft, _args, { field }) => {
      draft.features.generated = [...(draft.features.generated ?? []), field!.name]
    }
  }),

  value: define({
    target: { name: 'value', type: null, required: null, list: true },
    declares: true,
    shares: true,
    args: valueArguments,
    apply: (draft, args, place) => {
      const schema = schemaOf(args)
      const problem = keywordProblem(place.field!, schema)
      if (problem !== null) place.report(problem, '')
      else draft.features.values = [...(draft.features.values ?? []), { field: place.field!.name, schema }]
    }
  }),

  meta: define({
    needsOne: true,
    args: metaColumns,
    apply: (draft, args) => {
      draft.features.meta = args
    }
  }),

  identity: define({
    computes: computedNames.identity,
    args: identityColumns,
    apply: (draft, args) => {
      draft.features.identity = args
    }
  }),

  address: define({
    needsOne: true,
    computes: computedNames.address,
    args: addressColumns,
    apply: (draft, args) => {
      draft.features.address = args
    }
  }),

  unique: define({
    repeatable: true,
    args: {
      name: text,
      fields: columns({ type: null, required: null }),
      where: conditions
    },
    apply: (draft, { name: given, fields, where }, place) => {
      const { model, provider } = place
      const name = given ?? fields.join('_')
      if ([...model.uniques, ...draft.uniques].some(unique => unique.name === name)) {
        place.report(
          `Model ${model.name} has another unique set of the name "${name}"`,
          'Give this one a name of its own: `name: "…"`'
        )
        return
      }
      const columnOf = new Map(model.fields.map(field => [field.name, field.column]))
      const index =
        given ??
        uniqueIndexName(
          provider,
          model.table,
          fields.map(field => columnOf.get(field)!)
        )
      draft.uniques.push({ name, fields, primary: false, index, where })
    }
  })
}

export interface Definition<Args extends Arguments = Arguments> {
  /** What the field below the annotation must be. Without it the annotation belongs above a model. */
  readonly target?: NamedColumnRule
  /** Whether it may stand more than once in one place. */
  readonly repeatable?: boolean
  /** Whether it tells of a column that is there, which no command adds. */
  readonly declares?: boolean
  /** Whether other annotations may have the field below it for their own. */
  readonly shares?: boolean
  /** Whether one of its columns has to be there. */
  readonly needsOne?: boolean
  /** Names that rows get from the client, so that no field of the model may have them. */
  readonly computes?: readonly string[]
  readonly args: Args
  /** Called when every argument could be read. */
  apply(draft: Draft, args: Values<Args>, place: AnnotationPlace): void
}

interface Arguments {
  readonly [name: string]: Argument<unknown>
}

type Values<Args extends Arguments> = { [K in keyof Args]: Args[K] extends Argument<infer T> ? T : never }

interface Draft {
  readonly features: { -readonly [K in keyof Features]: Features[K] }
  readonly uniques: UniqueMeta[]
  /** Field → the annotation whose own it is. */
  readonly owners: Map<string, string>
}

/** Lets each entry of the table infer the types of its own arguments, then forgets them: the table is read as one. */
function define<Args extends Arguments> (definition: Definition<Args>): Definition {
  return definition as unknown as Definition
}

export interface ModelDocumentation {
  readonly model: string
  /** Text of each documented field, relations included. */
  readonly fields: { readonly [field: string]: string }
}

export interface FeatureReading {
  readonly features: Features
  /** Unique sets that hold for some rows only, which Prisma's schema cannot say. */
  readonly uniques: readonly UniqueMeta[]
  readonly problems: readonly SchemaProblem[]
}

export interface SchemaContext {
  readonly provider: string
  readonly enums: { readonly [name: string]: EnumMeta }
}

/**
 * Reads the annotations of one model and checks them against its columns. It goes on after a mistake, to name them all.
 */
export function readFeatures (
  model: ModelShape,
  documentation: ModelDocumentation,
  context: SchemaContext
): FeatureReading {
  const draft: Draft = { features: {}, uniques: [], owners: new Map() }
  const problems: SchemaProblem[] = []
  const texts: [string | null, string][] = [[null, documentation.model], ...Object.entries(documentation.fields)]
  for (const [field, text] of texts) {
    const { annotations, errors } = parseAnnotations(text)
    for (const { source, message, column } of errors) {
      problems.push({ model: model.name, field, source, message: `${message} (column ${column})`, hint: '' })
    }
    annotations.forEach((annotation, i) => {
      const earlier = annotations.slice(0, i).some(({ name }) => name === annotation.name)
      const place: AnnotationPlace = {
        ...context,
        model,
        field: model.fields.find(({ name }) => name === field) ?? null,
        annotation: annotation.name,
        report: (message, hint) => {
          problems.push({ model: model.name, field, source: annotation.source, message, hint })
        }
      }
      applyAnnotation(annotation, field, earlier, place, draft)
    })
  }
  return { features: draft.features, uniques: draft.uniques, problems }
}

function applyAnnotation (
  annotation: Annotation,
  field: string | null,
  earlier: boolean,
  place: AnnotationPlace,
  draft: Draft
): void {
  const { name, args } = annotation
  if (!Object.hasOwn(definitions, name)) {
    place.report(`Unknown annotation "${name}"`, didYouMean(name, Object.keys(definitions)))
    return
  }
  const definition = definitions[name]!
  if (earlier && definition.repeatable !== true) {
    place.report(`@commons.${name} stands here twice`, '')
    return
  }
  if (!isInPlace(definition, field, place)) return

  const known = Object.keys(definition.args)
  const unknown = Object.keys(args).filter(argument => !known.includes(argument))
  for (const argument of unknown) {
    place.report(`@commons.${name} has no argument "${argument}"`, didYouMean(argument, known))
  }

  const values = Object.entries(definition.args).map(
    ([argument, { read }]) => [argument, read(args[argument], argument, place)] as const
  )
  if (unknown.length > 0 || values.some(([, value]) => value === undefined)) return
  const own = values.flatMap(([argument, value]) =>
    definition.args[argument]?.column !== undefined && typeof value === 'string' ? [value] : []
  )
  if (!hasColumns(definition, own, place) || !areFree(definition, own, place, draft)) return
  definition.apply(draft, Object.fromEntries(values), place)
}

function hasColumns (
  { needsOne, args }: Definition,
  own: readonly string[],
  { annotation, model, report }: AnnotationPlace
): boolean {
  if (needsOne !== true || own.length > 0) return true
  const [example] = Object.entries(args).flatMap(([argument, { column }]) =>
    column === undefined ? [] : [{ argument, column }]
  )
  report(
    `Model ${model.name} has none of the columns of @commons.${annotation}: ${Object.keys(args).join(', ')}`,
    example === undefined
      ? ''
      : `Add one of them, such as \`${declaration(example.column.name, example.column)}\`, or name another field: ` +
          `@commons.${annotation}(${example.argument}: "…")`
  )
  return false
}

/** Two features that write or read one column, each for a purpose of its own, would spoil it for each other. */
function areFree (
  { target, shares, computes = [] }: Definition,
  own: readonly string[],
  { annotation, model, field, report }: AnnotationPlace,
  { owners }: Draft
): boolean {
  let free = true
  for (const name of target === undefined || field === null || shares === true ? own : [...own, field.name]) {
    const owner = owners.get(name)
    if (owner !== undefined) {
      report(
        `The field "${name}" belongs to @commons.${owner}${owner === annotation ? ' twice' : ' already'}`,
        'Give each purpose a field of its own'
      )
    }
    owners.set(name, annotation)
    free &&= owner === undefined
  }
  for (const name of computes) {
    if (![...model.fields, ...model.relations].some(field => field.name === name)) continue
    report(
      `Model ${model.name} has a field "${name}", which @commons.${annotation} computes`,
      `Give the field another name; \`@map("${name}")\` keeps its column`
    )
    free = false
  }
  return free
}

function isInPlace (definition: Definition, field: string | null, place: AnnotationPlace): boolean {
  const { annotation, model } = place
  if (definition.target === undefined) {
    if (field !== null) {
      place.report(
        `@commons.${annotation} belongs to a model, not to a field`,
        `Write it above \`model ${model.name} {\``
      )
    }
    return field === null
  }
  if (place.field === null) {
    const here = field === null ? 'a model' : `the relation "${field}"`
    const owner = definition.target.type === null ? 'a field' : `a field of type ${definition.target.type}`
    place.report(`@commons.${annotation} belongs to ${owner}, not to ${here}`, 'Write it above that field')
    return false
  }
  return checkColumn(place.field, definition.target, place)
}
