import type { ExportActions } from './export-actions.js'
import type { ExportFormat } from '../tabular/formats.js'
import { readExportBody } from './request.js'

/** What a file of code of your own is to hold; rows are named as in the body of the route. */
export interface ExportParameters {
  /** Default: csv. */
  readonly format?: ExportFormat
  /** Paths of columns. Default: those of the resource. */
  readonly includes?: readonly string[]
  readonly columnConfig?: Readonly<
    Record<
      string,
      {
        readonly label?: string
        readonly align?: 'left' | 'center' | 'right'
        readonly width?: number
        readonly can_be_common?: boolean
      }
    >
  >
  /** Lines above the table. */
  readonly titles?: readonly string[]
  readonly filters?: object
  readonly search?: string
  readonly ordering?: readonly string[]
  readonly deleted?: 'exclude' | 'include' | 'only'
  readonly ids?: readonly unknown[]
}

/** Makes files of one resource without a request: of all rows, whatever the scope. */
export interface Exporter {
  /**
   * The bytes of a file, made as they are taken.
   *
   * @throws CommonsError as the route does, with the first bytes
   *
   * @example
   * const rows = app.export.of(contracts).stream({ format: 'xlsx', filters: { year: 2026 } })
   * await pipeline(rows, createWriteStream('2026.xlsx'))
   */
  stream: (parameters?: ExportParameters, signal?: AbortSignal) => AsyncIterable<Buffer>
}

/** An exporter that does without HTTP what the routes of some actions do. */
export function exporterOf (actions: ExportActions): Exporter {
  return {
    stream: (parameters = {}, signal = new AbortController().signal) => {
      const { format, columnConfig, titles, ...rows } = parameters
      const members = { file_type: format, column_config: columnConfig, file_titles: titles, ...rows }
      const body = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
      return actions.bytes(readExportBody(actions.resource, {}, body), { action: 'export', request: null }, signal)
    }
  }
}
