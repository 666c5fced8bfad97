import { documentDefinition } from './definition.js'
import type { FaceName, PrintedTable, PrintTask } from './document.js'
import { fitTable } from './fit.js'
import { FontMetrics, type Face } from './font-metrics.js'
import { linesOf, mostLines } from './tall.js'

/** What the document of the library gives of a font beyond its types. */
interface FontSource {
  provideFont(
    family: string,
    bold: boolean,
    italics: boolean
  ): {
    readonly font: { hasGlyphForCodePoint(codePoint: number): boolean }
    widthOfString(text: string, size: number): number
  }
}

/**
 * Makes the document. It has all of it in memory, and takes the thread until it is done. Fonts come from the files that
 * are named and from nowhere else; nothing else is read.
 */
export async function print ({ table, fonts, page, orientation }: PrintTask): Promise<Buffer> {
  const { default: pdfmake } = await import('pdfmake')
  const files = Object.values<string>({ ...fonts })
  pdfmake.setUrlAccessPolicy(() => false)
  pdfmake.setLocalAccessPolicy(path => files.includes(path))
  pdfmake.setFonts({ Table: { ...fonts } })
  const source = await pdfmake.createPdf({ content: [], defaultStyle: { font: 'Table' } }).getStream()
  const lettering = new FontMetrics(facesOf(source as unknown as FontSource))
  const shown = showTable(table, lettering)
  const fit = fitTable(shown, lettering, page, orientation)
  const most = mostLines(fit, page)
  const ems = fit.widths.map(width => width / fit.fontSize)
  const cut = cutTable(shown, ems, most, lettering)
  const breakRows = cut.rows.some(row => row.some((text, index) => linesOf(text, ems[index]!, lettering) > most))
  const notes = [
    ...lettering.notes(),
    ...(fit.broken ? ['The page is too narrow for the columns of this table: words and numbers are broken.'] : [])
  ]
  return await pdfmake.createPdf(documentDefinition({ table: cut, fit, page, notes, breakRows })).getBuffer()
}

function facesOf (source: FontSource): Record<FaceName, Face> {
  const face = (bold: boolean, italics: boolean): Face => {
    const loaded = source.provideFont('Table', bold, italics)
    return {
      has: codePoint => loaded.font.hasGlyphForCodePoint(codePoint),
      width: character => loaded.widthOfString(character, 1)
    }
  }
  return { normal: face(false, false), bold: face(true, false), italics: face(false, true) }
}

function showTable (table: PrintedTable, lettering: FontMetrics): PrintedTable {
  return {
    title: table.title,
    lines: table.lines.map((line, index) => lettering.shown(line, index === 0 ? 'bold' : 'normal')),
    facts: table.facts.map(([label, value]) => [lettering.shown(label, 'bold'), lettering.shown(value)]),
    columns: table.columns.map(column => ({ ...column, label: lettering.shown(column.label, 'bold') })),
    rows: table.rows.map(row => row.map(text => lettering.shown(text))),
    foot: table.foot.map(line => lettering.shown(line, 'italics'))
  }
}

/**
 * The library would cut words too that are wider than their column, but in a time that grows with the square of their
 * length. A header that is taller than its page would be lost: labels that are too long are cut short.
 */
function cutTable (table: PrintedTable, ems: readonly number[], most: number, lettering: FontMetrics): PrintedTable {
  const label = (text: string, room: number): string => {
    const cut = lettering.cut(text, room, 'bold')
    return linesOf(cut, room, lettering, 'bold') <= most
      ? cut
      : lettering.cut(`${text.slice(0, most / 2)}…`, room, 'bold')
  }
  return {
    ...table,
    columns: table.columns.map((column, index) => ({ ...column, label: label(column.label, ems[index]!) })),
    rows: table.rows.map(row => row.map((text, index) => lettering.cut(text, ems[index]!)))
  }
}
