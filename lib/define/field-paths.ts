import type { FieldName, ModelTypes, RelationName, TargetOf, ToOneName } from './client-types.js'

/** Relations that a typed path may pass. Each further one multiplies the names that the compiler has to keep. */
type Depth = 2

type Shorter = [never, 0, 1]

/** A field of the model, or of rows that up to two relations lead to: `code`, `customer.code`. */
export type FieldPath<Model extends ModelTypes, Rest extends number = Depth> =
  | FieldName<Model>
  | (Rest extends 0
    ? never
    : {
        [Name in RelationName<Model>]: `${Name}.${FieldPath<TargetOf<Model, Name>, Shorter[Rest]>}`
      }[RelationName<Model>])

/** The same by relations to one row: what a list may be ordered by. */
export type OrderPath<Model extends ModelTypes, Rest extends number = Depth> =
  | FieldName<Model>
  | (Rest extends 0
    ? never
    : {
        [Name in ToOneName<Model>]: `${Name}.${OrderPath<TargetOf<Model, Name>, Shorter[Rest]>}`
      }[ToOneName<Model>])

/** The same for fields of text. */
export type TextPath<Model extends ModelTypes, Rest extends number = Depth> =
  | TextName<Model>
  | (Rest extends 0
    ? never
    : {
        [Name in RelationName<Model>]: `${Name}.${TextPath<TargetOf<Model, Name>, Shorter[Rest]>}`
      }[RelationName<Model>])

/** Fields whose values are any text: those of enums are not. */
type TextName<Model extends ModelTypes> = {
  [Name in FieldName<Model>]: string extends Model['scalars'][Name]
    ? [NonNullable<Model['scalars'][Name]>] extends [string]
        ? Name
        : never
    : never
}[FieldName<Model>]

/** A column of a file: a field, or a relation as it is shown. */
export type ColumnPath<Model extends ModelTypes> =
  | FieldPath<Model>
  | RelationName<Model>
  | { [Name in RelationName<Model>]: `${Name}.${RelationName<TargetOf<Model, Name>>}` }[RelationName<Model>]

/** A name to order by, with a minus for the descending order. */
export type Directed<Name extends string> = Name | `-${Name}`
