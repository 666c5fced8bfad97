import type { RelationMeta } from '../../../lib/model/meta.js'
import type { Model, Registry } from '../../../lib/model/registry.js'
import { isObject, listOf, mapEntries, oneOrMany, type Input } from '../query/input.js'

/** What becomes of the parts of a write, wherever they stand in it. Values come with their own nested writes mapped. */
export interface WriteRules {
  /** Values of a new row. Its `fixed` fields are the key of the row that it is nested in, and take no value. */
  readonly create: (model: Model, data: Input, fixed: readonly string[]) => Input
  /** Values that a row changes to. */
  readonly update: (model: Model, data: Input, fixed: readonly string[]) => Input
  /** Selects one row that is written, connected or deleted. */
  readonly select: (model: Model, where: Input) => Input
  /** Selects the rows of an `updateMany` or `deleteMany`. */
  readonly filter: (model: Model, where: Input | undefined) => Input | undefined
  /** What a row changes to when it is to be deleted; null: it is deleted as Prisma does it. */
  readonly mark: (model: Model, fixed: readonly string[]) => Input | null
}

/** Applies the rules to the values of a new row, nested writes included: `comments: { create: […] }`. */
export function mapCreate (
  registry: Registry,
  model: Model,
  data: Input,
  rules: WriteRules,
  fixed: readonly string[] = []
): Input {
  return rules.create(model, mapNestedWrites(registry, model, data, rules), fixed)
}

/** Applies the rules to the values that a row changes to, nested writes included. */
export function mapUpdate (
  registry: Registry,
  model: Model,
  data: Input,
  rules: WriteRules,
  fixed: readonly string[] = []
): Input {
  return rules.update(model, mapNestedWrites(registry, model, data, rules), fixed)
}

function mapNestedWrites (registry: Registry, model: Model, data: Input, rules: WriteRules): Input {
  return mapEntries(data, (name, value) => {
    const relation = model.relation(name)
    if (relation === undefined || !isObject(value)) return value
    const target = registry.model(relation.model)
    return nested({ registry, target, relation, fixed: keyOf(target, relation), rules }, value)
  })
}

/**
 * The fields by which rows of the target refer to the row that they are nested in; none where that one refers to them.
 */
function keyOf (target: Model, { name, relation, fields }: RelationMeta): readonly string[] {
  if (fields.length > 0) return []
  return (
    target.meta.relations.find(other => other.relation === relation && other.name !== name && other.fields.length > 0)
      ?.fields ?? []
  )
}

interface Nested {
  readonly registry: Registry
  readonly target: Model
  readonly relation: RelationMeta
  readonly fixed: readonly string[]
  readonly rules: WriteRules
}

function nested (at: Nested, writes: Input): Input {
  const { target, rules } = at
  const each = (value: unknown, map: (one: Input) => Input): unknown =>
    oneOrMany(value, one => (isObject(one) ? map(one) : one))
  const mapped = mapEntries(writes, (operation, value) => {
    switch (operation) {
      case 'create':
        return each(value, one => created(at, one))
      case 'createMany':
        return each(value, one => ({ ...one, data: each(one['data'], row => created(at, row)) }))
      case 'connectOrCreate':
        return each(value, one => ({
          ...one,
          ...selected(at, one),
          create: each(one['create'], row => created(at, row))
        }))
      case 'connect':
      case 'set':
        return each(value, where => rules.select(target, where))
      case 'update':
        return each(value, one => updated(at, one))
      case 'updateMany':
        return each(value, one => ({ ...one, ...filtered(at, one), data: each(one['data'], row => changed(at, row)) }))
      case 'upsert':
        return each(value, one => ({
          ...one,
          ...(at.relation.list ? selected(at, one) : filtered(at, one)),
          create: each(one['create'], row => created(at, row)),
          update: each(one['update'], row => changed(at, row))
        }))
      default:
        return value
    }
  })
  return deletionsAsUpdates(at, mapped)
}

function created ({ registry, target, fixed, rules }: Nested, data: Input): Input {
  return mapCreate(registry, target, data, rules, fixed)
}

function changed ({ registry, target, fixed, rules }: Nested, data: Input): Input {
  return mapUpdate(registry, target, data, rules, fixed)
}

function selected ({ target, rules }: Nested, { where }: Input): { where: unknown } {
  return { where: isObject(where) ? rules.select(target, where) : where }
}

function filtered ({ target, rules }: Nested, { where }: Input): Input {
  const mapped = rules.filter(target, where as Input | undefined)
  return mapped === where ? {} : { where: mapped }
}

/** `{ where, data }`, or on a to-one relation the values alone. */
function updated (at: Nested, value: Input): Input {
  const { relation, target, rules } = at
  if (relation.list) {
    return {
      ...value,
      ...selected(at, value),
      data: isObject(value['data']) ? changed(at, value['data']) : value['data']
    }
  }
  const isWrapped =
    isObject(value['data']) && target.field('data') === undefined && target.relation('data') === undefined
  const { where, data } = isWrapped ? (value as { where?: Input; data: Input }) : { where: undefined, data: value }
  const condition = rules.filter(target, where)
  const values = changed(at, data)
  return condition === undefined && !isWrapped
    ? values
    : { ...(condition === undefined ? {} : { where: condition }), data: values }
}

/** Rows that can be marked are updated where Prisma would delete them. */
function deletionsAsUpdates (at: Nested, writes: Input): Input {
  const { relation, target, fixed, rules } = at
  if (writes['delete'] === undefined && writes['deleteMany'] === undefined) return writes
  const marks = rules.mark(target, fixed)
  if (marks === null) return writes
  const { delete: one, deleteMany: many, ...others } = writes
  if (!relation.list) {
    if (one === undefined || one === false) return writes
    return {
      ...others,
      update: { where: rules.filter(target, one === true ? undefined : (one as Input)), data: marks }
    }
  }
  const updates = listOf(one).map(where => ({ where: rules.select(target, where as Input), data: marks }))
  const sweeps = listOf(many).map(where => ({ where: rules.filter(target, where as Input) ?? {}, data: marks }))
  return {
    ...others,
    ...(updates.length === 0 ? {} : { update: [...listOf(others['update']), ...updates] }),
    ...(sweeps.length === 0 ? {} : { updateMany: [...listOf(others['updateMany']), ...sweeps] })
  }
}
