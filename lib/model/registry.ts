import { CommonsError } from '../errors.js'
import { didYouMean } from '../suggest.js'
import type { EnumMeta, FieldMeta, Metadata, ModelMeta, RelationMeta, UniqueMeta } from './meta.js'

/** One model's metadata with its look-ups ready. Names come from users: only own entries of a Map are ever found. */
export class Model {
  readonly meta: ModelMeta
  /** The fields that a write may name, in the order of the schema: all but those that the database generates. */
  readonly writtenFields: readonly FieldMeta[]
  readonly #primaryKey: UniqueMeta | undefined
  readonly #fields: ReadonlyMap<string, FieldMeta>
  readonly #relations: ReadonlyMap<string, RelationMeta>
  readonly #relationsOfKeys: ReadonlyMap<string, RelationMeta>
  readonly #uniques: ReadonlyMap<string, UniqueMeta>
  readonly #enums: ReadonlyMap<string, EnumMeta>

  constructor (meta: ModelMeta, enums: ReadonlyMap<string, EnumMeta>) {
    const isRequired = (name: string): boolean => meta.fields.some(field => field.name === name && field.required)
    // Prisma wants a primary key or a unique constraint that holds for all rows and takes no nulls.
    this.#primaryKey =
      meta.uniques.find(unique => unique.primary) ??
      meta.uniques.find(unique => unique.where === null && unique.fields.every(isRequired))
    this.meta = meta
    const { generated } = meta.features
    this.writtenFields =
      generated === undefined ? meta.fields : meta.fields.filter(({ name }) => !generated.includes(name))
    this.#fields = new Map(meta.fields.map(field => [field.name, field]))
    this.#relations = new Map(meta.relations.map(relation => [relation.name, relation]))
    // The first relation of a key field counts, as it is written.
    this.#relationsOfKeys = new Map(
      meta.relations
        .filter(relation => relation.fields.length === 1)
        .reverse()
        .map(relation => [relation.fields[0]!, relation])
    )
    this.#uniques = new Map(meta.uniques.map(unique => [unique.name, unique]))
    this.#enums = enums
  }

  get name (): string {
    return this.meta.name
  }

  /**
   * What tells rows apart. Views may do without: they can be read by Prisma.
   *
   * @throws CommonsError `validation_failed` for a model without one
   */
  get primaryKey (): UniqueMeta {
    if (this.#primaryKey !== undefined) return this.#primaryKey
    throw new CommonsError('validation_failed', {
      message:
        `Model ${this.name} has neither a primary key nor a unique constraint of required fields, so no row ` +
        'can be identified. Add @id or @unique to serve or write it'
    })
  }

  /** Fields of the primary key; none where a view has no key. */
  get keyFields (): readonly string[] {
    return this.#primaryKey?.fields ?? []
  }

  field (name: string): FieldMeta | undefined {
    return this.#fields.get(name)
  }

  /** A field that metadata itself names: its absence is a fault of the metadata, not of a user. */
  ownField (name: string): FieldMeta {
    const field = this.#fields.get(name)
    if (field === undefined) {
      throw new Error(`Metadata of ${this.name} names the field "${name}", which it does not have`)
    }
    return field
  }

  relation (name: string): RelationMeta | undefined {
    return this.#relations.get(name)
  }

  /** The to-one relation that a key field belongs to, if it is that relation's only key field. */
  relationOfKey (field: string): RelationMeta | undefined {
    return this.#relationsOfKeys.get(field)
  }

  unique (name: string): UniqueMeta | undefined {
    return this.#uniques.get(name)
  }

  /**
   * The unique constraint of exactly these fields, in any order; a set that holds for all rows before a partial one.
   */
  uniqueOf (fields: readonly string[]): UniqueMeta | undefined {
    const names = new Set(fields)
    const matches = this.meta.uniques.filter(
      unique => unique.fields.length === names.size && unique.fields.every(field => names.has(field))
    )
    return matches.find(unique => unique.where === null) ?? matches[0]
  }

  enumOf (field: FieldMeta): EnumMeta {
    const found = this.#enums.get(field.type)
    if (found === undefined) throw new Error(`Metadata has no enum "${field.type}" (field ${this.name}.${field.name})`)
    return found
  }

  /** Names a row may carry, for suggestions. */
  get fieldNames (): readonly string[] {
    return [...this.#fields.keys()]
  }
}

/** All models by name. */
export class Registry {
  readonly metadata: Metadata
  readonly #models: ReadonlyMap<string, Model>

  constructor (metadata: Metadata) {
    const enums = new Map(Object.entries(metadata.enums))
    this.metadata = metadata
    this.#models = new Map(Object.entries(metadata.models).map(([name, meta]) => [name, new Model(meta, enums)]))
  }

  get models (): Iterable<Model> {
    return this.#models.values()
  }

  model (name: string): Model {
    const model = this.#models.get(name)
    if (model === undefined) {
      throw new CommonsError('internal_error', {
        message: `Unknown model "${name}". ${didYouMean(name, this.#models.keys())}`
      })
    }
    return model
  }
}
