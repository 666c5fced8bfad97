export { commons, type CommonsOptions } from './extension/index.js'
// Every type that the type of an extended client names: without its name no declaration file of such a client can be
// written.
export type {
  BulkCreate,
  BulkDelete,
  BulkMethods,
  BulkReplace,
  BulkUpdate,
  BulkUpsert
} from './extension/types/methods.js'
export type {
  BulkRestore,
  BulkSoftDelete,
  Purge,
  Restore,
  SoftDelete,
  SoftDeleteMethods
} from './extension/types/soft-delete-methods.js'
export type { BulkCounts, BulkResult, Facts } from './extension/types/report-types.js'
export type { Doctor } from './binding/doctor.js'
export type { Aggregate, Count, FindMany, GroupBy } from './extension/types/deleted-reads.js'
export type { JsonOf, JsonRow, ToJson, ToJsonOptions } from './extension/json.js'
export type { Create, CreateMany, CreateManyAndReturn, Upsert } from './extension/types/slugged-creates.js'
export type { UpdateVersioned } from './extension/types/versioned-methods.js'
export { observe } from './observe/observe.js'
export { mapError } from './binding/map-error.js'
export type { ModelFacts } from './metadata/model-facts.js'
export { resolveMetadata, type MetadataSource } from './metadata/sources.js'
export type { ConflictItem, MissingItem } from '../lib/store/core/report.js'
export type { Diagnosis, Finding, FindingCode } from '../lib/doctor/diagnosis.js'
export type { Coordinates } from '../lib/fields/address.js'
export type { DeletedRows, Metadata } from '../lib/model/meta.js'
