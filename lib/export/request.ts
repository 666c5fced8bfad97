import { exportOf } from './resource-export.js'
import { readText, type Query } from '../http/query.js'
import { readBodyChoice, readQueryChoice, type IdsRequest, type RowsChoice } from '../resource/list/list-request.js'
import { bodyPlace, parameterPlace, type Place } from '../resource/list/place.js'
import { shortened } from '../text/shorten.js'
import type { Resource } from '../resource/definition/resource.js'
import { didYouMean } from '../suggest.js'
import { configuredColumns } from './column-config.js'
import type { ExportColumn } from './columns.js'
import type { ExportFormat } from '../tabular/formats.js'
import { exportLimits } from './limits.js'

/** What a request for a file asks for. */
export interface ExportRequest {
  readonly format: ExportFormat
  /** No two of them are alike. */
  readonly columns: readonly ExportColumn[]
  /** Lines above the table. */
  readonly titles: readonly string[]
  readonly rows: RowsChoice | IdsRequest
}

const queryParameters: readonly string[] = ['file_type', 'includes']
const bodyMembers: readonly string[] = [...queryParameters, 'column_config', 'file_titles']

/** Reads the query of an export. Which rows are meant is said as in a list, but for the page. */
export function readExportQuery (resource: Resource, query: Query): ExportRequest {
  return {
    format: formatOf(resource, readText(query, 'file_type'), parameterPlace('file_type')),
    columns: includedColumns(resource, readText(query, 'includes'), parameterPlace('includes')),
    titles: [],
    rows: readQueryChoice(resource, query, queryParameters, queryParameters)
  }
}

/** Reads the body of an export. Which rows are meant is said in it or in the query, as in a list. */
export function readExportBody (resource: Resource, query: Query, body: unknown): ExportRequest {
  const inBody = readBodyChoice(resource, body, bodyMembers, bodyMembers)
  const rows = Object.keys(query).length === 0 ? inBody : queryChoice(resource, query, body as object)
  const {
    file_type: format,
    includes,
    column_config: config,
    file_titles: titles
  } = body as Readonly<Record<string, unknown>>
  const columns = includedColumns(resource, includes, bodyPlace(['includes']))
  return {
    format: formatOf(resource, format, bodyPlace(['file_type'])),
    columns: config === undefined ? columns : configuredColumns(columns, config),
    titles: titles === undefined ? [] : titlesOf(titles),
    rows
  }
}

const choiceMembers: readonly string[] = ['filters', 'search', 'ordering', 'ids', 'deleted']

function queryChoice (resource: Resource, query: Query, body: object): RowsChoice | IdsRequest {
  const other = choiceMembers.find(name => Object.hasOwn(body, name))
  const [first] = Object.keys(query)
  if (other !== undefined) {
    throw parameterPlace(first!).invalid(
      `and the member "${other}" of the body exclude each other: say which rows in the query or in the body`
    )
  }
  return readQueryChoice(resource, query, [])
}

function formatOf (resource: Resource, name: unknown, place: Place): ExportFormat {
  const { formats } = exportOf(resource)
  if (name === undefined) return formats.find(format => format === 'csv') ?? formats[0]!
  const format = formats.find(format => format === name)
  if (format === undefined) throw place.invalid(`must be one of ${formats.join(', ')}`)
  return format
}

/** A list of paths, or one text of them with commas; one that stands there several times counts once. */
function includedColumns (resource: Resource, value: unknown, place: Place): readonly ExportColumn[] {
  const { columns, include } = exportOf(resource)
  if (value === undefined) return include
  const names: readonly unknown[] | null =
    typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : null
  if (names === null || !names.every(name => typeof name === 'string')) throw place.invalid('must be a list of names')
  const wanted = new Set(names.map(name => name.trim()))
  if (wanted.size === 0) throw place.invalid('names no column')
  if (wanted.has('')) throw place.invalid('holds an empty element')
  if (wanted.size > exportLimits.columns) {
    throw place.invalid(`names ${wanted.size} columns, which are more than the limit of ${exportLimits.columns}`)
  }
  return [...wanted].map(name => {
    const column = columns.get(name)
    if (column !== undefined) return column
    const inner = [...columns.keys()].filter(path => path.startsWith(`${name}.`))
    throw place.invalid(
      `names "${shortened(name)}", which is no column. ` +
        `${inner.length > 0 ? `Its fields are columns: ${inner.join(', ')}` : didYouMean(name, columns.keys())}`
    )
  })
}

/** Lines of text; those that are blank are left out. */
function titlesOf (value: unknown): readonly string[] {
  const place = bodyPlace(['file_titles'])
  if (!Array.isArray(value) || !value.every(title => typeof title === 'string')) {
    throw place.invalid('must be a list of texts')
  }
  if (value.length > exportLimits.titles) {
    throw place.invalid(`holds ${value.length} lines, which are more than the limit of ${exportLimits.titles}`)
  }
  const long = value.findIndex(title => title.length > exportLimits.textLength)
  if (long !== -1) {
    throw bodyPlace(['file_titles', long]).invalid(`has more than ${exportLimits.textLength} ` + 'characters')
  }
  return value.map(title => title.trim()).filter(title => title !== '')
}
