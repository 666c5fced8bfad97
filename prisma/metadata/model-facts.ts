import type { Features, FieldMeta, ModelMeta, UniqueMeta } from '../../lib/model/meta.js'

/** What types take from a field. */
type FieldFacts = Pick<FieldMeta, 'name' | 'kind' | 'type' | 'list'>

/**
 * A model as the generated module declares it: with the literal types that types of calls are made from, and no more.
 * All else has the plain types of `ModelMeta`, which keeps the declaration of a large schema small.
 */
export interface ModelFacts<
  F extends Features = Record<never, never>,
  Partial extends UniqueMeta = never,
  Field extends FieldFacts = FieldMeta
> extends ModelMeta {
  readonly features: F
  /** `Partial`: those that hold for some rows only. */
  readonly uniques: ReadonlyArray<Partial | UniqueMeta>
  readonly fields: ReadonlyArray<FieldMeta & Field>
}
