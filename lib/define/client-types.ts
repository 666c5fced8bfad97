import type { computedNames } from '../model/annotations/feature-columns.js'
import type { Metadata } from '../model/meta.js'

/** The types of a Prisma client by model: `Prisma.TypeMap` of the generated client. */
export interface ClientTypes {
  readonly model: object
}

/** Names of the models of a client. */
export type ModelName<Types extends ClientTypes> = keyof Types['model'] & string

/** One model as Prisma's types describe it: its scalar fields and the models that its relations lead to. */
export interface ModelTypes {
  readonly scalars: object
  readonly objects: object
}

/** The types of the model of that name. */
export type ModelOf<Types extends ClientTypes, Name extends ModelName<Types>> = Types['model'][Name] extends {
  readonly payload: infer Model extends ModelTypes
}
  ? Model
  : never

/** Names of the scalar fields of a model, enums and lists of scalars included. */
export type FieldName<Model extends ModelTypes> = keyof Model['scalars'] & string

/** Names of the relations of a model. */
export type RelationName<Model extends ModelTypes> = keyof Model['objects'] & string

/** The relations of a model that lead to one row at most. */
export type ToOneName<Model extends ModelTypes> = {
  [Name in RelationName<Model>]: Model['objects'][Name] extends readonly unknown[] ? never : Name
}[RelationName<Model>]

/** The model that a relation leads to. */
export type TargetOf<Model extends ModelTypes, Name extends RelationName<Model>> =
  RelatedModel<Model['objects'][Name]> extends infer Target extends ModelTypes ? Target : never

type RelatedModel<Related> = Related extends readonly (infer One)[] ? One : NonNullable<Related>

/** Values that the features of a model compute, such as `fullName` of `@commons.identity`. */
export type FeatureName<Meta extends Metadata, Name extends string> =
  | (FeaturesOf<Meta, Name> extends { readonly identity: object } ? (typeof computedNames)['identity'][number] : never)
  | (FeaturesOf<Meta, Name> extends { readonly address: object } ? (typeof computedNames)['address'][number] : never)

type FeaturesOf<Meta extends Metadata, Name extends string> = Meta['models'][Name] extends {
  readonly features: infer Features
}
  ? Features
  : never
