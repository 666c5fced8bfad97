import type { InputRow } from '../../store/core/write-context.js'
import type { Row } from '../../store/read/find.js'
import type { BulkReport, RowRequest } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import type { Version } from '../../store/core/versions.js'
import { BulkError, pointerTo } from '../../errors.js'
import type { ItemShape, Relation } from '../shape/item-shape.js'
import type { RelatedInput, RelatedWrite } from '../shape/read-item.js'
import type { Scopes } from '../../scope/scopes.js'

/** A row that is written, with what its item says of related rows. */
export interface Part {
  /** Place of its item in what errors are about. */
  readonly index: number
  /** Where it stands in that item; empty for the item itself. */
  readonly path: string
  readonly data: Record<string, unknown>
  readonly related: readonly RelatedWrite[]
  /** Selects its row; null for one that is to be made. */
  readonly where: InputRow | null
  readonly version: Version
  /** Its row, locked; null where it is not known. */
  readonly current: Row | null
}

/** How the rows of parts are written. */
export interface PartsWrite {
  readonly parts: readonly Part[]
  /**
   * What becomes of parts that select a row which is not there: none of their relations is written, or they make it.
   */
  readonly absent: 'leave' | 'create'
  /** The lists to write of rows that are there; absent: all that the parts name. */
  readonly changing?: ReadonlySet<string> | null
  /** The rows that the request reaches. */
  readonly scopes: Scopes
  readonly rows: RowRequest | null
  /**
   * Writes the rows themselves, and gives them in the order of the parts when they are asked for. Those whose related
   * rows change are touched: they have changed too.
   */
  readonly own: (rows: RowRequest | null, touched: readonly boolean[] | null) => Promise<BulkReport>
}

/** Writes rows with what belongs to them; handed to those who write rows within rows. */
export type WriteParts = (store: ModelStore, shape: ItemShape, write: PartsWrite) => Promise<BulkReport>

/** Related rows that were made, by what named them. */
export type MadeRows = ReadonlyMap<RelatedInput, unknown>

/** The row that an input carries, as a part of its own. */
export function nestedPart (part: Part, { item, path }: RelatedInput): Part {
  return {
    index: part.index,
    path: placeIn(part.path, path),
    data: { ...item!.data },
    related: item!.related,
    where: null,
    version: undefined,
    current: null
  }
}

/** The same for a row that is to be made: it gets the values of its scope, whatever its item says. */
export function newPart (part: Part, input: RelatedInput, relation: Relation, scopes: Scopes): Part {
  const nested = nestedPart(part, input)
  return { ...nested, data: { ...nested.data, ...scopes.of(relation.scope).values } }
}

/** A place in a part, from its item. */
export function placeIn (path: string, place: string): string {
  return path === '' ? place : `${path}.${place}`
}

/** Runs a write of rows; its errors name them by the items that they stand in. */
export async function namingParts<T> (
  parts: readonly Pick<Part, 'index' | 'path'>[],
  write: () => Promise<T>
): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof BulkError)) throw error
    throw new BulkError(
      error.details.map(detail => {
        const part = detail.index === undefined ? undefined : parts[detail.index]
        if (part === undefined) return detail
        const field = detail.field === undefined ? part.path : `${part.path}.${detail.field}`
        return { ...detail, index: part.index, field, pointer: pointerTo([part.index, ...field.split('.')]) }
      }),
      { cause: error }
    )
  }
}

/** A part that updates a row which must be there. */
export type ExistingPart = Part & { readonly where: InputRow }

export async function updateParts (
  store: ModelStore,
  shape: ItemShape,
  parts: readonly ExistingPart[],
  scopes: Scopes,
  writeParts: WriteParts
): Promise<void> {
  await writeParts(store, shape, {
    parts,
    scopes,
    absent: 'leave',
    rows: null,
    own: async (rows, touched) =>
      await namingParts(
        parts,
        async () =>
          await store.update(
            shape.model,
            parts.map(({ where, data, version }, i) => ({ where, data, version, touch: touched?.[i] ?? false })),
            { mode: 'sparse', unmatched: 'error', rows }
          )
      )
  })
}
