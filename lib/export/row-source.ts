import { exportOf } from './resource-export.js'
import type { ModelStore } from '../store/model-store.js'
import type { IdsRequest, RowsChoice } from '../resource/list/list-request.js'
import { scopedCells, scopedChoice } from '../resource/list/scoped-choice.js'
import type { Resource } from '../resource/definition/resource.js'
import type { Scopes } from '../scope/scopes.js'
import { prefetch } from '../stream/prefetch.js'
import type { TableFrame } from '../tabular/table/table.js'
import type { ExportColumn } from './columns.js'
import { idRows, rowPages, type CellPages } from './row-pages.js'
import { cellsOf, textBytes } from './text-bytes.js'

/** Where the rows of a file come from. */
export interface RowSource {
  /**
   * The value that all rows have in each of some columns that can be common; null where it is not the same in all, or
   * empty.
   */
  readonly common: (columns: readonly ExportColumn[]) => Promise<readonly unknown[]>
  readonly pages: (columns: readonly ExportColumn[]) => CellPages
  /** The whole file of CSV; null where the database cannot make its lines. */
  readonly csv: (frame: TableFrame, columns: readonly ExportColumn[]) => AsyncGenerator<Buffer, void> | null
}

export interface SourceOptions {
  readonly resource: Resource
  readonly store: ModelStore
  /** The rows that the request reaches. */
  readonly scopes: Scopes
  /** Rows in all, at most. */
  readonly maxRows: number
  readonly signal: AbortSignal
}

/** The rows that filters leave, in their order. */
export function chosenRows (
  choice: RowsChoice,
  { resource, store, scopes, maxRows, signal }: SourceOptions
): RowSource {
  const { model } = resource
  const { pageRows } = exportOf(resource)
  const { deleted, filter, scope } = scopedChoice(resource, choice, scopes)
  const parts = {
    pageRows,
    maxRows,
    signal,
    countTo: async (limit: number) => await store.countTo(model, limit, { deleted, filter, scope })
  }
  return {
    common: async columns =>
      await store.commonTexts(
        model,
        scopedCells(
          resource,
          columns.map(({ cell }) => cell!),
          scopes
        ),
        { deleted, filter, scope }
      ),
    pages: columns => prefetch(rowPages(resource, store, choice, scopes, columns, parts)),
    csv: (frame, columns) => {
      const cells = cellsOf(columns)
      return cells === null ? null : textBytes(resource, store, choice, scopes, frame, cells, parts)
    }
  }
}

/** The rows of some ids, in the order of the ids. They are few, and read at once. */
export function namedRows (request: IdsRequest, { resource, store, scopes }: SourceOptions): RowSource {
  const read = async (columns: readonly ExportColumn[]): Promise<readonly (readonly unknown[])[]> =>
    await idRows(resource, store, request, scopes, columns)
  return {
    common: async columns => {
      const rows = await read(columns)
      return columns.map((_, i) => commonIn(rows.map(row => row[i])))
    },
    pages: async function * (columns) {
      yield await read(columns)
    },
    csv: () => null
  }
}

function commonIn (values: readonly unknown[]): string | null {
  const [first, ...others] = values
  return first === undefined || first === null || first === '' || others.some(value => value !== first)
    ? null
    : String(first)
}
