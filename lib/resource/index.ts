/** What resources are declared with; every plugin that takes one gives it. */
export * from '../relations/index.js'
export type { BulkAction, CrudAction, ResourceAction } from './actions.js'
export type { FieldCodec, FieldCodecs } from './codec.js'
export type { IdempotencyOptions } from './idempotency-options.js'
export { avg, count, expression, max, min, sum, type ComputedOrdering } from './list/orderings.js'
export { presets } from './presets.js'
export { defineResource, type ResourceDefinition, type ResourceOptions } from './resource.js'
export type { ActionCall, ActionItem, ActionResult } from './rules.js'
