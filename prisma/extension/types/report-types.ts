import type { Prisma } from '@prisma/client/extension'
import type { BulkReport } from '../../../lib/store/core/report.js'
import type { Features, Metadata } from '../../../lib/model/meta.js'

// `T` is the delegate of one model in the user's own client: everything is read from its generated argument types.
// What users meet in an error message or a hint goes through `Plain`.

/** The same type without its alias, whose arguments (the whole client) would fill a screen in every error message. */
type Plain<Type> = [Type] extends [infer Same] ? Same : never
type PlainName<Name extends string> = [Name] extends [infer Same extends string] ? Same : never

/**
 * Put off until the metadata are known: what is written inside such a condition counts as made of `Same`, and would be
 * made anew, the client with it, at every look.
 */
type PlainFacts<F> = [F] extends [infer Same extends SchemaFacts] ? Same : never

/** What the types take from the metadata. */
export interface SchemaFacts {
  /** Unique sets that hold for some rows only, which Prisma does not know. */
  readonly partial: { readonly model: string; readonly name: string; readonly fields: string }
  /** Names of the models with a version. */
  readonly versioned: string
  /** Names of the models whose rows are soft-deleted. */
  readonly softDeleted: string
  /** Fields that new rows need not name although Prisma asks for them. */
  readonly slugs: { readonly model: string; readonly field: string }
  /** Names of the models of people. */
  readonly identity: string
  /** Names of the models with an address. */
  readonly address: string
}

/** The facts of some metadata. */
export type FactsOf<M extends Metadata> = PlainFacts<Facts<M>>

/**
 * The facts by name. An interface on purpose: the type of an extended client mentions its facts at every method, and a
 * declaration file writes `Facts<CommonsMetadata>` there, where it would spell out a type alias each time.
 * Metadata that is not `as const` names no partial sets and no computed fields, and leaves it to the calls to find out
 * who has which other feature.
 */
export interface Facts<M extends Metadata> {
  readonly partial: {
    [Name in keyof M['models'] & string]: PartialSet<Name, M['models'][Name]['uniques'][number]>
  }[keyof M['models'] & string]
  readonly versioned: ModelsWith<M, 'version', string>
  readonly softDeleted: ModelsWith<M, 'softDelete', string>
  readonly slugs: {
    [Name in keyof M['models'] & string]: SlugsOf<Name, M['models'][Name]['features']>
  }[keyof M['models'] & string]
  readonly identity: ModelsWith<M, 'identity', never>
  readonly address: ModelsWith<M, 'address', never>
}

/** Names of the models that have a feature; `Unknown` where the metadata is not literal. */
type ModelsWith<M extends Metadata, Feature extends keyof Features, Unknown> = string extends keyof M['models']
  ? Unknown
  : {
      [Name in keyof M['models'] & string]: M['models'][Name]['features'] extends { readonly [Key in Feature]: object }
        ? Name
        : never
    }[keyof M['models'] & string]

type PartialSet<Model extends string, Unique> = Unique extends {
  readonly name: infer Name
  readonly fields: readonly (infer Field)[]
  readonly where: object
}
  ? { readonly model: Model; readonly name: Name; readonly fields: Field }
  : never

type SlugsOf<Model, Features> = Features extends { readonly slug: readonly { readonly field: infer Field }[] }
  ? { readonly model: Model; readonly field: Field }
  : never

/**
 * A row of scalar values, as `createMany` takes it; never where Prisma has no `createMany`, as a required column is
 * left out.
 */
export type Row<T> = T extends { readonly createMany: unknown } ? RowOf<T> : never

type RowOf<T> = Prisma.Args<T, 'createMany'>['data'] extends infer Data
  ? Data extends readonly (infer One)[]
    ? One
    : Data
  : never

/** What of a row an update may name. */
type ChangedRow<T> = [Row<T>] extends [never] ? Partial<Prisma.Result<T, object, 'findFirstOrThrow'>> : Partial<Row<T>>

/** The slug fields of a model. */
export type SlugField<T, F extends SchemaFacts> = Extract<F['slugs'], { readonly model: ModelName<T> }>['field']

/** A row to create: slugs are generated where it names none. */
export type NewRow<T, F extends SchemaFacts> = WithoutSlugs<Row<T>, SlugField<T, F>>

type WithoutSlugs<R, Slug> = [Slug & keyof R] extends [never]
  ? R
  : Plain<Omit<R, Slug & keyof R> & { readonly [K in Slug & keyof R]?: R[K] | null }>

type Where<T> = NonNullable<Prisma.Args<T, 'findUnique'>['where']>

type UniqueKeyOf<W> = W extends unknown ? { [K in keyof W]-?: object extends Pick<W, K> ? never : K }[keyof W] : never

