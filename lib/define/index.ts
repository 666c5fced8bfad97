/** What resources are declared with; every plugin that takes one gives it. */
export * from '../items/shape/relation-presets.js'
export type {
  ComputedField,
  ConstantField,
  DirectField,
  FurtherModelOptions,
  ImportField,
  ImportModelOptions,
  ImportOptions,
  ImportProgress,
  LookupField,
  ReferenceField,
  RowCells,
  Transform
} from '../import/plan/options.js'
export { defineAction, type ActionContext, type ActionOptions } from '../resource/actions/define-action.js'
export type {
  ActionName,
  BulkAction,
  CrudAction,
  ExportAction,
  ResourceAction
} from '../resource/definition/actions.js'
export type { RowAction, RowActionCall, SelectedItem } from '../resource/definition/row-action.js'
export type { ExportConnection, ExportField, ExportOptions, ExportPool } from '../export/export-options.js'
export type { ExportFormat } from '../tabular/formats.js'
export type { FieldCodec, FieldCodecs } from '../values/codec.js'
export type { FieldPermission } from '../items/shape/field-permissions.js'
export type { ValueSchema } from '../model/value-schema.js'
export type { ValueSchemas } from '../values/model-rules.js'
export type { IdempotencyOptions } from '../resource/definition/idempotency-options.js'
export {
  avg,
  count,
  expression,
  max,
  min,
  sum,
  type ComputedValue,
  type ExpressionType
} from '../resource/definition/computed-values.js'
export { presets } from '../resource/definition/presets.js'
export { defineResource, type ResourceOptions } from './define-resource.js'
export type { ResourceDefaults } from './resource-defaults.js'
export type { CoreOptions, ResourceDefinition } from '../resource/definition/core-options.js'
export type { AsyncOptions } from '../resource/background/async-options.js'
export type { BulkRequestOptions } from '../resource/write/bulk-options.js'
export type { ListOptions } from '../resource/list/list-options.js'
export type { ActionCall, ActionItem, ActionResult, ItemProblems, RelatedItem } from '../resource/definition/rules.js'
export { resourcesOf, type Resources } from './resources-of.js'
export type { ClientTypes } from './client-types.js'
export type {
  TypedBulkOptions,
  TypedExportOptions,
  TypedImportOptions,
  TypedListOptions,
  TypedResourceOptions
} from './typed-options.js'
export type {
  TypedAnswerRow,
  TypedCall,
  TypedData,
  TypedItem,
  TypedRelated,
  TypedRelatedItem,
  TypedResult,
  TypedRow
} from './typed-rules.js'
