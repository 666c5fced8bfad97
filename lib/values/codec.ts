import type { TSchema } from '@sinclair/typebox'
import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import { didYouMean } from '../suggest.js'
import { InvalidValue, type ValueReader } from './value-reader.js'

/** How a field stands in requests and answers, where the form of its kind will not do. Null stays null. */
export interface FieldCodec {
  /** What a value must be, ending the sentence `Expected …`. */
  readonly expected: string
  /** Makes of a client's value the one that the field takes, in its JSON form; undefined for what is none. */
  readonly read: (value: unknown) => unknown
  /** Makes of a stored value, in its JSON form, the one that answers show. */
  readonly show: (value: unknown) => unknown
  /** The JSON Schema of what stands in requests and answers. Default: any value. */
  readonly schema?: TSchema
}

export type FieldCodecs = Readonly<Record<string, FieldCodec>>

/** What the option must be. */
export const codecCheck = {
  expected: 'an object of { expected, read, show }',
  accepts: (value: unknown): boolean =>
    typeof value === 'object' && value !== null && Object.values(value).every(isCodec)
}

function isCodec (value: unknown): value is FieldCodec {
  const { expected, read, show } = Object(value) as Partial<FieldCodec>
  return typeof expected === 'string' && typeof read === 'function' && typeof show === 'function'
}

/** Checks that codecs are of fields whose form is free: keys, versions and what nobody shows keep theirs. */
export function resolveCodecs (
  model: Model,
  codecs: FieldCodecs | undefined,
  shown: readonly FieldMeta[]
): ReadonlyMap<string, FieldCodec> {
  const keys = new Set([
    ...model.primaryKey.fields,
    ...model.meta.relations.flatMap(relation => relation.fields),
    model.meta.features.version?.field
  ])
  const free = shown.map(field => field.name).filter(name => !keys.has(name))
  for (const name of Object.keys(codecs ?? {})) {
    if (!free.includes(name)) {
      throw new TypeError(
        `resource ${model.name}: option "codecs" names "${name}", which is no field that is shown and no key. ` +
          `${didYouMean(name, free)}`
      )
    }
  }
  return new Map(Object.entries(codecs ?? {}))
}

/** Reads what a client wrote by a codec, and then as the field's kind does. */
export function codedReader ({ expected, read }: FieldCodec, reader: ValueReader): ValueReader {
  const mistyped = new InvalidValue('invalid_type', { expected })
  return value => {
    if (value === null) return reader(value)
    const stored = read(value)
    return stored === undefined ? mistyped : reader(stored)
  }
}

/** A row as answers show it, from one whose values stand as the kinds of their fields do. */
export function codedRow (
  codecs: ReadonlyMap<string, FieldCodec>,
  row: Readonly<Record<string, unknown>>
): Readonly<Record<string, unknown>> {
  const coded: Record<string, unknown> = { ...row }
  for (const [name, { show }] of codecs) {
    if (coded[name] !== null && coded[name] !== undefined) coded[name] = show(coded[name])
  }
  return coded
}
