import { readCsv, type CsvReaderOptions } from '../../lib/tabular/csv/read-csv.js'
import { defaultLimits, type FileLimits } from '../../lib/tabular/table/limits.js'
import type { Cell, SheetRow, TableFrame, TablePages, WriteTable } from '../../lib/tabular/table/table.js'

/** The bytes in pieces of a size, the last one shorter. */
export async function * inChunks (bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

export async function * inPages (...pages: readonly (readonly Cell[])[][]): TablePages {
  yield * pages
}

export async function collect<T> (items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The whole file that a writer makes. */
export async function written (
  write: WriteTable,
  frame: TableFrame,
  ...pages: readonly (readonly Cell[])[][]
): Promise<Buffer> {
  return Buffer.concat(await collect(write(frame, inPages(...pages))))
}

export interface ReadOptions extends CsvReaderOptions {
  readonly size?: number
  readonly limits?: Partial<FileLimits>
}

/** All rows of a CSV file that comes in chunks of a size. Default: 64 Ki. */
export async function rowsOf (
  file: string | Uint8Array,
  { size = 65_536, limits, ...options }: ReadOptions = {}
): Promise<SheetRow[]> {
  return (await collect(readCsv(inChunks(Buffer.from(file), size), { ...defaultLimits, ...limits }, options))).flat()
}

/** Numbers from 0 to below a limit, the same ones for the same seed. */
export function randomNumbers (seed: number): (limit: number) => number {
  let state = seed
  return limit => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** A text of up to some symbols out of an alphabet. */
export function randomText (random: (limit: number) => number, alphabet: readonly string[], most: number): string {
  return Array.from({ length: random(most + 1) }, () => alphabet[random(alphabet.length)]!).join('')
}