/** Names of the unique constraints that Prisma knows: `id`, `email`, `contractNumber_year`. */
export type UniqueKey<T> = PlainName<UniqueKeyOf<Where<T>> & string>

type ModelName<T> = Prisma.Payload<T> extends { name: infer Name extends string } ? Name : never

type PartialSetOf<T, F extends SchemaFacts> = Extract<F['partial'], { readonly model: ModelName<T> }>

/** What `on` may be: the name of any unique constraint. */
export type ConflictKey<T, F extends SchemaFacts> = PlainName<UniqueKey<T> | PartialSetOf<T, F>['name']>

/** One unique selector, e.g. `{ id: 1 }` or `{ contractNumber_year: { contractNumber, year } }`: one set, never two. */
export type UniqueSelector<T> = SelectorOf<Where<T>, UniqueKey<T>>

type SelectorOf<W, Keys extends string, Key extends string = Keys> = Key extends keyof W
  ? { readonly [K in Key]: NonNullable<W[K]> } & { readonly [K in Exclude<Keys, Key>]?: never } extends infer Both
    ? { [K in keyof Both]: Both[K] }
    : never
  : never

/** Fields of the unique constraint `On`. */
type KeyFields<T, F extends SchemaFacts, On> =
  | (On extends keyof Row<T> ? On : On extends keyof Where<T> ? keyof NonNullable<Where<T>[On]> : never)
  | Extract<PartialSetOf<T, F>, { readonly name: On }>['fields']

/** A row to upsert: it names the fields of its key. */
export type UpsertRow<T, F extends SchemaFacts, On> = On extends unknown
  ? Plain<NewRow<T, F> & { readonly [K in KeyFields<T, F, On> & keyof Row<T>]-?: NonNullable<Row<T>[K]> }>
  : never

/** An item of `bulkUpdate`; `version` exists on models with the feature. */
export type UpdateItemOf<T, F extends SchemaFacts> = {
  readonly where: UniqueSelector<T>
  readonly data: ChangedRow<T>
} & (ModelName<T> extends F['versioned'] ? { readonly version?: number } : { readonly version?: never })

/** An item of `bulkReplace`: every field that has neither a default nor null, and any others; slugs stay. */
export type ReplaceItemOf<T, F extends SchemaFacts> = Omit<UpdateItemOf<T, F>, 'data'> & {
  readonly data: NewRow<T, F>
}

/** What rows are asked for: a Prisma `select`; `true`, for all scalar fields, is taken beside it. */
export type SelectOf<T> = NonNullable<Prisma.Args<T, 'findFirstOrThrow'>['select']>

/** The same for rows that are gone: what is read beside the table, relations and computed fields, is not to be had. */
export type ScalarSelectOf<T> = Plain<{ readonly [K in keyof Row<T>]?: boolean }>

/**
 * The arguments with a `select` that names nothing unknown. `A` has no bound: to keep one, the compiler would widen
 * literals.
 */
export type Selecting<A, Select> = Prisma.Exact<A, { readonly select?: true | Select }>

/** What becomes of items without a row, or with another version. */
export interface Unmatched {
  /**
   * `report` (default): they are told of, and the others are written; `error`: nothing is written, and the BulkError
   * names them.
   */
  readonly unmatched?: 'report' | 'error'
}

/** What becomes of decimals with more digits behind the point than their column keeps. */
export interface DecimalRule {
  /**
   * `exact` (default): they are errors of their items; `round`: the database rounds them, as in Prisma's own methods.
   */
  readonly decimals?: 'exact' | 'round'
}

/** The counts of a bulk operation. */
export type BulkCounts = Omit<BulkReport, 'rows' | 'restored' | 'outcomes' | 'failures'>

/** Counts, and the rows when the arguments `A` hold a `select`. */
export type BulkResult<T, A> = A extends { readonly select: infer Select extends object | boolean }
  ? BulkCounts & { readonly rows: SelectedRow<T, Select>[] }
  : BulkCounts

/** `true` stands for the columns, as the write itself gives them back; a `select` goes by Prisma's own rules. */
export type SelectedRow<T, Select> = Select extends boolean
  ? Prisma.Result<T, object, 'findFirstOrThrow'> extends infer All
    ? { [K in keyof All as K extends keyof Row<T> ? K : never]: All[K] }
    : never
  : Prisma.Result<T, { select: Select }, 'findFirstOrThrow'>

/** Methods by the property that a client has for each of the models; none where the models are not known. */
export type OfModels<Models extends string, Methods> = string extends Models
  ? {}
  : { readonly [Name in Models as Uncapitalize<Name>]: Methods }
