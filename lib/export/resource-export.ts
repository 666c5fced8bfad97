import type { Resource } from '../resource/definition/resource.js'
import { sectionReader } from '../resource/definition/section.js'
import { didYouMean } from '../suggest.js'
import { columnsOf, type ExportColumn } from './columns.js'
import { formatNames, type ExportFormat } from '../tabular/formats.js'
import { labelOf } from './label.js'
import type { ExportField, ExportOptions } from './export-options.js'

/** What the files of a resource may have, checked and completed. */
export interface ResourceExport {
  /** By their paths, computed ones last. */
  readonly columns: ReadonlyMap<string, ExportColumn>
  /** Those of a request that names none. */
  readonly include: readonly ExportColumn[]
  readonly formats: readonly ExportFormat[]
  readonly title: string
  /** Without its ending. */
  readonly fileName: string
  readonly maxRows: number
  readonly pageRows: number
  readonly options: ExportOptions
}

/** The section `export` of a resource. */
export const exportOf: (resource: Resource) => ResourceExport = sectionReader('export', resolveExport)

/** Checks the options against what the resource shows: every path in them must lead to a field. */
function resolveExport (resource: Resource, options: ExportOptions): ResourceExport {
  const { plural } = resource
  const owner = `resource ${resource.model.name}`
  const shown = columnsOf(resource, resource.registry, resource.dialect)
  const refuse = (option: string, name: string): never => {
    throw new TypeError(
      `${owner}: option "export.${option}" names "${name}", which is no field that is shown. ` +
        `${didYouMean(name, shown.keys())}`
    )
  }
  const columns = new Map(shown)
  for (const [name, field] of Object.entries(options.fields ?? {})) {
    const column = shown.get(name)
    if (field.value === undefined && column === undefined) refuse('fields', name)
    const needs = field.needs ?? (column === undefined ? [] : [name])
    for (const need of needs) if (!shown.has(need)) refuse(`fields.${name}.needs`, need)
    columns.set(name, configured(owner, name, field, column, needs))
  }
  return {
    columns,
    include: (options.include ?? [...resource.shown, ...resource.computed].map(({ name }) => name)).map(
      name => columns.get(name) ?? refuse('include', name)
    ),
    formats: options.formats ?? formatNames,
    title: options.title ?? plural,
    fileName: options.fileName ?? plural.toLowerCase().replaceAll(/\s+/g, '-'),
    maxRows: options.maxRows ?? 1_000_000,
    pageRows: options.pageRows ?? 10_000,
    options
  }
}

function configured (
  owner: string,
  name: string,
  field: ExportField,
  column: ExportColumn | undefined,
  needs: readonly string[]
): ExportColumn {
  const { value, needs: _, ...looks } = field
  const fail = (problem: string): never => {
    throw new TypeError(`${owner}: option "export.fields.${name}" ${problem}`)
  }
  if (value === undefined && field.needs !== undefined) fail('has "needs" without "value"')
  if (value !== undefined && needs.length === 0) fail('needs the option "needs": the fields that "value" reads')
  if (field.canBeCommon === true && (value !== undefined || column?.cell === null)) {
    fail('has "canBeCommon", which the database cannot tell of these cells')
  }
  if (value === undefined) return { ...column!, ...looks }
  return {
    name,
    label: labelOf(name),
    kind: 'text',
    canBeCommon: false,
    ...looks,
    cell: null,
    needs,
    read: row => computed(value(row))
  }
}

/** What functions of developers give, as writers of files take it. */
function computed (value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'bigint' ? String(value) : (value ?? null)
}
