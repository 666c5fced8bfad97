import type { Prisma } from '@prisma/client/extension'
import type { BulkReport } from '../../lib/bulk/report.js'
import type { Metadata } from '../../lib/model/meta.js'

// `T` is the delegate of one model in the user's own client: everything is read from its generated argument types.

/** A row of scalar values, as `createMany` takes it. */
export type Row<T> = Prisma.Args<T, 'createMany'>['data'] extends infer Data ? Data extends readonly (infer One)[] ? One : Data : never

type Where<T> = NonNullable<Prisma.Args<T, 'findUnique'>['where']>

type UniqueKeyOf<W> = W extends unknown ? { [K in keyof W]-?: object extends Pick<W, K> ? never : K }[keyof W] : never

/** Names of the unique sets that Prisma knows: `id`, `email`, `contractNumber_year`. */
export type UniqueKey<T> = UniqueKeyOf<Where<T>> & string

type ModelName<T> = Prisma.Payload<T> extends { name: infer Name extends string } ? Name : never

type ModelOf<T, M extends Metadata> = ModelName<T> extends keyof M['models'] ? M['models'][ModelName<T>] : never

/** Names of the unique sets that hold for some rows only, from the metadata. */
export type PartialUniqueKey<T, M extends Metadata> = Extract<ModelOf<T, M>['uniques'][number], { where: object }>['name']

/** What `on` may be. */
export type ConflictKey<T, M extends Metadata> = UniqueKey<T> | PartialUniqueKey<T, M>

/** One unique selector, e.g. `{ id: 1 }` or `{ contractNumber_year: { contractNumber, year } }`. */
export type UniqueSelector<T> = { [K in UniqueKey<T>]: { [P in K]: P extends keyof Where<T> ? NonNullable<Where<T>[P]> : never } }[UniqueKey<T>]

/** Fields of the unique set `On`. */
type KeyFields<T, M extends Metadata, On> =
  | (On extends keyof Row<T> ? On : On extends keyof Where<T> ? keyof NonNullable<Where<T>[On]> : never)
  | Extract<ModelOf<T, M>['uniques'][number], { name: On, where: object }>['fields'][number]

/** A row to upsert: it names the fields of its key. */
export type UpsertRow<T, M extends Metadata, On> = Row<T> & { readonly [K in KeyFields<T, M, On> & keyof Row<T>]-?: NonNullable<Row<T>[K]> }

/** True for models that opt into a feature. */
export type HasFeature<T, M extends Metadata, Feature extends string> = ModelOf<T, M>['features'] extends { readonly [F in Feature]: object } ? true : false

/** An item of `bulkUpdate`; `version` exists on models with the feature. */
export type UpdateItemOf<T, M extends Metadata> = {
  readonly where: UniqueSelector<T>
  readonly data: Partial<Row<T>>
} & (HasFeature<T, M, 'version'> extends true ? { readonly version?: number } : { readonly version?: never })

/** An item of `bulkReplace`: every field that has neither a default nor null, and any others. */
export type ReplaceItemOf<T, M extends Metadata> = Omit<UpdateItemOf<T, M>, 'data'> & { readonly data: Row<T> }

/** What rows are asked for: a Prisma `select`, or `true` for all scalar fields. `Exact` keeps literals such as `'asc'`. */
export type SelectOf<T, S> = Prisma.Exact<S, true | NonNullable<Prisma.Args<T, 'findFirstOrThrow'>['select']>>

/** The counts of a bulk operation. */
export type BulkCounts = Omit<BulkReport, 'rows'>

/** Counts, and the rows when `select` asks for them. */
export type BulkResult<T, S> = S extends undefined
  ? BulkCounts
  : BulkCounts & {
    readonly rows: Prisma.Result<T, S extends true ? object : { select: S }, 'findFirstOrThrow'>[]
  }
