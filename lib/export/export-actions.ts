import { exportOf } from './resource-export.js'
import type { ModelStore } from '../store/model-store.js'
import { scopesOf, type Caller } from '../resource/write/caller.js'
import { checkVisible } from '../resource/list/list-request.js'
import type { Resource } from '../resource/definition/resource.js'
import { enterRead, leaveRead } from '../resource/write/rule-call.js'
import { formats } from '../tabular/formats.js'
import { frameOf } from './frame.js'
import type { ExportConnection } from './export-options.js'
import type { ExportRequest } from './request.js'
import { chosenRows, namedRows, type SourceOptions } from './row-source.js'
import { inSnapshot } from './snapshot.js'

/** The files of one resource. */
export class ExportActions {
  readonly resource: Resource
  readonly #store: ModelStore
  readonly #storeOn: (connection: ExportConnection) => ModelStore

  /** @param storeOn reads by a connection of a driver */
  constructor (resource: Resource, store: ModelStore, storeOn: (connection: ExportConnection) => ModelStore) {
    this.resource = resource
    this.#store = store
    this.#storeOn = storeOn
  }

  /**
   * The bytes of a file, made as they are taken. Whether the caller may have it is asked before the first.
   *
   * @param signal stops the reading
   * @throws CommonsError before the first bytes: `forbidden`, `file_limit_exceeded`, `format_unavailable`
   */
  async * bytes (request: ExportRequest, caller: Caller, signal: AbortSignal): AsyncGenerator<Buffer, void> {
    const { resource } = this
    if (caller.request !== null) await checkVisible(resource, caller.request, request.rows.deleted)
    const scopes = scopesOf(resource, caller)
    await enterRead(resource, this.#store, caller)
    const { pool } = exportOf(resource).options
    const read = (store: ModelStore): AsyncGenerator<Buffer, void> =>
      fileOf(request, { resource, store, scopes, signal })
    yield * pool === undefined
      ? read(this.#store)
      : inSnapshot(pool, resource.dialect.snapshot, connection => read(this.#storeOn(connection)))
    await leaveRead(resource, this.#store, caller, [])
  }
}

async function * fileOf (
  request: ExportRequest,
  options: Omit<SourceOptions, 'maxRows'>
): AsyncGenerator<Buffer, void> {
  const { resource } = options
  const { rows } = request
  const format = formats[request.format]
  const maxRows = Math.min(exportOf(resource).maxRows, format.maxRows)
  const source =
    rows.kind === 'ids' ? namedRows(rows, { ...options, maxRows }) : chosenRows(rows, { ...options, maxRows })
  const frame = await frameOf(resource, request, source)
  const written = format.name === 'csv' ? source.csv(frame, frame.columns) : null
  const bytes = written ?? format.writer(exportOf(resource).options, maxRows)(frame, source.pages(frame.columns))
  for await (const { buffer, byteOffset, byteLength } of bytes) yield Buffer.from(buffer, byteOffset, byteLength)
}
