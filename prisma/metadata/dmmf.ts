// The part of Prisma's DMMF that the suite reads, as plain structure: generators, `@prisma/get-dmmf` and older clients
// all give it, and no Prisma package is needed to name it.

export interface Datamodel {
  readonly models: readonly DatamodelModel[]
  readonly enums: readonly DatamodelEnum[]
  /** Absent in a datamodel that Prisma trimmed; custom index names are then unknown. */
  readonly indexes?: readonly DatamodelIndex[]
}

export interface DatamodelModel {
  readonly name: string
  readonly dbName: string | null
  readonly schema?: string | null
  readonly fields: readonly DatamodelField[]
  readonly primaryKey: { readonly name: string | null; readonly fields: readonly string[] } | null
  readonly uniqueIndexes: ReadonlyArray<{ readonly name: string | null; readonly fields: readonly string[] }>
  readonly documentation?: string
}

export interface DatamodelField {
  readonly name: string
  readonly dbName?: string | null
  readonly kind: string
  readonly type: string
  readonly isList: boolean
  readonly isRequired: boolean
  readonly isId: boolean
  readonly isUnique: boolean
  readonly isUpdatedAt?: boolean
  readonly nativeType?: readonly [name: string, args: readonly string[]] | null
  readonly default?: DatamodelDefault
  readonly relationName?: string
  readonly relationFromFields?: readonly string[]
  readonly relationToFields?: readonly string[]
  readonly relationOnDelete?: string
  readonly documentation?: string
}

export type DatamodelLiteral = string | number | boolean

export type DatamodelDefault =
  | DatamodelLiteral
  | readonly DatamodelLiteral[]
  | { readonly name: string; readonly args: ReadonlyArray<string | number> }

export interface DatamodelEnum {
  readonly name: string
  readonly dbName?: string | null
  readonly values: ReadonlyArray<{ readonly name: string; readonly dbName?: string | null }>
}

export interface DatamodelIndex {
  readonly model: string
  readonly type: string
  /** Name in the database, from `map`. */
  readonly dbName?: string
  readonly fields: ReadonlyArray<{ readonly name: string }>
}
