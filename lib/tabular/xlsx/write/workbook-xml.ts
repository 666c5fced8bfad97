import { fixedRange, type Corners } from '../reference.js'
import { escapeAttribute, escapeText } from '../xml-text.js'

/** A sheet as it was written. */
export interface WrittenSheet {
  readonly name: string
  readonly hidden: boolean
  /** Corners of the table that is filtered; null for none. */
  readonly filtered: Corners | null
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships'
const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/**
 * What parts of the file are; the type of any is that of a sheet, as how many there will be is not known at the start.
 */
export const contentTypes =
  `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
  '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
  `<Default Extension="xml" ContentType="${spreadsheet}.worksheet+xml"/>` +
  `<Override PartName="/xl/workbook.xml" ContentType="${spreadsheet}.sheet.main+xml"/>` +
  `<Override PartName="/xl/styles.xml" ContentType="${spreadsheet}.styles+xml"/></Types>`

export const rootRelations =
  `${declaration}<Relationships xmlns="${packageRelations}">` +
  `<Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`

export function workbookRelations (sheets: number): string {
  const targets = Array.from(
    { length: sheets },
    (_, index) =>
      `<Relationship Id="rId${index + 1}" Type="${relations}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`
  )
  return (
    `${declaration}<Relationships xmlns="${packageRelations}">${targets.join('')}` +
    `<Relationship Id="rId${sheets + 1}" Type="${relations}/styles" Target="styles.xml"/></Relationships>`
  )
}

export function workbookXml (sheets: readonly WrittenSheet[]): string {
  const listed = sheets.map(
    ({ name, hidden }, index) =>
      `<sheet name="${escapeAttribute(name)}" sheetId="${index + 1}"${hidden ? ' state="hidden"' : ''} ` +
      `r:id="rId${index + 1}"/>`
  )
  // Programs that wrote a filter expect its range under this name.
  const filters = sheets.flatMap(({ name, filtered }, index) =>
    filtered === null
      ? []
      : [
          `<definedName name="_xlnm._FilterDatabase" localSheetId="${index}" ` +
            `hidden="1">${escapeText(fixedRange(name, ...filtered))}</definedName>`
        ]
  )
  const firstShown = sheets.findIndex(({ hidden }) => !hidden)
  const names = filters.length === 0 ? '' : `<definedNames>${filters.join('')}</definedNames>`
  return (
    `${declaration}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
    `xmlns:r="${relations}">` +
    `<bookViews><workbookView activeTab="${Math.max(0, firstShown)}"/></bookViews>` +
    `<sheets>${listed.join('')}</sheets>${names}</workbook>`
  )
}
