import type { ModelStore } from '../../store/model-store.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { allOf, type Filter } from '../../sql/port/filter.js'
import { scopeFieldsOf } from '../../scope/scope-rule.js'
import type { ValueRule } from '../../values/value-rule.js'
import type { Scopes } from '../../scope/scopes.js'
import type { Cell, CellKind } from '../../tabular/table/table.js'
import type { NamedRows, TemplateColumn } from './template-columns.js'
import { cellKindOf } from './template-kinds.js'

/** Values of a list at most: of more rows there is none. */
const longestList = 5000

/** What may be chosen for the cells of a column. */
export interface ValueList {
  readonly kind: CellKind
  readonly values: readonly Cell[]
  /** Other values may be typed. */
  readonly isOpen: boolean
}

/**
 * The lists of columns whose values are known. Of other models they hold the rows that the scope of the resource leaves
 * its caller to see, and none where that cannot be told; soft-deleted rows are not among them.
 *
 * @param scopes the rows that the caller reaches
 */
export async function readLists (
  columns: readonly TemplateColumn[],
  store: ModelStore,
  scopes: Scopes
): Promise<ReadonlyMap<TemplateColumn, ValueList>> {
  const lists = new Map<TemplateColumn, ValueList>()
  const known = new Map<FieldMeta, readonly Cell[] | null>()
  for (const column of columns) {
    const {
      named,
      isFree,
      column: {
        of: { model, field, rule }
      }
    } = column
    if (named !== null) {
      if (!known.has(named.field)) known.set(named.field, await valuesOf(named, store, scopes))
      const values = known.get(named.field)!
      if (values !== null && values.length > 0) {
        lists.set(column, { kind: cellKindOf(field), values, isOpen: named.others !== null || isFree })
      }
    } else if (!isFree && !field.list) {
      const values = choicesOf(model, field, rule)
      if (values !== null) lists.set(column, { kind: cellKindOf(field), values, isOpen: false })
    }
  }
  return lists
}

/** The values of a field that has few; null for others. */
function choicesOf (model: Model, field: FieldMeta, rule: ValueRule | null): readonly Cell[] | null {
  const choices = rule?.schema['enum']
  if (Array.isArray(choices)) return choices.filter(one => typeof one === 'string' || typeof one === 'number')
  if (field.kind === 'enum') return Object.keys(model.enumOf(field).values)
  return field.type === 'Boolean' ? ['true', 'false'] : null
}

async function valuesOf (
  { model, field, scope }: NamedRows,
  store: ModelStore,
  scopes: Scopes
): Promise<readonly Cell[] | null> {
  const { values, nameable } = scopes.of(scope)
  // Whose rows may be listed cannot be told without a request.
  if (values === null && scopeFieldsOf(scope).length > 0) return null
  const filled: Filter | null = field.required ? null : { kind: 'compare', field, operator: 'isnull', value: false }
  const { rows } = await store.seek(model, {
    take: longestList + 1,
    rows: { fields: [field], form: 'json' },
    filter: allOf([nameable, filled]),
    order: [
      { name: field.name, value: { kind: 'field', links: [], field }, nullable: !field.required, descending: false }
    ],
    position: null
  })
  return rows.length > longestList ? null : rows.map(row => row[field.name])
}
