import { checkExportOptions, type ExportOptions } from '../export/export-options.js'
import { checkImportOptions, type ImportOptions } from '../import/plan/options.js'
import { check, optionProblems, refuseOptions, type OptionTable } from '../options.js'
import { coreOptionTable, type CoreOptions } from '../resource/definition/core-options.js'
import type { DefinitionDefaults } from '../resource/definition/resource-registry.js'
import { listOptionTable, type ListOptions } from '../resource/list/list-options.js'
import { asyncOptionTable, type AsyncOptions } from '../resource/background/async-options.js'
import { bulkOptionTable, type BulkRequestOptions } from '../resource/write/bulk-options.js'

const coreNames = [
  'authorize',
  'canSeeDeleted',
  'maxRelated',
  'maxRelatedTotal',
  'bodyLimit',
  'requireIfMatch',
  'weakIfMatch',
  'idempotency',
  'cacheControl',
  'decimals',
  'returnDataOnCreate',
  'returnDataOnUpdate'
] as const satisfies readonly (keyof CoreOptions)[]

const listNames = [
  'pageSize',
  'maxPageSize',
  'lenientQuery',
  'unpaginated',
  'maxOffset',
  'maxIds',
  'appendIndexes',
  'cursorSecret'
] as const satisfies readonly (keyof ListOptions)[]

const bulkNames = [
  'maxItems',
  'csvBodies',
  'allowEmpty',
  'allowSingular',
  'actionRoutes',
  'partialSuccess'
] as const satisfies readonly (keyof BulkRequestOptions)[]

/**
 * Options of all resources of a server: those that name no field. A resource's own options win, one by one.
 * `canSeeDeleted` and `requireIfMatch` hold for models that have soft delete and a version.
 */
export interface ResourceDefaults extends Pick<CoreOptions, (typeof coreNames)[number]> {
  readonly list?: Pick<ListOptions, (typeof listNames)[number]>
  readonly bulk?: Pick<BulkRequestOptions, (typeof bulkNames)[number]>
  readonly async?: AsyncOptions
  readonly export?: Omit<ExportOptions, 'fields' | 'include' | 'title' | 'fileName'>
  /** For resources that have the section `import`. */
  readonly import?: Pick<
    ImportOptions,
    'formats' | 'chunkSize' | 'csv' | 'limits' | 'uploadSeconds' | 'maxUploads' | 'failedRows'
  >
}

const section = check.object('an object of options')

/**
 * Checks the option `defaults`.
 *
 * @throws TypeError for options that do not exist or are of another type
 */
export function resolveDefaults (owner: string, defaults: ResourceDefaults): DefinitionDefaults {
  const core = picked(coreOptionTable, coreNames)
  const table = { ...core, list: section, bulk: section, async: section, export: section, import: section }
  const { list, bulk, async: background, export: exporting, import: importing, ...options } = defaults
  refuseOptions(owner, [
    ...optionProblems<ResourceDefaults>(defaults, table, 'defaults'),
    ...optionProblems(list ?? {}, picked(listOptionTable, listNames), 'defaults.list'),
    ...optionProblems(bulk ?? {}, picked(bulkOptionTable, bulkNames), 'defaults.bulk'),
    ...optionProblems(background ?? {}, asyncOptionTable, 'defaults.async')
  ])
  if (exporting !== undefined) checkExportOptions(`${owner}: defaults`, exporting)
  if (importing !== undefined) checkImportOptions(`${owner}: defaults.import`, importing)
  const sections = Object.entries({ list, bulk, async: background, export: exporting, import: importing })
  return { options, sections: Object.fromEntries(sections.filter(([, options]) => options !== undefined)) }
}

function picked<Options, Name extends keyof Options> (
  table: OptionTable<Options>,
  names: readonly Name[]
): OptionTable<Pick<Options, Name>> {
  return Object.fromEntries(names.map(name => [name, table[name]])) as OptionTable<Pick<Options, Name>>
}

/** The check of the option itself. */
export const defaultsCheck = check.object('an object of options of resources')
