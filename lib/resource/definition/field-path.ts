import { relationPathOf } from '../../store/read/relation-path.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import type { ComputedForm, Link, Operator } from '../../sql/port/filter.js'
import { didYouMean } from '../../suggest.js'
import { listLimits } from './list-limits.js'

/** A field of the rows of a list, or of rows that they lead to. */
export interface FieldPath {
  /** What requests call it: `code`, `customer.code`. */
  readonly name: string
  readonly links: readonly Link[]
  /** The model that has the field. */
  readonly model: Model
  readonly field: FieldMeta
}

/** A field that requests may compare with values. */
export interface FilterField extends FieldPath {
  readonly operators: readonly Operator[]
  /** What one value is read as: the field, or an element of the list that it holds. */
  readonly element: FieldMeta
  /** What the values are computed from, where no column holds them. */
  readonly of?: ComputedForm
}

/**
 * Finds what an option names.
 *
 * @throws TypeError for names that the models do not have
 */
export function pathOf (registry: Registry, model: Model, name: string, option: string): FieldPath {
  const { links, model: last, rest } = walk(registry, model, name.split('.'), name, option)
  const field = rest === undefined ? undefined : last.field(rest)
  if (field !== undefined) return { name, links, model: last, field }
  if (rest === undefined) {
    throw new TypeError(
      `resource ${model.name}: option "${option}" names the relation "${name}" without a field: ` +
        `${last.fieldNames.map(one => `${name}.${one}`).join(', ')}`
    )
  }
  throw unknownName(model, option, name, rest, last.fieldNames)
}

/** The relations of a path, and what is behind them. */
export function walk (
  registry: Registry,
  model: Model,
  steps: readonly string[],
  name: string,
  option: string
): { readonly links: readonly Link[]; readonly model: Model; readonly rest: string | undefined } {
  const links: Link[] = []
  let last = model
  for (const step of steps) {
    const relation = last.relation(step)
    if (relation === undefined) {
      if (links.length === steps.length - 1) return { links, model: last, rest: step }
      throw unknownName(
        model,
        option,
        name,
        step,
        last.meta.relations.map(one => one.name)
      )
    }
    const link = relationPathOf(registry, last, relation)
    links.push(link)
    last = link.model
    if (links.length > listLimits.relations) {
      throw new TypeError(
        `resource ${model.name}: option "${option}" names "${name}", which is more than ${listLimits.relations} ` +
          'relations away'
      )
    }
  }
  return { links, model: last, rest: undefined }
}

function unknownName (model: Model, option: string, name: string, step: string, known: Iterable<string>): TypeError {
  const what = step === name ? `the unknown field "${name}"` : `"${name}", but "${step}" is unknown`
  return new TypeError(`resource ${model.name}: option "${option}" names ${what}. ${didYouMean(step, known)}`)
}

/** A field with the operators that fit it; null where none does. */
export function filterField (path: FieldPath): FilterField | null {
  const operators = operatorsOf(path.field)
  if (operators.length === 0) return null
  return { ...path, operators, element: path.field.list ? { ...path.field, list: false, required: true } : path.field }
}

const equality: readonly Operator[] = ['equals', 'ne', 'in', 'nin', 'isnull']
const comparison: readonly Operator[] = ['equals', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'isnull']
const text: readonly Operator[] = [...comparison, 'contains', 'startsWith', 'endsWith']

/** True for operators that some fields have. */
export function isOperator (name: string): name is Operator {
  return name === 'has' || text.some(operator => operator === name)
}

/** JSON and XML have no equality worth the name. */
function operatorsOf (field: FieldMeta): readonly Operator[] {
  const isText = isTextual(field)
  const hasEquality = field.type !== 'Json' && field.native?.[0] !== 'Xml'
  if (field.list) return hasEquality ? ['has'] : []
  if (!hasEquality) return ['isnull']
  if (field.kind === 'enum' || field.type === 'Boolean' || field.type === 'Bytes') return equality
  return isText ? text : comparison
}

/** True for fields of text, in which there is a part to look for. */
export function isTextual ({ kind, type, native }: FieldMeta): boolean {
  return (
    kind === 'scalar' && type === 'String' && !['Uuid', 'Inet', 'Bit', 'VarBit', 'Xml'].includes(native?.[0] ?? 'Text')
  )
}

/** True for fields whose values have an order of their own. */
export function isOrderable (field: FieldMeta): boolean {
  return !field.list && field.type !== 'Json' && field.type !== 'Bytes' && field.native?.[0] !== 'Xml'
}
