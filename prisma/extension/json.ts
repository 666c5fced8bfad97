import { Prisma } from '@prisma/client/extension'
import { toJson, type ToJsonSelection } from '../../lib/fields/to-json.js'
import type { Registry } from '../../lib/model/registry.js'
import type { ClientLike } from '../binding/client-like.js'

/** What of a row is shown: its own fields, included relations and computed fields among them. */
export interface ToJsonOptions<Field extends string, Excluded extends string> {
  /** What to show. Default: `__all__`, all that the row holds. */
  readonly fields?: readonly Field[] | '__all__'
  /** What to leave out, whatever else is said. Default: nothing. */
  readonly exclude?: readonly Excluded[]
  /** Leave out keys, stamps, soft-delete stamps and versions, in included relations too. Default: false. */
  readonly excludeGeneral?: boolean
}

/** A value as JSON has it: dates, decimals, big integers and bytes as text. */
export type JsonOf<Value> = Value extends Date | bigint | Uint8Array | DecimalLike
  ? string
  : Value extends readonly (infer Element)[]
    ? number extends Value['length']
      ? JsonOf<Element>[]
      : { [Key in keyof Value]: JsonOf<Value[Key]> }
    : Value extends object
      ? { [Key in keyof Value]: JsonOf<Value[Key]> }
      : Value

/** Prisma's Decimal, by structure: every client has a class of its own. */
interface DecimalLike {
  readonly d: number[]
  readonly e: number
  readonly s: number
  toFixed: () => string
}

/** Without the general fields, of which the compiler does not know, any field may be missing. */
export type JsonRow<R, Names extends keyof R, Options> = Options extends { readonly excludeGeneral: true }
  ? { [Name in Names]?: JsonOf<R[Name]> }
  : { [Name in Names]: JsonOf<R[Name]> }

export interface ToJson {
  /**
   * A row as plain JSON, in the form that bulk routes answer with: times as ISO 8601, decimals and big integers as
   * text, bytes as base64. Included relations are converted too.
   *
   * @throws CommonsError `validation_failed` for a name that neither the model nor the row has
   * @example
   * prisma.employee.toJson(row, { exclude: ['salary'], excludeGeneral: true })
   */
  <
    R extends object,
    const Options extends ToJsonOptions<keyof R & string, keyof R & string>,
    Field extends keyof R & string = keyof R & string,
    Excluded extends keyof R & string = never
  >(
    row: R,
    options?: Options & ToJsonOptions<Field, Excluded>
  ): JsonRow<R, Exclude<Field, Excluded>, Options>
}

/** The method of every model that turns its rows into JSON. */
export function jsonMethods (registryOf: (client: ClientLike) => Registry): { readonly toJson: ToJson } {
  function convert (this: unknown, row: object, options?: ToJsonSelection): unknown {
    const { $name, $parent } = Prisma.getExtensionContext(this) as unknown as {
      readonly $name: string
      readonly $parent: ClientLike
    }
    const registry = registryOf($parent)
    return toJson(registry, registry.model($name), row, options)
  }
  // The interface says for each row what the function finds in the metadata.
  return { toJson: convert as unknown as ToJson }
}
