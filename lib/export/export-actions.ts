import type { Scope } from '../bulk/scope.js'
import type { BulkStore } from '../bulk/store.js'
import { enterRead, leaveRead, scopeOfCaller, type Caller } from '../resource/execute.js'
import { checkVisible } from '../resource/list/list-request.js'
import type { Resource } from '../resource/resource.js'
import type { TableFact } from '../tabular/table.js'
import type { ExportColumn } from './columns.js'
import { formats } from './formats.js'
import { oneAhead, type PartsOptions } from './parts.js'
import type { ExportConnection } from './options.js'
import type { ExportRequest } from './request.js'
import { idRows, rowPages, type CellPages } from './row-pages.js'
import { inSnapshot } from './snapshot.js'
import { cellsOf, textBytes } from './text-bytes.js'

/** The files of one resource. */
export class ExportActions {
  readonly resource: Resource
  readonly #store: BulkStore
  readonly #storeOn: (connection: ExportConnection) => BulkStore

  /** @param storeOn reads by a connection of a driver */
  constructor (resource: Resource, store: BulkStore, storeOn: (connection: ExportConnection) => BulkStore) {
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
    const scope = scopeOfCaller(resource, caller)
    await enterRead(resource, this.#store, caller)
    const { pool } = resource.export.options
    const read = (store: BulkStore): AsyncGenerator<Buffer, void> => fileOf(resource, store, request, scope, signal)
    yield * pool === undefined ? read(this.#store) : inSnapshot(pool, connection => read(this.#storeOn(connection)))
    await leaveRead(resource, this.#store, caller, [])
  }
}

async function * fileOf (resource: Resource, store: BulkStore, { format: name, columns, titles, rows }: ExportRequest, scope: Scope | null, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  const { model, export: { title, maxRows, pageRows, options } } = resource
  const { siteHeader, dateLine = name === 'pdf' } = options
  const format = formats[name]
  const limit = Math.min(maxRows, format.maxRows)
  const found = rows.kind === 'ids' ? await idRows(resource, store, rows, scope, columns) : null
  const choice = rows.kind === 'ids' ? null : { deleted: rows.deleted, filter: rows.filter, scope }
  const commonOf = async (asked: readonly ExportColumn[]): Promise<readonly unknown[]> => choice === null
    ? asked.map(column => commonIn(found!.map(row => row[columns.indexOf(column)])))
    : await store.commonTexts(model, asked.map(({ cell }) => cell!), choice)
  const { facts, left } = await factsOf(columns, commonOf)
  const frame = {
    title,
    columns: left,
    lines: [...siteHeader === undefined ? [] : siteHeader.split(',').map(line => line.trim()).filter(line => line !== ''), ...titles],
    facts,
    foot: dateLine ? [`Date: ${new Date().toISOString().slice(0, 10)}`] : []
  }
  const parts: PartsOptions = { pageRows, maxRows: limit, signal, countTo: async limit => await store.countTo(model, limit, choice!) }
  const cells = name === 'csv' && rows.kind === 'rows' ? cellsOf(left) : null
  if (cells !== null && rows.kind === 'rows') {
    yield * textBytes(resource, store, rows, scope, frame, cells, parts)
    return
  }
  const pages = rows.kind === 'rows' ? oneAhead(rowPages(resource, store, rows, scope, left, parts)) : one(found!.map(row => left.map(column => row[columns.indexOf(column)])))
  for await (const { buffer, byteOffset, byteLength } of format.writer(options, limit)(frame, pages)) yield Buffer.from(buffer, byteOffset, byteLength)
}

async function * one (page: readonly (readonly unknown[])[]): CellPages {
  yield page
}

/** The columns of which all rows have one value, as facts, and the others; one column stays in any case. */
async function factsOf (columns: readonly ExportColumn[], commonOf: (columns: readonly ExportColumn[]) => Promise<readonly unknown[]>): Promise<{ readonly facts: readonly TableFact[], readonly left: readonly ExportColumn[] }> {
  const asked = columns.filter(({ canBeCommon }) => canBeCommon).slice(columns.every(({ canBeCommon }) => canBeCommon) ? 1 : 0)
  if (asked.length === 0) return { facts: [], left: columns }
  const values = await commonOf(asked)
  const common = new Map(asked.flatMap((column, i) => values[i] === null ? [] : [[column, values[i]]]))
  return { facts: [...common].map(([{ label }, value]) => ({ label, value })), left: columns.filter(column => !common.has(column)) }
}

/** The value that all rows have; null where they have several, or it is empty. */
function commonIn (values: readonly unknown[]): unknown {
  const [first, ...others] = values
  return first === undefined || first === '' || others.some(value => value !== first) ? null : String(first)
}
