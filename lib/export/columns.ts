import { relationPathOf } from '../store/read/relation-path.js'
import { jsonNull } from '../model/json-null.js'
import type { FieldMeta } from '../model/meta.js'
import type { Registry } from '../model/registry.js'
import type { ItemShape, Relation } from '../items/shape/item-shape.js'
import type { Dialect } from '../sql/port/dialect.js'
import type { CellPath } from '../sql/port/read-statements.js'
import type { Link } from '../sql/port/filter.js'
import type { CellKind, TableColumn } from '../tabular/table/table.js'
import { labelOf } from './label.js'

/** A row as answers show it. */
export type ShownRow = Readonly<Record<string, unknown>>

/** A column that files of a resource may have. */
export interface ExportColumn extends TableColumn {
  readonly canBeCommon: boolean
  /** Where the database has the text of a cell; null where only a whole row tells. */
  readonly cell: CellPath | null
  /** The paths of the fields that `read` reads. */
  readonly needs: readonly string[]
  /** The cell of a row that has these fields. */
  readonly read: (row: ShownRow) => unknown
}

/** All columns that rows of a shape have, by their paths; `customer.code` of a relation that is shown as an object. */
export function columnsOf (shape: ItemShape, registry: Registry, dialect: Dialect): ReadonlyMap<string, ExportColumn> {
  const columns = new Map<string, ExportColumn>()
  addColumns(shape, { prefix: '', links: [], many: false })

  function addColumns ({ model, shown, related, codecs, computed }: ItemShape, { prefix, links, many }: Way): void {
    for (const field of shown) {
      const isPlain = links !== null && dialect.isTextual(field) && !codecs.has(field.name)
      add(
        prefix + field.name,
        many || codecs.has(field.name) ? 'text' : kindOf(field),
        isPlain ? { links, field } : null,
        many,
        isWholeJson(field)
      )
    }
    for (const relation of related.values()) {
      const path = prefix + relation.name
      const several = many || relation.many
      if (relation.read === 'data') {
        addColumns(relation.shape, {
          prefix: `${path}.`,
          links: linksTo(relation, links, () => relationPathOf(registry, model, model.relation(relation.name)!)),
          many: several
        })
      } else if (relation.read === 'id') {
        add(
          path,
          several ? 'text' : kindOf(relation.id),
          relation.kind === 'key' && links !== null && dialect.isTextual(relation.anchor)
            ? { links, field: relation.anchor }
            : null,
          several
        )
      } else if (relation.read !== null) add(path, 'text', null, several)
    }
    for (const { name, kind } of computed) add(prefix + name, many ? 'text' : kind, null, many)
  }

  function add (name: string, kind: CellKind, cell: CellPath | null, many: boolean, showsNull = false): void {
    const steps = name.split('.')
    columns.set(name, {
      name,
      label: labelOf(name),
      kind,
      canBeCommon: false,
      cell,
      needs: [name],
      read: many ? joinedReader(steps) : reader(steps, kind, showsNull)
    })
  }
  return columns
}

/** How the rows of a shape are reached from those of the resource. */
interface Way {
  readonly prefix: string
  /** Null where there may be several rows, or where joins do not lead to just those that are shown. */
  readonly links: readonly Link[] | null
  readonly many: boolean
}

/** A row that a required key refers to is shown even when it is soft-deleted. */
function linksTo (
  { kind, nullable }: Relation,
  links: readonly Link[] | null,
  linkTo: () => Link
): readonly Link[] | null {
  if (links === null || kind !== 'key') return null
  const link = linkTo()
  return [...links, nullable ? link : { ...link, where: null }]
}

/** Lists are JSON, in which their elements can be told apart. */
export function kindOf ({ kind, type, list, native }: FieldMeta): CellKind {
  if (list) return 'json'
  if (kind === 'enum') return 'text'
  switch (type) {
    case 'Int':
    case 'BigInt':
    case 'Float':
    case 'Decimal':
      return 'number'
    case 'Boolean':
      return 'boolean'
    case 'Json':
      return 'json'
    case 'DateTime':
      return native?.[0] === 'Date'
        ? 'date'
        : native?.[0]?.startsWith('Time') === true && !native[0].startsWith('Timestamp')
          ? 'text'
          : 'datetime'
    default:
      return 'text'
  }
}

/** True for JSON that takes no NULL: a null in it is the JSON value. */
function isWholeJson ({ type, required, list }: FieldMeta): boolean {
  return type === 'Json' && required && !list
}

/** The value at the end of a path; null where it leads to no row. */
function reader (steps: readonly string[], kind: CellKind, showsNull: boolean): ExportColumn['read'] {
  const form =
    kind === 'text' ? textOf : (value: unknown) => (value === null && showsNull ? jsonNull : (value ?? null))
  const [first, ...rest] = steps
  if (rest.length === 0) return row => form(row[first!])
  return row => {
    let value: unknown = row[first!]
    for (const step of rest) value = (value as ShownRow | null | undefined)?.[step]
    return form(value)
  }
}

/** The values at the ends of a path that leads to several rows. */
function joinedReader (steps: readonly string[]): ExportColumn['read'] {
  return row => {
    let values: readonly unknown[] = [row]
    for (const step of steps) values = values.flatMap(value => (value as ShownRow | null)?.[step] ?? [])
    return values.length === 0 ? null : values.map(textOf).join(', ')
  }
}

function textOf (value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
