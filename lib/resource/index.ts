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
export type { BulkAction, CrudAction, ExportAction, ResourceAction } from './definition/actions.js'
export type { ExportConnection, ExportField, ExportOptions, ExportPool } from '../export/options.js'
export type { ExportFormat } from '../tabular/formats.js'
export type { FieldCodec, FieldCodecs } from '../values/codec.js'
export type { IdempotencyOptions } from './definition/idempotency-options.js'
export { avg, count, expression, max, min, sum, type ComputedOrdering, type ExpressionType } from './list/orderings.js'
export { presets } from './definition/presets.js'
export { defineResource, type ResourceDefinition, type ResourceOptions } from './definition/resource.js'
export type { ActionCall, ActionItem, ActionResult, ItemProblems, RelatedItem } from './definition/rules.js'
