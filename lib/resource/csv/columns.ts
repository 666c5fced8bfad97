import { cellJson, isEmptyCell, listJson, parsed, trimmed, type CellJson } from '../../values/cell-json.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Relation } from '../../items/shape/item-shape.js'
import type { Resource } from '../definition/resource.js'

/** How the cells of one name in an item are read. */
export interface CsvColumn {
  /** Makes the JSON of a cell that is not empty. */
  readonly json: CellJson
  readonly isEmpty: (cell: unknown) => boolean
  /** An empty cell is null; otherwise the item is without the name. */
  readonly isNullable: boolean
}

/** The columns that CSV bodies of a resource may have: every name that an item may have in one of its requests. */
export function csvColumns (resource: Resource): ReadonlyMap<string, CsvColumn> {
  const { model, codecs } = resource
  const columnOf = (field: FieldMeta): CsvColumn => ({
    json: codecs.has(field.name) ? asIs : cellJson(field),
    isEmpty: cell => isEmptyCell(field, cell),
    isNullable: !field.required
  })
  const keys = [model.primaryKey, ...resource.uniques].flatMap(({ fields }) =>
    fields.map(name => model.ownField(name))
  )
  return new Map([
    ...[...resource.shown, ...resource.writable.values(), ...keys].map(
      field => [field.name, columnOf(field)] as const
    ),
    ...[...resource.relations].flatMap(([name, { key }]) =>
      [name, key.name].map(one => [one, columnOf(key)] as const)
    ),
    ...resource.computed.map(({ name }) => [name, computedColumn] as const),
    ...[...resource.related.values()].map(relation => [relation.name, relationColumn(relation)] as const)
  ])
}

/** A column that was sent with the rest and is not taken: its cells are as good as empty. */
const computedColumn: CsvColumn = { json: asIs, isEmpty: () => true, isNullable: true }

function relationColumn ({ many, nullable }: Relation): CsvColumn {
  return {
    json: many ? listJson(asIs) : oneJson,
    isEmpty: cell => cell === null || (cell === '' && !many),
    isNullable: !many && nullable
  }
}

/** What names a row, or the row as JSON. */
function oneJson (value: unknown): unknown {
  const text = trimmed(value)
  return typeof text === 'string' && text.startsWith('{') ? (parsed(text) ?? text) : text
}

function asIs (value: unknown): unknown {
  return value
}
