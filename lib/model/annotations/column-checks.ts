import { declaration } from './column-rule.js'
import type { AnnotationPlace } from './column-rule.js'
import type { Definition, Draft } from './feature-definition.js'

export function hasColumns (
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
export function areFree (
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
