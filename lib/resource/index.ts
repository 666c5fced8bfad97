/** What resources are declared with; every plugin that takes one gives it. */
export * from '../relations/index.js'
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
} from '../import/options.js'
export type { BulkAction, CrudAction, ExportAction, ResourceAction } from './actions.js'
export type { ExportConnection, ExportField, ExportOptions, ExportPool } from '../export/options.js'
export type { ExportFormat } from '../export/formats.js'
export type { FieldCodec, FieldCodecs } from './codec.js'
export type { IdempotencyOptions } from './idempotency-options.js'
export { avg, count, expression, max, min, sum, type ComputedOrdering, type ExpressionType } from './list/orderings.js'
export { presets } from './presets.js'
export { defineResource, type ResourceDefinition, type ResourceOptions } from './resource.js'
export type { ActionCall, ActionItem, ActionResult, ItemProblems, RelatedItem } from './rules.js'
