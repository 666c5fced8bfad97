import { fileURLToPath } from 'node:url'
import { CommonsError } from '../../errors.js'
import type { TableFrame, TablePages, WriteTable } from '../table/table.js'
import type { FontFiles, Orientation, PageSize } from './document.js'
import { mostColumns } from './fit.js'
import { gatherTable } from './gather.js'
import { render } from './render.js'

export interface PdfOptions {
  /** Most rows of a document. Default: 10,000, which take some ten seconds of a processor and half a gigabyte. */
  readonly rows?: number
  /** Seconds that the layout may take. Default: 60. */
  readonly seconds?: number
  /**
   * Paths of TTF or OTF files. Default: Roboto, as the package brings it; without `bold` all letters are the normal
   * ones.
   */
  readonly font?: { readonly normal: string; readonly bold?: string }
  /** Default: A4. */
  readonly pageSize?: PdfPageSize
  /** Default: `auto`, landscape when the columns together are wider than 1.3 upright pages. */
  readonly orientation?: Orientation | 'auto'
}

export type PdfPageSize = keyof typeof pageSizes

/** In points, upright. */
const pageSizes = {
  A3: [841.89, 1190.55],
  A4: [595.28, 841.89],
  A5: [419.53, 595.28],
  LETTER: [612, 792],
  LEGAL: [612, 1008],
  TABLOID: [792, 1224]
} as const satisfies { readonly [name: string]: PageSize }

/**
 * Writes tables as PDF by the package `pdfmake`, an optional peer: lines and facts of the frame, the table with its
 * header on every page, the foot, page numbers. Nothing comes before all rows are read, and the layout runs in a thread
 * of its own.
 *
 * Roboto shows Latin, Cyrillic, Greek and Vietnamese text; give a font for others. A character that the font lacks
 * stands as □ or the font's own sign for it, and a line below the table names it. Scripts that run from right to left
 * have their letters in order, but their words stand from left to right, which a line below the table says too.
 *
 * @throws CommonsError `format_unavailable` without the package, `file_limit_exceeded` with more rows, columns or
 * characters than a document may have, or when its layout takes too long; both before the first byte.
 *
 * @example
 * const write = pdfWriter({ font: { normal: '/usr/share/fonts/NotoSansSC-Regular.ttf' } })
 * reply.type('application/pdf').send(Readable.from(write(frame, pages)))
 */
export function pdfWriter (options: PdfOptions = {}): WriteTable {
  const { rows = 10_000, seconds = 60, font, pageSize = 'A4', orientation = 'auto' } = options
  const page = pageSizes[pageSize]
  return (frame, pages) => endsAtOnce(signal => write(frame, pages, signal))

  async function * write (frame: TableFrame, pages: TablePages, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    const fonts = fontFiles(font)
    const limit = mostColumns(page, orientation)
    if (frame.columns.length > limit) {
      throw new CommonsError('file_limit_exceeded', { params: { limit, unit: 'columns' } })
    }
    const table = await gatherTable(frame, pages, rows)
    if (!signal.aborted) yield await render({ table, fonts, page, orientation }, seconds, signal)
  }
}

/** An iteration whose end does not wait for the bytes that are being made, as that of a generator does. */
function endsAtOnce (start: (signal: AbortSignal) => AsyncGenerator<Uint8Array, void>): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator] () {
      const controller = new AbortController()
      const bytes = start(controller.signal)
      return {
        next: async () => await bytes.next(),
        return: async () => {
          controller.abort()
          return await bytes.return()
        }
      }
    }
  }
}

/** @throws CommonsError `format_unavailable` */
function fontFiles (font: PdfOptions['font']): FontFiles {
  const roboto = (style: string): string =>
    fileURLToPath(import.meta.resolve(`pdfmake/fonts/Roboto/Roboto-${style}.ttf`))
  try {
    const own = { normal: roboto('Regular'), bold: roboto('Medium'), italics: roboto('Italic') }
    return font === undefined ? own : { normal: font.normal, bold: font.bold ?? font.normal, italics: font.normal }
  } catch (cause) {
    throw new CommonsError('format_unavailable', { params: { format: 'pdf', package: 'pdfmake' }, cause })
  }
}
