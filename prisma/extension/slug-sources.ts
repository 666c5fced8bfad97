import type { InputRow, SlugSource, SlugSources } from '../../lib/store/core/write-context.js'
import type { FieldMeta, Metadata, ModelMeta } from '../../lib/model/meta.js'
import type { Registry } from '../../lib/model/registry.js'
import { didYouMean } from '../../lib/suggest.js'

type Models<M extends Metadata> = M['models']

/** The slug fields of a model. */
type SlugFieldOf<Meta> = Meta extends {
  readonly features: { readonly slug: readonly (infer Slug extends { readonly field: string })[] }
}
  ? Slug['field']
  : never

/** The functions that slugs are made by: model → slug field → function. Metadata that is not typed takes any names. */
export type SlugFunctions<M extends Metadata> = string extends keyof Models<M>
  ? { readonly [model: string]: { readonly [field: string]: SlugSource } }
  : {
      readonly [Name in keyof Models<M> as SlugFieldOf<Models<M>[Name]> extends never ? never : Name]?: {
        readonly [Field in SlugFieldOf<Models<M>[Name]>]?: (row: SlugRow<Models<M>[Name]>) => string | null | undefined
      }
    }

/** A row as a slug function sees it: what the caller named. */
type SlugRow<Meta> = Meta extends ModelMeta
  ? { readonly [Field in Meta['fields'][number] as Field['name']]?: ValueOf<Field> | null }
  : InputRow

/** Values in the forms that Prisma takes; what has several is left open. */
type ValueOf<Field extends FieldMeta> = Field['list'] extends true
  ? unknown
  : Field['type'] extends keyof Scalars
    ? Scalars[Field['type']]
    : Field['kind'] extends 'enum'
      ? string
      : unknown

interface Scalars {
  readonly String: string
  readonly Int: number
  readonly Float: number
  readonly Boolean: boolean
  readonly BigInt: bigint | number
  readonly DateTime: Date | string
}

/** The same without the names of a schema. */
export type SlugFunctionsByName = { readonly [model: string]: { readonly [field: string]: unknown } | undefined }

/** Refuses functions for slugs that the schema does not have. */
export function checkSlugs (slugs: SlugFunctionsByName | undefined, registry: Registry): void {
  const models = new Map([...registry.models].map(model => [model.name, model]))
  for (const [name, functions] of Object.entries(slugs ?? {})) {
    const model = models.get(name)
    if (model === undefined) {
      throw new TypeError(
        `commons: option "slugs" names the unknown model "${name}". ${didYouMean(name, models.keys())}`
      )
    }
    const known = (model.meta.features.slug ?? []).map(({ field }) => field)
    if (known.length === 0) {
      throw new TypeError(
        `commons: option "slugs" names the model ${name}, which has no slug: add /// @commons.slug(from: "…") ` +
          'above its field'
      )
    }
    for (const [field, source] of Object.entries(functions ?? {})) {
      if (!known.includes(field)) {
        throw new TypeError(
          `commons: option "slugs" names "${field}", which is no slug of ${name}. ${didYouMean(field, known)}`
        )
      }
      if (source !== undefined && typeof source !== 'function') {
        throw new TypeError(`commons: option "slugs" must give a function for ${name}.${field}`)
      }
    }
  }
}

/** The functions as operations look them up. */
export function slugSourcesOf (slugs: SlugFunctionsByName | undefined): SlugSources {
  return new Map(
    Object.entries(slugs ?? {}).flatMap(([model, functions]) =>
      Object.entries(functions ?? {}).flatMap(([field, source]) =>
        source === undefined ? [] : [[`${model}.${field}`, source as SlugSource] as const]
      )
    )
  )
}
