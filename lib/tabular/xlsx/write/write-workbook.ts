import { Readable, type PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { loadPeer } from '../../../load-peer.js'
import { maxRows } from '../reference.js'
import { SheetNames } from './sheet-names.js'
import { SheetXml } from './sheet-xml.js'
import { StyleSheet } from './style-sheet.js'
import type { WorkbookOptions, WorkbookSheet } from './workbook.js'
import { contentTypes, rootRelations, workbookRelations, workbookXml, type WrittenSheet } from './workbook-xml.js'

const packing = { compressionLevel: 1 }

/**
 * Writes an XLSX workbook. Rows are asked for as the bytes are taken, sheet by sheet, and memory stays the same however
 * many there are; an iteration that is ended early ends that of the rows, an error of the rows is its error, before any
 * bytes when it is one of the first page. A sheet has its lines (the first as title) and facts over the width of the
 * table, the header (frozen, with a filter), the rows, and below an empty row its foot; rows that do not fit go on in a
 * further sheet "Title (2)". Sheets are called after their titles, as far as names of sheets allow. Cells that were cut
 * at 32,767 characters, the most that programs take, are counted in a line of the foot. 501 `format_unavailable`
 * without the package yazl.
 *
 * @example
 * for await (const piece of writeWorkbook([{ title: 'Staff', columns, rows }])) response.write(piece)
 */
export async function * writeWorkbook (
  sheets: readonly WorkbookSheet[],
  options: WorkbookOptions = {}
): AsyncGenerator<Uint8Array> {
  const { ZipFile } = await loadPeer('xlsx', 'yazl', () => import('yazl'))
  const zip = new ZipFile()
  const output = zip.outputStream as PassThrough
  const stop = new AbortController()
  let part: Readable | undefined

  async function addPart (path: string, pieces: AsyncIterable<Buffer>): Promise<void> {
    stop.signal.throwIfAborted()
    // Nothing is given before the first page is there, so that its error can still be answered.
    if (part === undefined) {
      zip.addBuffer(Buffer.from(contentTypes), '[Content_Types].xml', packing)
      zip.addBuffer(Buffer.from(rootRelations), '_rels/.rels', packing)
    }
    part = Readable.from(pieces, { objectMode: false })
    zip.addReadStream(part, path, packing)
    await finished(part)
  }
  async function addAll (): Promise<void> {
    const { written, styles } = await addSheets(sheets, Math.min(options.sheetRows ?? maxRows, maxRows), addPart)
    zip.addBuffer(Buffer.from(styles), 'xl/styles.xml', packing)
    zip.addBuffer(Buffer.from(workbookRelations(written.length)), 'xl/_rels/workbook.xml.rels', packing)
    zip.addBuffer(Buffer.from(workbookXml(written)), 'xl/workbook.xml', packing)
    zip.end()
  }

  const added = addAll().catch((error: unknown) => {
    output.destroy(error as Error)
  })
  try {
    yield * output as AsyncIterable<Uint8Array>
  } finally {
    stop.abort()
    part?.destroy()
    await added
  }
}

type AddPart = (path: string, pieces: AsyncIterable<Buffer>) => Promise<void>

async function addSheets (
  sheets: readonly WorkbookSheet[],
  sheetRows: number,
  addPart: AddPart
): Promise<{ readonly written: readonly WrittenSheet[]; readonly styles: string }> {
  const styles = new StyleSheet()
  const names = new SheetNames()
  const named = sheets.map(sheet => ({ sheet, name: names.next(sheet.title) }))
  const nameOf = (title: string): string => named.find(({ sheet }) => sheet.title === title)?.name ?? title
  const shownFirst = sheets.findIndex(({ hidden }) => hidden !== true)
  const written: WrittenSheet[] = []
  for (const [index, { sheet, name }] of named.entries()) {
    const xml = new SheetXml(sheet, styles)
    const { hidden = false } = sheet
    try {
      let atEnd = await xml.rows.atEnd()
      for (let number = 1; number === 1 || !atEnd; number++) {
        let lastRow = 0
        await addPart(
          `xl/worksheets/sheet${written.length + 1}.xml`,
          xml.pieces({
            room: sheetRows,
            selected: index === shownFirst && number === 1,
            nameOf,
            onTable: row => {
              lastRow = row
            }
          })
        )
        const filtered = hidden || sheet.columns.length === 0 ? null : xml.tableTo(lastRow)
        written.push({ name: number === 1 ? name : names.next(sheet.title), hidden, filtered })
        atEnd = await xml.rows.atEnd()
      }
    } finally {
      await xml.rows.close()
    }
  }
  return { written, styles: styles.toXml() }
}
