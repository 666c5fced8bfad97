import type { AnnotationValue } from './annotations.js'
import { findColumn, reportNotName, fits, type ColumnRule, type AnnotationPlace } from './column-rule.js'

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
