import type { Prisma } from '@prisma/client/extension'
import type { SchemaFacts, SlugField } from './report-types.js'

/**
 * Prisma's methods that make rows, on models with slugs: a row may leave its slug out. Finding one takes a query, so
 * that what such a call gives is no promise of Prisma's, and cannot be part of `$transaction([…])`; `$transaction(async
 * tx => …)` takes it.
 */
export type SluggedCreates<F extends SchemaFacts> = {
  readonly create: Create<F>
  readonly createMany: CreateMany<F>
  readonly createManyAndReturn: CreateManyAndReturn<F>
  readonly upsert: Upsert<F>
}

/** The values of new rows, in any of the forms that Prisma takes, without the need to name a slug. */
type Unnamed<T, F extends SchemaFacts, Data> = Data extends readonly (infer One)[]
  ? readonly Unnamed<T, F, One>[]
  : Data extends object
    ? Omit<Data, SlugField<T, F>> & Partial<Pick<Data, SlugField<T, F> & keyof Data>>
    : Data

type WithData<T, F extends SchemaFacts, Method extends 'create' | 'createMany' | 'createManyAndReturn'> = Omit<
  Prisma.Args<T, Method>,
  'data'
> & { readonly data: Unnamed<T, F, Prisma.Args<T, Method>['data']> }

type UpsertArgs<T, F extends SchemaFacts> = Omit<Prisma.Args<T, 'upsert'>, 'create'> & {
  readonly create: Unnamed<T, F, Prisma.Args<T, 'upsert'>['create']>
}

export interface Create<F extends SchemaFacts> {
  /** Prisma's `create`. */
  <T, A>(this: T, args: Prisma.Exact<A, Prisma.Args<T, 'create'>>): Prisma.PrismaPromise<Prisma.Result<T, A, 'create'>>
  /**
   * Prisma's `create`, which makes the slug.
   *
   * @example
   * const { slug } = await prisma.article.create({ data: { title: 'Hello, world', content } }) // hello-world
   */
  <T, A>(this: T, args: Prisma.Exact<A, WithData<T, F, 'create'>>): Promise<Prisma.Result<T, A, 'create'>>
}

export interface CreateMany<F extends SchemaFacts> {
  /** Prisma's `createMany`. */
  <T, A>(
    this: T,
    args: Prisma.Exact<A, Prisma.Args<T, 'createMany'>>
  ): Prisma.PrismaPromise<Prisma.Result<T, A, 'createMany'>>
  /** Prisma's `createMany`, which makes the slugs. */
  <T, A>(this: T, args: Prisma.Exact<A, WithData<T, F, 'createMany'>>): Promise<Prisma.Result<T, A, 'createMany'>>
}

export interface CreateManyAndReturn<F extends SchemaFacts> {
  /** Prisma's `createManyAndReturn`. */
  <T, A>(
    this: T,
    args: Prisma.Exact<A, Prisma.Args<T, 'createManyAndReturn'>>
  ): Prisma.PrismaPromise<Prisma.Result<T, A, 'createManyAndReturn'>>
  /** Prisma's `createManyAndReturn`, which makes the slugs. */
  <T, A>(
    this: T,
    args: Prisma.Exact<A, WithData<T, F, 'createManyAndReturn'>>
  ): Promise<Prisma.Result<T, A, 'createManyAndReturn'>>
}

export interface Upsert<F extends SchemaFacts> {
  /** Prisma's `upsert`. */
  <T, A>(this: T, args: Prisma.Exact<A, Prisma.Args<T, 'upsert'>>): Prisma.PrismaPromise<Prisma.Result<T, A, 'upsert'>>
  /** Prisma's `upsert`, which makes the slug of a new row. */
  <T, A>(this: T, args: Prisma.Exact<A, UpsertArgs<T, F>>): Promise<Prisma.Result<T, A, 'upsert'>>
}
