import type { AnnotationValue } from './annotations.js'
import type { EnumMeta, FieldMeta, ModelMeta, ScalarType } from './meta.js'
import { didYouMean } from '../suggest.js'

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

/** One kind of argument: `read` gives its value, or `undefined` after it has reported what is wrong. */
export interface Argument<T> {
  /**
   * The column that the feature takes for its own; absent where the argument is no column, or one that it only reads.
   */
  readonly column?: NamedColumnRule & { readonly needed: boolean }
  /**
   * What to choose from where only the author of the schema can say it: fields of the model, or words with the default
   * first.
   */
  readonly chosen?: 'fields' | readonly string[]
  read(value: AnnotationValue | undefined, name: string, place: AnnotationPlace): T | undefined
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

export interface NamedColumnRule extends ColumnRule {
  /** The column's name when the annotation gives none. */
  readonly name: string
  /** What a command that adds the column writes besides, e.g. `@unique`; a schema may do without it. */
  readonly advice?: string
  /** An optional column that few models want: it is added to a schema only when it is asked for. */
  readonly extra?: true
}

/** A column the feature cannot do without. */
export function column (rule: NamedColumnRule): Argument<string> {
  return {
    column: { ...rule, needed: true },
    read: (value, argument, place) => {
      if (value !== undefined && typeof value !== 'string') return reportNotName(argument, rule.name, place)
      return findColumn(value ?? rule.name, value === undefined ? argument : null, rule, place)
    }
  }
}

/** A column the feature uses if the model has it; `null` in the annotation leaves it out although it is there. */
export function optionalColumn (rule: NamedColumnRule): Argument<string | null> {
  return {
    column: { ...rule, needed: false },
    read: (value, argument, place) => {
      if (value === null) return null
      if (value === undefined && !place.model.fields.some(field => field.name === rule.name)) return null
      if (value !== undefined && typeof value !== 'string') return reportNotName(argument, rule.name, place)
      return findColumn(value ?? rule.name, null, rule, place)
    }
  }
}

/** One column or a list of them. */
export function columns (rule: ColumnRule): Argument<readonly string[]> {
  return {
    chosen: 'fields',
    read: (value, argument, place) => {
      const names: readonly AnnotationValue[] = Array.isArray(value)
        ? value
        : value === undefined
          ? []
          : [value as AnnotationValue]
      if (names.length === 0 || !names.every(name => typeof name === 'string')) {
        place.report(
          `The argument "${argument}" must name at least one field`,
          `Write \`${argument}: "…"\` or \`${argument}: ["…", "…"]\``
        )
        return undefined
      }
      const repeated = names.find((name, i) => names.indexOf(name) !== i)
      if (repeated !== undefined) {
        place.report(`The argument "${argument}" names the field "${repeated}" twice`, '')
        return undefined
      }
      const found = names.map(name => findColumn(name, null, rule, place))
      return found.every(name => name !== undefined) ? found : undefined
    }
  }
}

/** Text, null when it is not given. */
export const text: Argument<string | null> = {
  read: (value, argument, place) => {
    if (value === undefined) return null
    if (typeof value === 'string' && value !== '') return value
    place.report(`The argument "${argument}" must be text`, `Write \`${argument}: "…"\``)
    return undefined
  }
}

/** One of some words; the first when it is not given. */
export function choice<const Word extends string> (...words: readonly [Word, ...Word[]]): Argument<Word> {
  return {
    chosen: words,
    read: (value, argument, place) => {
      if (value === undefined) return words[0]
      const word = words.find(one => one === value)
      if (word === undefined) {
        place.report(
          `The argument "${argument}" must be ${words.map(one => `"${one}"`).join(' or ')}`,
          `Write \`@commons.${place.annotation}(${argument}: "${words[0]}")\``
        )
      }
      return word
    }
  }
}

/** `{ field: literal or null }`, at least one. */
export const conditions: Argument<{ readonly [field: string]: string | number | boolean | null }> = {
  read: (value, argument, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0) {
      place.report(
        `The argument "${argument}" must say for which rows it holds`,
        `Write \`${argument}: { deletedAt: null }\`, or use @@unique when it holds for all rows`
      )
      return undefined
    }
    const entries: [string, string | number | boolean | null][] = []
    let complete = true
    for (const [name, condition] of Object.entries(value)) {
      if (findColumn(name, null, { type: null, required: null }, place) === undefined) complete = false
      else if (
        fits(
          condition,
          place.model.fields.find(field => field.name === name)!,
          place
        )
      ) {
        entries.push([name, condition])
      } else complete = false
    }
    return complete ? Object.fromEntries(entries) : undefined
  }
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

function findColumn (
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

function reportNotName (argument: string, example: string, place: AnnotationPlace): undefined {
  place.report(`The argument "${argument}" must be the name of a field`, `Write \`${argument}: "${example}"\``)
}

function fits (
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
