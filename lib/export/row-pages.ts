import type { Row } from '../store/read/find.js'
import type { ModelStore } from '../store/model-store.js'
import { attachRelated, fetchedFields } from '../items/relations/attach.js'
import { selectorOf } from '../items/shape/ids.js'
import type { ItemShape, Relation } from '../items/shape/item-shape.js'
import type { IdsRequest, RowsChoice } from '../resource/list/list-request.js'
import { scopedChoice } from '../resource/list/scoped-choice.js'
import type { Resource } from '../resource/definition/resource.js'
import type { Scopes } from '../scope/scopes.js'
import type { Cell } from '../tabular/table/table.js'
import type { ExportColumn } from './columns.js'
import { readParts, type PartsOptions } from './parts.js'

/** Rows of a file, some at a time. */
export type CellPages = AsyncGenerator<readonly (readonly Cell[])[], void>

/** The rows of a choice as cells; one query a part, and one for each relation that a column needs. */
export function rowPages (
  resource: Resource,
  store: ModelStore,
  choice: RowsChoice,
  scopes: Scopes,
  columns: readonly ExportColumn[],
  options: PartsOptions
): CellPages {
  const { model } = resource
  const shape = narrowed(
    resource,
    columns.flatMap(({ needs }) => needs.map(path => path.split('.')))
  )
  const fields = fetchedFields(shape)
  return readParts(async (position, take) => {
    const { rows, positions } = await store.seek(model, {
      rows: { fields, form: 'json' },
      ...scopedChoice(resource, choice, scopes),
      take,
      position
    })
    return {
      content: await cellsOf(store, shape, rows, scopes, columns),
      rows: rows.length,
      size: sizeOf(rows),
      position: positions.at(-1) ?? null
    }
  }, options)
}

/** The rows of some ids as cells, in the order of the ids; those without a row are left out. */
export async function idRows (
  resource: Resource,
  store: ModelStore,
  { ids, deleted }: IdsRequest,
  scopes: Scopes,
  columns: readonly ExportColumn[]
): Promise<readonly (readonly Cell[])[]> {
  const shape = narrowed(
    resource,
    columns.flatMap(({ needs }) => needs.map(path => path.split('.')))
  )
  const found = await store.find(
    resource.model,
    ids.map(key => selectorOf(resource, key)),
    { rows: { fields: fetchedFields(shape), form: 'json' }, deleted, scope: scopes.own }
  )
  return await cellsOf(
    store,
    shape,
    found.filter(row => row !== null),
    scopes,
    columns
  )
}

async function cellsOf (
  store: ModelStore,
  shape: ItemShape,
  rows: readonly Row[],
  scopes: Scopes,
  columns: readonly ExportColumn[]
): Promise<readonly (readonly Cell[])[]> {
  const shown = await attachRelated(store, shape, rows, scopes)
  return shown.map(row => columns.map(({ read }) => read(row)))
}

/** A shape of those parts alone that paths lead to. */
function narrowed<Shape extends ItemShape> (shape: Shape, paths: readonly (readonly string[])[]): ItemShape {
  const names = new Set(paths.map(([first]) => first!))
  const inner = ({ name, read, shape }: Relation): Relation['shape'] =>
    read === 'data'
      ? narrowed(
        shape,
        paths.filter(([first]) => first === name).map(([, ...rest]) => rest)
      )
      : shape
  return {
    ...shape,
    shown: shape.shown.filter(({ name }) => names.has(name)),
    computed: shape.computed.filter(({ name }) => names.has(name)),
    related: new Map(
      [...shape.related]
        .filter(([name]) => names.has(name))
        .map(([name, relation]) => [name, { ...relation, shape: inner(relation) }])
    ),
    codecs: new Map([...shape.codecs].filter(([name]) => names.has(name)))
  }
}

/** Rows whose JSON is measured. */
const measured = 20
/** How many times more memory the values of a row take than its text, about. */
const objectSize = 3

/** Characters of some rows, by a few of them. */
function sizeOf (rows: readonly Row[]): number {
  const step = Math.max(1, Math.floor(rows.length / measured))
  const some = rows.filter((_, i) => i % step === 0)
  return some.length === 0 ? 0 : (JSON.stringify(some).length / some.length) * rows.length * objectSize
}
