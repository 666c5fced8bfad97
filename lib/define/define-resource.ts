import { checkExportOptions, type ExportOptions } from '../export/export-options.js'
import { checkImportOptions, type ImportOptions } from '../import/plan/options.js'
import { check, optionProblems, refuseOptions } from '../options.js'
import { coreOptionTable, type CoreOptions, type ResourceDefinition } from '../resource/definition/core-options.js'
import { listOptionTable, type ListOptions } from '../resource/list/list-options.js'
import { asyncOptionTable, type AsyncOptions } from '../resource/background/async-options.js'
import { bulkOptionTable, type BulkRequestOptions } from '../resource/write/bulk-options.js'

/** One model as HTTP shows it: what it is, and how each plugin serves it. */
export interface ResourceOptions extends CoreOptions {
  /** The list: pages, filters, orders. */
  readonly list?: ListOptions
  /** Requests with lists of items. */
  readonly bulk?: BulkRequestOptions
  /** Bulk writes that go on after their answer. Default: none. */
  readonly async?: AsyncOptions
  /** How rows become files. Default: every field that is shown, in every format. */
  readonly export?: ExportOptions
  /**
   * How files are imported. Default: by columns that are named as the fields that a client may write, each row a new
   * one.
   */
  readonly import?: ImportOptions
}

const section = check.object('an object of options')

/** Name of an option → the section that it stands in. */
const sectionOf = new Map([
  ...Object.keys(listOptionTable).map(name => [name, 'list'] as const),
  ...Object.keys(bulkOptionTable).map(name => [name, 'bulk'] as const)
])

/**
 * Declares a resource.
 *
 * @throws TypeError for options that do not exist or are of another type
 *
 * @example
 * const contracts = defineResource({ model: 'Contract', bulk: { maxItems: 10_000 } })
 * await app.register(bulk, { prefix: '/contracts', resource: contracts })
 */
export function defineResource (options: ResourceOptions): ResourceDefinition {
  const owner = ['resource', options.model].join(' ').trimEnd()
  const table = { ...coreOptionTable, list: section, bulk: section, async: section, export: section, import: section }
  const { list, bulk, async: background, export: exporting, import: importing, ...core } = options
  refuseOptions(owner, [
    ...optionProblems<ResourceOptions>(options, table, undefined, sectionOf),
    ...optionProblems(list ?? {}, listOptionTable, 'list'),
    ...optionProblems(bulk ?? {}, bulkOptionTable, 'bulk'),
    ...optionProblems(background ?? {}, asyncOptionTable, 'async')
  ])
  if (exporting !== undefined) checkExportOptions(owner, exporting)
  if (importing !== undefined) checkImportOptions(`${owner}: import`, importing)
  return { options: core, sections: { list, bulk, async: background, export: exporting, import: importing } }
}
