import { bulkOf } from '../write/bulk-options.js'
import { CommonsError } from '../../errors.js'
import { readCsv } from '../../tabular/csv/read-csv.js'
import { defaultLimits } from '../../tabular/table/limits.js'
import type { SheetRow } from '../../tabular/table/table.js'
import { MalformedItem } from '../../items/shape/malformed-item.js'
import type { Resource } from '../definition/resource.js'
import { csvColumns } from './columns.js'
import { readHeader, type PlacedColumn } from './header.js'

/** Bytes of a CSV body, where the resource says nothing. */
const defaultSize = 10 * 2 ** 20

/** Reads the items that a CSV file spells: each row is one, by the names in the first row. */
export interface CsvItemReader {
  /** Bytes that a file may have. */
  readonly fileSize: number
  /**
   * @param encoding of files without a byte order mark; default: utf-8
   * @throws CommonsError for the file as a whole; rows that do not fit the header are items that cannot be read
   */
  readonly read: (bytes: AsyncIterable<Uint8Array>, encoding?: string) => Promise<readonly unknown[]>
}

/**
 * Makes the reader of a resource's CSV bodies. Values are not checked here: they are what a client would send as JSON.
 */
export function csvItemReader (resource: Resource): CsvItemReader {
  const known = csvColumns(resource)
  const { bodyLimit: fileSize = defaultSize } = resource
  const limits = { ...defaultLimits, fileSize, rows: bulkOf(resource).maxItems }
  return {
    fileSize,
    async read (bytes, encoding) {
      let columns: readonly PlacedColumn[] | undefined
      const items: unknown[] = []
      for await (const rows of readCsv(limited(bytes, fileSize), limits, encoding === undefined ? {} : { encoding })) {
        for (const row of rows) {
          if (columns === undefined) columns = readHeader(row, known)
          else items.push(itemOf(row, columns))
        }
      }
      return items
    }
  }
}

async function * limited (bytes: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > limit) throw new CommonsError('file_too_large', { params: { limit } })
    yield chunk
  }
}

function itemOf ({ cells, problem }: SheetRow, columns: readonly PlacedColumn[]): unknown {
  if (problem !== undefined) return new MalformedItem(problem)
  const item: Record<string, unknown> = {}
  columns.forEach(({ name, json, isEmpty, isNullable }, position) => {
    const cell = cells[position] ?? null
    if (!isEmpty(cell)) item[name] = json(cell)
    else if (isNullable) item[name] = null
  })
  return item
}
