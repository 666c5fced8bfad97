import type { AnnotationValue } from './annotations.js'
import type { EnumMeta, FieldMeta, ModelMeta, ScalarType } from '../meta.js'
import { didYouMean } from '../../suggest.js'

/** A model before its features are known. */
export type ModelShape = Omit<ModelMeta, 'features'>

/** Where an annotation stands, and the way to say what is wrong with it. */
export interface AnnotationPlace {
  readonly model: ModelShape
  /** The field the annotation stands on; null above a model. */
  readonly field: FieldMeta | null
  readonly enums: { readonly [name: string]: EnumMeta }
  readonly provider: string
  readonly annotation: string
  report(message: string, hint: string): void
}

type ColumnType = ScalarType | 'enum'

/** What a column must be. Null stands for "either". */
export interface ColumnRule {
  /** The first of several types is the one to propose. */
  readonly type: ColumnType | readonly [ColumnType, ...ColumnType[]] | null
  readonly required: boolean | null
  /** A list will do as well. */
  readonly list?: boolean
  /** What to write behind the type where the rule leaves it open. Default: nothing. */
  readonly modifier?: '?' | '[]'
  /** Rows must be able to do without naming it. */
  readonly hasDefault?: boolean
  /** What to write behind the type, e.g. `@default(1)`. */
  readonly attribute?: string
}

/** Says whether a field is what a rule asks for, and reports it if not. */
export function checkColumn (field: FieldMeta, rule: ColumnRule, place: AnnotationPlace): boolean {
  const types = typesOf(rule)
  const fits =
    (!field.list || rule.list === true) &&
    (types.length === 0 || types.some(type => type === (field.kind === 'enum' ? 'enum' : field.type))) &&
    (rule.required === null || field.required === rule.required) &&
    (rule.hasDefault !== true || field.default?.kind === 'value')
  if (!fits) {
    const actual = `${field.type}${field.list ? '[]' : field.required ? '' : '?'}`
    place.report(
      `The field "${field.name}" is ` +
        `${actual}${field.default === null && rule.hasDefault === true ? ' without a default' : ''}, but must be ` +
        `${describe(rule)}`,
      `Write \`${declaration(field.name, rule, field)}\` in model ${place.model.name}`
    )
  }
  return fits
}

export function findColumn (
  name: string,
  argument: string | null,
  rule: ColumnRule,
  place: AnnotationPlace
): string | undefined {
  const { model } = place
  const field = model.fields.find(field => field.name === name)
  if (field !== undefined) return checkColumn(field, rule, place) ? name : undefined
  const relation = model.relations.find(relation => relation.name === name)
  if (relation !== undefined) {
    const keys = relation.fields.map(key => `"${key}"`).join(', ')
    place.report(
      `"${name}" is a relation of model ${model.name}, not a column`,
      keys === '' ? '' : `Its key is ${keys}`
    )
  } else if (argument !== null) {
    place.report(
      `Model ${model.name} has no field "${name}"`,
      `Add \`${declaration(name, rule)}\` to model ${model.name}, or name another field: ` +
        `@commons.${place.annotation}(${argument}: "…")`
    )
  } else {
    const add =
      rule.type === null
        ? 'Add it to the model, or name another. '
        : `Add \`${declaration(name, rule)}\` to model ${model.name}. `
    place.report(
      `Model ${model.name} has no field "${name}"`,
      add +
        didYouMean(
          name,
          model.fields.map(field => field.name)
        )
    )
  }
  return undefined
}

export function reportNotName (argument: string, example: string, place: AnnotationPlace): undefined {
  place.report(`The argument "${argument}" must be the name of a field`, `Write \`${argument}: "${example}"\``)
}

export function fits (
  value: AnnotationValue,
  field: FieldMeta,
  place: AnnotationPlace
): value is string | number | boolean | null {
  const expected =
    value === null
      ? field.required
        ? 'null cannot be in a required field'
        : null
      : literalProblem(value, field, place)
  if (expected !== null) place.report(`The condition on "${field.name}" can never hold: ${expected}`, '')
  return expected === null
}

function literalProblem (value: NonNullable<AnnotationValue>, field: FieldMeta, place: AnnotationPlace): string | null {
  if (field.kind === 'enum') {
    const names = Object.keys(place.enums[field.type]?.values ?? {})
    return typeof value === 'string' && names.includes(value)
      ? null
      : `${field.type} has the values ${names.join(', ')}`
  }
  const allowed = literalTypes[field.type as ScalarType]
  return allowed.includes(typeof value) ? null : `${field.type} takes ${['null', ...allowed].join(' or ')}`
}

const literalTypes: { readonly [type in ScalarType]: readonly string[] } = {
  String: ['string'],
  Boolean: ['boolean'],
  Int: ['number'],
  BigInt: ['number'],
  Float: ['number'],
  Decimal: ['number', 'string'],
  DateTime: ['string'],
  Json: [],
  Bytes: []
}

function typesOf ({ type }: ColumnRule): readonly ColumnType[] {
  return type === null ? [] : [type].flat()
}

/** The line of the schema that declares such a column. */
export function declaration (name: string, rule: ColumnRule, field?: FieldMeta): string {
  return `${name} ${typeOf(rule, field)}${rule.attribute === undefined ? '' : ` ${rule.attribute}`}`
}

/** The type to write for a column. Where the rule leaves a choice, `like` decides. */
export function typeOf (rule: ColumnRule, like?: { readonly type: string; readonly required: boolean }): string {
  const optional = rule.required === null ? like?.required === false : !rule.required
  return `${typesOf(rule)[0] ?? like?.type ?? 'Int'}${rule.modifier ?? (optional ? '?' : '')}`
}

function describe (rule: ColumnRule): string {
  const presence = rule.required === null ? 'a single' : rule.required ? 'a required' : 'an optional'
  const types = typesOf(rule).join(' or ')
  const lists = rule.list === true ? ' or a list of them' : ''
  const defaults = rule.hasDefault === true ? ' with a literal default' : ''
  return `${presence} ${types === '' ? 'value' : types}${lists}${defaults}`
}
