import type { Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js'
import { margin, type PageSize, type PrintedTable } from './document.js'
import type { Fit } from './fit.js'

const headerFill = '#366092'
const stripeFill = '#EEF2F7'
const lineColor = '#C5D0DE'

export interface DefinitionParts {
  /** Its texts as they are shown. */
  readonly table: PrintedTable
  readonly fit: Fit
  readonly page: PageSize
  /** Lines below the foot. */
  readonly notes: readonly string[]
  /** Whether a row may go on on the next page. */
  readonly breakRows: boolean
}

/**
 * What the library prints: titles, facts, the table, its foot. Texts stand in nodes of their own under `text`, as
 * strings, so that nothing in them is taken for an instruction.
 */
export function documentDefinition ({
  table,
  fit,
  page: [width, height],
  notes,
  breakRows
}: DefinitionParts): TDocumentDefinitions {
  const upright = fit.orientation === 'portrait'
  return {
    info: { title: table.title },
    pageSize: { width: upright ? width : height, height: upright ? height : width },
    pageMargins: [margin, margin, margin, margin + 10],
    defaultStyle: { font: 'Table', fontSize: 10 },
    content: [
      ...table.lines.map((text, index): Content => ({
        text,
        alignment: 'center',
        margin: [0, 0, 0, 4],
        ...(index === 0 ? { fontSize: 15, bold: true } : { fontSize: 11 })
      })),
      ...table.facts.map(([label, value]): Content => ({
        text: [{ text: `${label}: `, bold: true }, { text: value }],
        margin: [0, 0, 0, 2]
      })),
      ...(table.columns.length === 0 ? [] : [tableContent(table, fit, breakRows)]),
      ...[...table.foot, ...notes].map((text): Content => ({ text, italics: true, fontSize: 9, margin: [0, 4, 0, 0] }))
    ],
    footer: (current, total) => ({
      text: `Page ${current} of ${total}`,
      alignment: 'center',
      fontSize: 8,
      color: '#555555',
      margin: [0, 12, 0, 0]
    })
  }
}

function tableContent (table: PrintedTable, { fontSize, padding, widths }: Fit, breakRows: boolean): Content {
  const header = table.columns.map(({ label, align }): TableCell => ({
    text: label,
    alignment: align,
    bold: true,
    color: '#FFFFFF'
  }))
  const aligned = table.columns.map(({ align }) => align)
  const row = (texts: readonly string[]): TableCell[] =>
    texts.map((text, index) => ({ text, alignment: aligned[index]! }))
  return {
    fontSize,
    margin: [0, 8, 0, 6],
    table: { headerRows: 1, ...rowBreaks(breakRows), widths: [...widths], body: [header, ...table.rows.map(row)] },
    layout: {
      fillColor: index => (index === 0 ? headerFill : index % 2 === 0 ? stripeFill : null),
      hLineWidth: () => 0.4,
      vLineWidth: () => 0,
      hLineColor: () => lineColor,
      paddingLeft: () => padding,
      paddingRight: () => padding,
      paddingTop: () => padding / 2,
      paddingBottom: () => padding / 2
    }
  }
}

/** Rows stay whole, and one with the header; but the library loses rows that are kept so and are taller than a page. */
function rowBreaks (breakRows: boolean): { readonly dontBreakRows: boolean; readonly keepWithHeaderRows: number } {
  return { dontBreakRows: !breakRows, keepWithHeaderRows: breakRows ? 0 : 1 }
}
