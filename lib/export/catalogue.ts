import type { ResourceDefinition } from '../resource/definition/resource.js'
import type { ExportActions } from './export-actions.js'
import type { ExportFormat } from '../tabular/formats.js'
import { readExportBody } from './request.js'

/** What a file of code of your own is to hold; rows are named as in the body of the route. */
export interface ExportWish {
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

/** Makes files of one resource without a request: of all rows, whoever's they are. */
export interface Exporter {
  /**
   * The bytes of a file, made as they are taken.
   *
   * @throws CommonsError as the route does, with the first bytes
   */
  stream: (wish?: ExportWish, signal?: AbortSignal) => AsyncIterable<Buffer>
}

/** The resources whose files a server sends, for jobs and routes of your own. */
export class ExportCatalogue {
  readonly #actions = new Map<ResourceDefinition, ExportActions>()

  /** @internal */
  add (definition: ResourceDefinition, actions: ExportActions): void {
    this.#actions.set(definition, actions)
  }

  /**
   * The exporter of a resource that was registered.
   *
   * @example
   * await pipeline(app.export.of(contracts).stream({ format: 'xlsx', filters: { year: 2026 } }),
   * createWriteStream('2026.xlsx'))
   */
  of (definition: ResourceDefinition): Exporter {
    const actions = this.#actions.get(definition)
    if (actions === undefined) {
      throw new TypeError(
        `The resource ${definition.options.model} has no exports: await app.register(exportPlugin, { resource })`
      )
    }
    return {
      stream: (wish = {}, signal = new AbortController().signal) => {
        const { format, columnConfig, titles, ...rows } = wish
        const members = { file_type: format, column_config: columnConfig, file_titles: titles, ...rows }
        const body = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
        return actions.bytes(readExportBody(actions.resource, {}, body), { action: 'export', request: null }, signal)
      }
    }
  }
}
