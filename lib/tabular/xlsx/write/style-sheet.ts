export type NumberFormat = 'general' | 'text' | 'date' | 'datetime' | 'datetime-ms'

export interface CellStyle {
  /** Default: `plain`. */
  readonly font?: keyof typeof fonts
  /** Default: none. */
  readonly fill?: keyof typeof fills
  /** Default: `general`. */
  readonly format?: NumberFormat
  readonly align?: 'left' | 'center' | 'right'
  /** Whether lines of text are broken. Default: false. */
  readonly wrap?: boolean
}

const face = '<name val="Calibri"/><family val="2"/>'
const fonts = {
  plain: `<sz val="11"/>${face}`,
  bold: `<b/><sz val="11"/>${face}`,
  title: `<b/><sz val="14"/>${face}`,
  italic: `<i/><sz val="11"/>${face}`,
  header: `<b/><sz val="11"/><color rgb="FFFFFFFF"/>${face}`
}

/** Programs take the first two for their own, whatever they say. */
const fills = {
  none: '<patternFill patternType="none"/>',
  gray: '<patternFill patternType="gray125"/>',
  plain: solid('366092'),
  required: solid('C00000'),
  optional: solid('548235')
}

/** 49 and 0 are known to every program, the others are told. */
const formats: Readonly<Record<NumberFormat, number>> = {
  general: 0,
  text: 49,
  date: 164,
  datetime: 165,
  'datetime-ms': 166
}

const numberFormats =
  '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>' +
  '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>' +
  '<numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss.000"/>'

/** The styles that the cells of a workbook use, by the numbers that cells tell them by. */
export class StyleSheet {
  readonly #indexes = new Map<string, number>()

  constructor () {
    // Cells without a style have the first.
    this.indexOf({})
  }

  indexOf (style: CellStyle): number {
    const xml = styleXml(style)
    const index = this.#indexes.get(xml) ?? this.#indexes.size
    this.#indexes.set(xml, index)
    return index
  }

  toXml (): string {
    const used = [...this.#indexes.keys()]
    return (
      '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
      `<numFmts count="3">${numberFormats}</numFmts>` +
      list(
        'fonts',
        Object.values(fonts).map(font => `<font>${font}</font>`)
      ) +
      list(
        'fills',
        Object.values(fills).map(fill => `<fill>${fill}</fill>`)
      ) +
      '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
      '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
      list('cellXfs', used) +
      '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
  }
}

function styleXml ({ font = 'plain', fill = 'none', format = 'general', align, wrap = false }: CellStyle): string {
  const ids =
    `numFmtId="${formats[format]}" fontId="${Object.keys(fonts).indexOf(font)}" ` +
    `fillId="${Object.keys(fills).indexOf(fill)}"`
  const applied = 'applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"'
  return (
    `<xf ${ids} borderId="0" xfId="0" ${applied}><alignment ` +
    `horizontal="${align ?? 'general'}"${wrap ? ' wrapText="1"' : ''}/></xf>`
  )
}

function list (name: string, items: readonly string[]): string {
  return `<${name} count="${items.length}">${items.join('')}</${name}>`
}

function solid (color: string): string {
  return `<patternFill patternType="solid"><fgColor rgb="FF${color}"/><bgColor indexed="64"/></patternFill>`
}
