import { CommonsError } from '../../errors.js'
import type { TableFrame, TablePages } from '../table/table.js'
import { cellText } from './cell-text.js'
import type { PrintedTable } from './document.js'

/** Of all cells together: a document takes hundreds of bytes of memory for each. */
const mostCharacters = 4_000_000

const wholeKinds: ReadonlySet<string> = new Set(['number', 'boolean', 'date'])

/**
 * Reads all rows, as texts.
 *
 * @throws CommonsError `file_limit_exceeded` at the first row or character too many.
 */
export async function gatherTable (frame: TableFrame, pages: TablePages, mostRows: number): Promise<PrintedTable> {
  const kinds = frame.columns.map(column => column.kind)
  const rows: string[][] = []
  let characters = 0
  for await (const page of pages) {
    for (const cells of page) {
      if (rows.length === mostRows) {
        throw new CommonsError('file_limit_exceeded', { params: { limit: mostRows, unit: 'rows' } })
      }
      const texts = kinds.map((kind, index) => cellText(cells[index], kind))
      characters += texts.reduce((total, text) => total + text.length, 0)
      if (characters > mostCharacters) {
        throw new CommonsError('file_limit_exceeded', { params: { limit: mostCharacters, unit: 'characters' } })
      }
      rows.push(texts)
    }
  }
  return {
    title: frame.title,
    lines: [...(frame.lines ?? [])],
    facts: (frame.facts ?? []).map(({ label, value }) => [label, cellText(value, 'text')]),
    columns: frame.columns.map(({ label, kind, align, width }) => ({
      label,
      width,
      align: align ?? (kind === 'number' ? 'right' : 'left'),
      whole: wholeKinds.has(kind)
    })),
    rows,
    foot: [...(frame.foot ?? [])]
  }
}
