import { CommonsError } from '../../lib/errors.js'
import { foreignKeyName } from '../../lib/model/constraint-names.js'
import type { RelationMeta } from '../../lib/model/meta.js'
import type { Model, Registry } from '../../lib/model/registry.js'

/** What a driver adapter tells of a failed statement; its messages hold SQL and values and never leave these files. */
export interface DriverCause {
  readonly kind?: string
  readonly originalCode?: string
  readonly originalMessage?: string
  readonly table?: string
  readonly constraint?: { readonly fields?: readonly string[]; readonly index?: string }
}

/** A failure, with what Prisma's versions tell of it in their different ways. */
export interface Failure {
  readonly error: Error
  /** Absent when Prisma tells of the failure without its driver. */
  readonly cause: DriverCause | undefined
  readonly registry: Registry | undefined
}

/** The model that a failed call of a delegate was made on. */
export function modelName (error: Error): string | undefined {
  const name = metaOf(error)['modelName']
  return typeof name === 'string' ? name : undefined
}

export function uniqueError (failure: Failure): CommonsError {
  const { model, fields } = uniqueOf(failure)
  return new CommonsError('unique_violation', {
    cause: failure.error,
    params: { model: model ?? 'row', fields: fields.length > 0 ? fields : ['value'], constraintFields: fields }
  })
}

/** The fields of a unique constraint, whichever way this version of Prisma names it: index, columns, or `target`. */
function uniqueOf ({ error, cause, registry }: Failure): { model: string | undefined; fields: readonly string[] } {
  const { target } = metaOf(error)
  const index =
    cause?.constraint?.index ?? /unique constraint "([^"]+)"/.exec(cause?.originalMessage ?? '')?.[1] ?? target
  const holders = modelsOf(registry).flatMap(model =>
    model.meta.uniques.filter(unique => unique.index === index).map(({ fields }) => ({ model, fields }))
  )
  const holder = likeliest(holders, cause?.table, error)
  if (holder !== undefined) return { model: holder.model.name, fields: holder.fields }
  const columns = cause?.constraint?.fields ?? (Array.isArray(target) ? target.map(String) : [])
  const called = modelName(error) ?? modelsOf(registry).find(({ meta: { table } }) => table === cause?.table)?.name
  return {
    model: called,
    fields: fieldsOf(
      modelsOf(registry).find(model => model.name === called),
      columns
    )
  }
}

/** Where one name stands in several models: that of the table, else the model that was called. */
function likeliest<Found extends { readonly model: Model }> (
  found: readonly Found[],
  table: string | undefined,
  error: Error
): Found | undefined {
  return (
    found.find(({ model }) => model.meta.table === table) ??
    found.find(({ model }) => model.name === modelName(error)) ??
    (found.length === 1 ? found[0] : undefined)
  )
}

/**
 * A broken reference: a row that refers to none, or a row that others refer to. One SQLSTATE may tell both; only the
 * message says which side was written.
 */
export function foreignKeyError (failure: Failure): CommonsError {
  const { error, cause, registry } = failure
  const message = cause?.originalMessage ?? ''
  const isRestricted =
    cause?.kind === 'RestrictViolation' || cause?.originalCode === '23001' || message.startsWith('update or delete on')
  const [written, referring = written] = [...message.matchAll(/on table "([^"]+)"/g)].map(match => match[1])
  const models = modelsOf(registry)
  const named = models.flatMap(model =>
    model.meta.relations.filter(relation => isNamed(model, relation, failure)).map(relation => ({ model, relation }))
  )
  const found = likeliest(named, referring, error)
  if (isRestricted) {
    return new CommonsError('foreign_key_restricted', {
      cause: error,
      params: {
        model: models.find(model => model.meta.table === written)?.name ?? found?.relation.model ?? 'row',
        ...(found === undefined ? {} : { referring: found.model.name, constraintFields: found.relation.fields })
      }
    })
  }
  if (found === undefined) {
    return new CommonsError('foreign_key_not_found', {
      cause: error,
      message: 'A row that this one refers to does not exist'
    })
  }
  const { model, references, fields } = found.relation
  return new CommonsError('foreign_key_not_found', {
    cause: error,
    params: { model, key: references.length === 1 ? references[0] : references, constraintFields: fields },
    message: `The ${model} that ${fields.join(', ')} names does not exist`
  })
}

