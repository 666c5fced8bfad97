import { exportOf } from './resource-export.js'
import type { ModelStore } from '../store/model-store.js'
import type { RowsChoice } from '../resource/list/list-request.js'
import { scopedCells, scopedChoice } from '../resource/list/scoped-choice.js'
import type { Resource } from '../resource/definition/resource.js'
import type { Scopes } from '../scope/scopes.js'
import type { CellPath } from '../sql/port/read-statements.js'
import { prefetch } from '../stream/prefetch.js'
import { chunkSize } from '../tabular/table/chunk-size.js'
import { csvWriter } from '../tabular/csv/write-csv.js'
import type { TableFrame } from '../tabular/table/table.js'
import { kindOf, type ExportColumn } from './columns.js'
import { readParts, type PartsOptions } from './parts.js'

/** The cells of columns whose lines of CSV the database can make; null where some cannot be made there. */
export function cellsOf (columns: readonly ExportColumn[]): readonly CellPath[] | null {
  const cells = columns.flatMap(({ cell, kind }) => (cell !== null && kind === kindOf(cell.field) ? [cell] : []))
  return cells.length === columns.length ? cells : null
}

/** A file of CSV whose lines the database makes: what stands around them is that of the writer of CSV. */
export async function * textBytes (
  resource: Resource,
  store: ModelStore,
  choice: RowsChoice,
  scopes: Scopes,
  frame: TableFrame,
  cells: readonly CellPath[],
  options: PartsOptions
): AsyncGenerator<Buffer, void> {
  const { model } = resource
  const { csv = {} } = exportOf(resource).options
  const { delimiter = ',' } = csv
  const chosen = { ...scopedChoice(resource, choice, scopes), cells: scopedCells(resource, cells, scopes) }
  const write = csvWriter(csv)
  const head = await bytesOf(write({ ...frame, foot: [] }, noPages()))
  const whole = await bytesOf(write(frame, noPages()))
  const texts = readParts(async (position, take) => {
    const { text, count, position: last } = await store.textPage(model, { ...chosen, take, position, delimiter })
    return { content: text, rows: count, size: text.length, position: last }
  }, options)
  let before = head
  for await (const text of prefetch(texts)) {
    yield * pieces(before, Buffer.from(text))
    before = nothing
  }
  yield * pieces(before, whole.subarray(head.length))
}

const nothing = Buffer.alloc(0)

/** Small enough for whoever takes them slowly. */
function * pieces (before: Buffer, after: Buffer): Generator<Buffer, void> {
  const bytes = before.length === 0 ? after : Buffer.concat([before, after])
  for (let start = 0; start < bytes.length; start += chunkSize) yield bytes.subarray(start, start + chunkSize)
}

async function * noPages (): AsyncGenerator<never, void> {}

async function bytesOf (source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks)
}
