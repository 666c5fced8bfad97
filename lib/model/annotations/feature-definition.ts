import type { Argument, NamedColumnRule } from './feature-arguments.js'
import type { AnnotationPlace } from './column-rule.js'
import type { EnumMeta, Features, UniqueMeta } from '../meta.js'

export interface Definition<Args extends Arguments = Arguments> {
  /** What the field below the annotation must be. Without it the annotation belongs above a model. */
  readonly target?: NamedColumnRule
  /** Whether it may stand more than once in one place. */
  readonly repeatable?: boolean
  /** Whether it tells of a column that is there, which no command adds. */
  readonly declares?: boolean
  /** Whether other annotations may have the field below it for their own. */
  readonly shares?: boolean
  /** Whether one of its columns has to be there. */
  readonly needsOne?: boolean
  /** Names that rows get from the client, so that no field of the model may have them. */
  readonly computes?: readonly string[]
  readonly args: Args
  /** Called when every argument could be read. */
  apply(draft: Draft, args: Values<Args>, place: AnnotationPlace): void
}

export interface Arguments {
  readonly [name: string]: Argument<unknown>
}

type Values<Args extends Arguments> = { [K in keyof Args]: Args[K] extends Argument<infer T> ? T : never }

export interface Draft {
  readonly features: { -readonly [K in keyof Features]: Features[K] }
  readonly uniques: UniqueMeta[]
  /** Field → the annotation whose own it is. */
  readonly owners: Map<string, string>
}

export interface ModelDocumentation {
  readonly model: string
  /** Text of each documented field, relations included. */
  readonly fields: { readonly [field: string]: string }
}

export interface SchemaContext {
  readonly provider: string
  readonly enums: { readonly [name: string]: EnumMeta }
}
