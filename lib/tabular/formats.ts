import { csvWriter } from './csv/write-csv.js'
import { ndjsonWriter } from './ndjson/write-ndjson.js'
import { pdfWriter, type PdfOptions } from './pdf/writer.js'
import type { WriteTable } from './table/table.js'
import { xlsxWriter } from './xlsx/write/xlsx-writer.js'

export type ExportFormat = 'csv' | 'xlsx' | 'pdf' | 'ndjson'

/** Options of single formats. */
export interface FormatSettings {
  readonly csv?: { readonly bom?: boolean; readonly delimiter?: ',' | ';' | '|' | '\t' }
  readonly pdf?: Omit<PdfOptions, 'rows'>
}

/** A type of files. */
export interface FileFormat {
  readonly name: ExportFormat
  readonly mediaType: string
  /** Packing makes it much smaller. */
  readonly isText: boolean
  /** Rows that a file of it has at most, whatever the resource allows. */
  readonly maxRows: number
  readonly writer: (settings: FormatSettings, maxRows: number) => WriteTable
}

export const formats: { readonly [name in ExportFormat]: FileFormat } = {
  csv: {
    name: 'csv',
    mediaType: 'text/csv; charset=utf-8',
    isText: true,
    maxRows: Infinity,
    writer: ({ csv }) => csvWriter(csv)
  },
  xlsx: {
    name: 'xlsx',
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    isText: false,
    maxRows: Infinity,
    writer: () => xlsxWriter()
  },
  pdf: {
    name: 'pdf',
    mediaType: 'application/pdf',
    isText: false,
    maxRows: 10_000,
    writer: ({ pdf }, rows) => pdfWriter({ ...pdf, rows })
  },
  ndjson: {
    name: 'ndjson',
    mediaType: 'application/x-ndjson; charset=utf-8',
    isText: true,
    maxRows: Infinity,
    writer: () => ndjsonWriter()
  }
}

export const formatNames = Object.keys(formats) as readonly ExportFormat[]
