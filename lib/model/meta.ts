import type { ValueSchema } from './value-schema.js'

/**
 * What the suite knows of a Prisma schema. Plain data, so that the generator can write it as a module (`as const`)
 * and any other source (a DMMF datamodel, a schema text) can give the same shape.
 */
export interface Metadata {
  readonly provider: string
  readonly models: { readonly [model: string]: ModelMeta }
  readonly enums: { readonly [name: string]: EnumMeta }
}

export interface ModelMeta {
  readonly name: string
  /** Table name in the database. */
  readonly table: string
  /** Database schema (namespace) of the table; null for the connection's default. */
  readonly schema: string | null
  /** Scalar and enum fields, in the order of the schema. */
  readonly fields: readonly FieldMeta[]
  readonly relations: readonly RelationMeta[]
  /** The primary key first, then every declared unique constraint, partial ones last. */
  readonly uniques: readonly UniqueMeta[]
  readonly features: Features
  /**
   * Required columns without a default that Prisma's client leaves out (`Unsupported(…)`, `@ignore`): no row can be
   * created.
   */
  readonly unsupported?: readonly string[]
}

export type ScalarType = 'String' | 'Boolean' | 'Int' | 'BigInt' | 'Float' | 'Decimal' | 'DateTime' | 'Json' | 'Bytes'

export interface FieldMeta {
  readonly name: string
  readonly column: string
  readonly kind: 'scalar' | 'enum'
  /** A scalar type of Prisma, or the enum's name. */
  readonly type: string
  readonly list: boolean
  readonly required: boolean
  /** `@db.VarChar(255)` is `['VarChar', '255']`. */
  readonly native: readonly string[] | null
  readonly default: DefaultMeta | null
  readonly updatedAt: boolean
}

/**
 * Where a value comes from when a row does not name the field.
 * `value`: a literal, as Prisma writes it (enum names, not database values). `client`: made by Prisma in this process
 * (uuid, cuid, nanoid, ulid). `database`: made by the database; `sql` is its expression, null when the schema does not
 * tell.
 */
export type DefaultMeta =
  | { readonly kind: 'value'; readonly value: DefaultValue }
  | { readonly kind: 'client'; readonly name: string; readonly argument: number | null }
  | { readonly kind: 'database'; readonly name: 'now' | 'autoincrement' | 'dbgenerated'; readonly sql: string | null }

export type DefaultValue = string | number | boolean | readonly DefaultValue[]

export interface RelationMeta {
  readonly name: string
  readonly model: string
  readonly list: boolean
  readonly required: boolean
  /** Prisma's name of the relation, the same on both sides. */
  readonly relation: string
  /** Key fields of this model; empty when the other side (or a join table) holds the key. */
  readonly fields: readonly string[]
  /** Fields of the other model that `fields` refer to. */
  readonly references: readonly string[]
  readonly onDelete: string | null
}

export interface UniqueMeta {
  /** What selects it: the field's name, Prisma's compound name, or the name given in the annotation. */
  readonly name: string
  readonly fields: readonly string[]
  readonly primary: boolean
  /** Name of the index or constraint in the database. */
  readonly index: string
  /** The rows it holds for, as field → value; null when it holds for all. */
  readonly where: { readonly [field: string]: string | number | boolean | null } | null
}

export interface EnumMeta {
  readonly name: string
  /** Type name in the database. */
  readonly dbName: string
  /** Database schema of the type, where the Prisma schema tells it; else that of the model which uses it. */
  readonly schema?: string
  /** Prisma name → database value. */
  readonly values: { readonly [name: string]: string }
}

/** The behaviours a model opts into, with the fields each one uses. */
export interface Features {
  readonly audit?: AuditFeature
  readonly softDelete?: SoftDeleteFeature
  readonly version?: VersionFeature
  readonly slug?: readonly SlugFeature[]
  readonly currentUser?: readonly CurrentUserFeature[]
  /** Fields that the database computes (GENERATED ALWAYS). */
  readonly generated?: readonly string[]
  readonly meta?: MetaFeature
  readonly identity?: IdentityFeature
  readonly address?: AddressFeature
  /** Rules for the values that clients send. */
  readonly values?: readonly ValueFeature[]
}

export interface AuditFeature {
  readonly createdAt: string
  readonly updatedAt: string
  readonly createdBy: string | null
  readonly updatedBy: string | null
  readonly deletedBy: string | null
  readonly restoredBy: string | null
}

export interface SoftDeleteFeature {
  readonly deletedAt: string
  readonly isActive: string | null
  readonly deletionId: string | null
}

export interface VersionFeature {
  readonly field: string
  readonly revisionNotes: string | null
}

export interface SlugFeature {
  readonly field: string
  /** Fields whose values make the slug, in this order. */
  readonly from: readonly string[]
}

export interface CurrentUserFeature {
  readonly field: string
  /** `create`: when a row that is made does not name it. `update`: at each change as well. */
  readonly on: 'create' | 'update'
}

/** A rule of one field. */
export interface ValueFeature {
  readonly field: string
  readonly schema: ValueSchema
}

/** Free data about a row; at least one of the columns is there. */
export interface MetaFeature {
  readonly metadata: string | null
  /** A list, or text with commas. */
  readonly tags: string | null
  readonly notes: string | null
}

/** A person. */
export interface IdentityFeature {
  readonly firstName: string
  readonly lastName: string | null
  readonly middleName: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly dateOfBirth: string | null
  readonly birthPlace: string | null
  readonly gender: string | null
  readonly nationality: string | null
}

/** A postal address and its place on the map; at least one of the columns is there. */
export interface AddressFeature {
  readonly addressLine1: string | null
  readonly addressLine2: string | null
  readonly city: string | null
  readonly stateProvince: string | null
  readonly postalCode: string | null
  readonly country: string | null
  /** Degrees, as `longitude`. */
  readonly latitude: string | null
  readonly longitude: string | null
}

/** Whether a reading sees the soft-deleted rows: not, beside the others, or nothing else. */
export type DeletedRows = 'exclude' | 'include' | 'only'
