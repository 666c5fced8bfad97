import type { FieldMeta } from '../../model/meta.js'
import type { Model, Registry } from '../../model/registry.js'
import type { FieldCodec } from '../../values/codec.js'
import type { Resource } from '../../resource/definition/resource.js'
import { inheritedRule, type ScopeRule } from '../../scope/scope-rule.js'
import type { FieldPlan, ImportColumn, ImportPlan, ImportStep } from '../plan/plan.js'

export type TemplateOrder = 'required-first' | 'config' | 'alphabetic'

export const templateOrders: readonly TemplateOrder[] = ['required-first', 'config', 'alphabetic']

/** A field that takes the values of a column. */
export interface ColumnUse {
  readonly step: ImportStep
  readonly plan: FieldPlan
}

/** The rows that the values of a column name, each by one field. */
export interface NamedRows {
  readonly model: Model
  readonly field: FieldMeta
  readonly scope: ScopeRule
  /** Rows that are not there yet are taken too: `created` by the import, or of the `same` file. Null: they are not. */
  readonly others: 'created' | 'same' | null
}

/** A column of a template. */
export interface TemplateColumn {
  readonly column: ImportColumn
  readonly uses: readonly ColumnUse[]
  /** Null where values name no rows. */
  readonly named: NamedRows | null
  /** The form of its values where it is not that of the field's kind. */
  readonly codec: FieldCodec | null
  /** A function of the import reads its values: what the field's kind says of them need not hold. */
  readonly isFree: boolean
}

/** The columns of a template in some order; `config` is that of the import's options. */
export function templateColumns (
  resource: Resource,
  { steps, columns }: ImportPlan,
  registry: Registry,
  order: TemplateOrder
): readonly TemplateColumn[] {
  const found = columns.map((column): TemplateColumn => {
    const uses = steps.flatMap(step =>
      step.fields.filter(({ source }) => 'column' in source && source.column === column).map(plan => ({ step, plan }))
    )
    const codec =
      uses
        .map(({ step, plan }) => (step.isOwn ? resource.codecs.get(plan.field.name) : undefined))
        .find(codec => codec !== undefined) ?? null
    return {
      column,
      uses,
      named: uses.map(use => namedBy(use, steps, resource, registry)).find(named => named !== null) ?? null,
      codec,
      isFree:
        codec !== null || uses.some(({ plan: { source } }) => source.kind === 'column' && source.transform !== null)
    }
  })
  switch (order) {
    case 'config':
      return found
    case 'required-first':
      return [...found.filter(({ column }) => column.required), ...found.filter(({ column }) => !column.required)]
    case 'alphabetic':
      return found.toSorted((a, b) => a.column.name.localeCompare(b.column.name, 'en'))
  }
}

/** A key that no column looks up by another field is named by itself. */
function namedBy (
  { step, plan: { field, source } }: ColumnUse,
  steps: readonly ImportStep[],
  resource: Resource,
  registry: Registry
): NamedRows | null {
  const isOfFile = (model: Model): boolean =>
    steps.slice(0, steps.indexOf(step)).some(earlier => earlier.model === model)
  if (source.kind === 'lookup') {
    const { model, field, scope, create } = source.lookup
    return { model, field, scope, others: create !== null ? 'created' : isOfFile(model) ? 'same' : null }
  }
  const relation =
    source.kind === 'column' && source.transform === null ? step.model.relationOfKey(field.name) : undefined
  if (relation === undefined) return null
  const model = registry.model(relation.model)
  const declared = step.isOwn ? resource.related.get(relation.name) : undefined
  const scope = declared?.scope ?? inheritedRule(`resource ${resource.model.name}: import`, resource.root, model)
  return { model, field: model.ownField(relation.references[0]!), scope, others: isOfFile(model) ? 'same' : null }
}