/** True for the relation that the failure tells of, by the name of its constraint or by its columns. */
function isNamed (model: Model, { fields }: RelationMeta, { error, cause, registry }: Failure): boolean {
  if (fields.length === 0) return false
  const columns = fields.map(field => model.ownField(field).column)
  const { constraint, field_name: field } = metaOf(error)
  const named =
    cause?.constraint?.index ??
    /foreign key constraint "([^"]+)"/.exec(cause?.originalMessage ?? '')?.[1] ??
    constraint ??
    field
  if (typeof named === 'string') {
    return named.replace(/ \(index\)$/, '') === foreignKeyName(registry!.metadata.provider, model.meta.table, columns)
  }
  return cause?.constraint?.fields?.map(unquoted).join() === columns.join()
}

/** A null where the database takes none: the schema may be wider than its table. */
export function nullError ({ error, cause, registry }: Failure): CommonsError {
  const [, column, table] =
    /null value in column "([^"]+)"(?: of relation "([^"]+)")?/.exec(cause?.originalMessage ?? '') ?? []
  const model = modelsOf(registry).find(one =>
    table === undefined ? one.name === modelName(error) : one.meta.table === table
  )
  const fields = fieldsOf(model, column === undefined ? (cause?.constraint?.fields ?? []) : [column])
  return new CommonsError('not_null', {
    cause: error,
    ...(fields.length === 0
      ? {}
      : {
          params: { ...(model === undefined ? {} : { model: model.name }), constraintFields: fields },
          message: `${fields.join(', ')} may not be null`
        })
  })
}

/** A value for a column that the database computes, or whose identity it alone gives. */
export function generatedError ({ error, cause, registry }: Failure): CommonsError {
  const [, column] = /column "([^"]+)"/.exec(cause?.originalMessage ?? '') ?? []
  const model = modelsOf(registry).find(one => one.name === modelName(error))
  const fields = fieldsOf(model, column === undefined ? [] : [column])
  return new CommonsError('invalid_value', {
    cause: error,
    params: {
      problem: `The database generates ${fields.length === 0 ? 'this value' : fields.join()}: leave it out`,
      constraintFields: fields
    }
  })
}

/** A broken check constraint; the name that the database gives by itself tells the column that it is about. */
export function checkError ({ error, cause, registry }: Failure): CommonsError {
  const [, table, constraint] =
    /relation "([^"]+)" violates check constraint "([^"]+)"/.exec(cause?.originalMessage ?? '') ?? []
  const model = modelsOf(registry).find(one => one.meta.table === table)
  const field = model?.meta.fields.find(({ column }) => constraint === `${table}_${column}_check`)
  return new CommonsError('check_violation', {
    cause: error,
    ...(field === undefined ? {} : { params: { model: model?.name, constraintFields: [field.name] } })
  })
}

function fieldsOf (model: Model | undefined, columns: readonly string[]): string[] {
  return columns.map(unquoted).map(column => model?.meta.fields.find(field => field.column === column)?.name ?? column)
}

function unquoted (column: string): string {
  return column.replaceAll('"', '')
}

function modelsOf (registry: Registry | undefined): readonly Model[] {
  return [...(registry?.models ?? [])]
}

function metaOf (error: Error): Readonly<Record<string, unknown>> {
  const meta = 'meta' in error ? error.meta : undefined
  return typeof meta === 'object' && meta !== null ? (meta as Record<string, unknown>) : {}
}
