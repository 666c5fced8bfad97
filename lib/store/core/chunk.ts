import type { InputRow } from './write-context.js'

/** Some items of a batch, with their places in the request. */
export interface Chunk {
  readonly rows: readonly InputRow[]
  readonly indexes: readonly number[]
}

/** Splits a batch; `order` lists the items that are to be written, in the order of the writing. */
export function chunksOf (
  rows: readonly InputRow[],
  size: number,
  order: readonly number[] = [...rows.keys()]
): Chunk[] {
  const chunks: Chunk[] = []
  for (let start = 0; start < order.length; start += size) {
    const indexes = order.slice(start, start + size)
    chunks.push({ indexes, rows: indexes.map(index => rows[index]!) })
  }
  return chunks
}

/** The items of a chunk at some of its positions. */
export function partOf ({ rows, indexes }: Chunk, isIn: (position: number) => boolean): Chunk {
  const positions = [...indexes.keys()].filter(isIn)
  return { rows: positions.map(i => rows[i]!), indexes: positions.map(i => indexes[i]!) }
}
