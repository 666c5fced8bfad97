import { parseAnnotations } from './annotations.js'
import type { Annotation } from './annotations.js'
import { checkColumn } from './column-rule.js'
import type { AnnotationPlace, ModelShape } from './column-rule.js'
import type { Features, UniqueMeta } from '../meta.js'
import type { SchemaProblem } from '../schema-problems.js'
import { didYouMean } from '../../suggest.js'
import { definitions } from './feature-definitions.js'
import { type Definition, type Draft, type ModelDocumentation, type SchemaContext } from './feature-definition.js'
import { hasColumns, areFree } from './column-checks.js'

export interface FeatureReading {
  readonly features: Features
  /** Unique sets that hold for some rows only, which Prisma's schema cannot say. */
  readonly uniques: readonly UniqueMeta[]
  readonly problems: readonly SchemaProblem[]
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
