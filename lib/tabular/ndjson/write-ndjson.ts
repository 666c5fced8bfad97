import { chunkSize } from '../table/chunk-size.js'
import type { Cell, WriteTable } from '../table/table.js'

/**
 * Gives a writer of NDJSON: an object a line, the names of the columns its keys, cells as they are, null for those
 * without a value. What stands around the rows is left out. Integers that JavaScript holds as bigints are digits in a
 * string.
 */
export function ndjsonWriter (): WriteTable {
  return async function * ({ columns }, pages) {
    const keys = columns.map(({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)
    let text = ''
    for await (const page of pages) {
      for (const row of page) {
        for (let index = 0; index < keys.length; index++) text += keys[index]! + json(row[index])
        text += '}\n'
        if (text.length < chunkSize) continue
        yield Buffer.from(text)
        text = ''
      }
    }
    if (text !== '') yield Buffer.from(text)
  }
}

function json (cell: Cell): string {
  return JSON.stringify(typeof cell === 'bigint' ? String(cell) : (cell ?? null))
}
