import { check, checkOptions, type OptionTable } from '../options.js'
import type { CellKind, TableColumn } from '../tabular/table/table.js'
import { formatNames, type ExportFormat, type FormatSettings } from '../tabular/formats.js'

/** How a column stands in the files of a resource, where the default will not do. */
export interface ExportField {
  /** The header. Default: from the path, `customer.name` is "Customer Name". */
  readonly label?: string
  /** Default: right for numbers, else left. */
  readonly align?: NonNullable<TableColumn['align']>
  /** In characters. Default: what the format makes of the label and the kind. */
  readonly width?: number
  /**
   * Put a value that all rows share above the table once, in the place of the column. For fields of the row and of rows
   * that it refers to. Default: false.
   */
  readonly canBeCommon?: boolean
  /** What the cells hold. Default: what the field holds; `text` for computed columns. */
  readonly kind?: CellKind
  /** Computes the cells, from the fields of the row that `needs` names. */
  readonly value?: (row: Readonly<Record<string, unknown>>) => unknown
  /** Fields, also of relations, that `value` reads. Default: the field of the column's own name. */
  readonly needs?: readonly string[]
}

/** What a connection of a pool does for an export; that of `pg` has it. */
export interface ExportConnection {
  query: (text: string, values?: unknown[]) => Promise<{ readonly rows: readonly unknown[] }>
  /** `true` closes the connection in the place of giving it back. */
  release: (destroy?: boolean) => void
}

/** A pool of connections to the database of the resource; that of `pg` is one. */
export interface ExportPool {
  connect: () => Promise<ExportConnection>
}

/** How the rows of a resource become files. */
export interface ExportOptions extends FormatSettings {
  /** Columns that are not as they would be, and computed ones, by their paths: `customer.name`. Default: none. */
  readonly fields?: Readonly<Record<string, ExportField>>
  /** The columns of a request that names none. Default: every field that is shown. */
  readonly include?: readonly string[]
  /** Default: all of them. */
  readonly formats?: readonly ExportFormat[]
  /** Name of the sheet, title of the document. Default: the plural of the resource. */
  readonly title?: string
  /** Lines above the table, separated by commas. Default: none. */
  readonly siteHeader?: string
  /** Tell the day below the table. Default: in PDF only; no other file could be imported with it. */
  readonly dateLine?: boolean
  /** Rows of a file; a request for more gets none. PDF has 10,000 at most. Default: 1,000,000. */
  readonly maxRows?: number
  /** Rows that one statement reads, at most; fewer of rows that are long. Default: 10,000. */
  readonly pageRows?: number
  /** Name of the files, without its ending. Default: the plural of the resource, `line-items`. */
  readonly fileName?: string
  /** Send CSV and NDJSON packed to clients that take gzip. Default: false. */
  readonly gzip?: boolean
  /**
   * Read all rows of a file from one snapshot, by a cursor on a connection of this pool. Default: page by page, each as
   * the table is then.
   */
  readonly pool?: ExportPool
}

const fieldTable: OptionTable<ExportField> = {
  label: check.string,
  align: check.oneOf('left', 'center', 'right'),
  width: {
    expected: 'a number of characters, at most 255',
    accepts: value => typeof value === 'number' && value > 0 && value <= 255
  },
  canBeCommon: check.boolean,
  kind: check.oneOf('text', 'number', 'boolean', 'date', 'datetime', 'json'),
  value: check.function,
  needs: check.names
}

const table: OptionTable<ExportOptions> = {
  fields: check.object('an object of columns by their paths'),
  include: {
    expected: 'a list of names that is not empty',
    accepts: value => check.names.accepts(value) && (value as readonly unknown[]).length > 0
  },
  formats: {
    expected: `a list of ${formatNames.join(', ')}`,
    accepts: value =>
      Array.isArray(value) && value.length > 0 && value.every(name => formatNames.includes(name as ExportFormat))
  },
  title: check.string,
  siteHeader: check.string,
  dateLine: check.boolean,
  maxRows: check.integer(1),
  pageRows: check.integer(1),
  fileName: check.string,
  csv: check.object('an object of { bom, delimiter }'),
  pdf: check.object('an object of options of PDF'),
  gzip: check.boolean,
  pool: check.withMethods('a pool of connections', 'connect')
}

const pdfTable: OptionTable<NonNullable<ExportOptions['pdf']>> = {
  seconds: check.integer(1),
  font: check.object('an object of { normal, bold }, paths of font files'),
  pageSize: check.oneOf('A3', 'A4', 'A5', 'LETTER', 'LEGAL', 'TABLOID'),
  orientation: check.oneOf('auto', 'portrait', 'landscape')
}

/** Refuses options of exports that do not exist or are of another type. */
export function checkExportOptions (owner: string, options: ExportOptions): void {
  checkOptions(`${owner}: option "export"`, options, table)
  checkOptions(`${owner}: option "export.csv"`, options.csv ?? {}, {
    bom: check.boolean,
    delimiter: check.oneOf(',', ';', '|', '\t')
  })
  checkOptions(`${owner}: option "export.pdf"`, options.pdf ?? {}, pdfTable)
  for (const [path, field] of Object.entries(options.fields ?? {})) {
    checkOptions(`${owner}: option "export.fields.${path}"`, field, fieldTable)
  }
}
