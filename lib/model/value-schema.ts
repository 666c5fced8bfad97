/**
 * The JSON Schema of a field's value, with the further keyword `trim`. Schemas of TypeBox and of zod's `toJSONSchema`
 * have this form too. The values of `Decimal` and `BigInt` are numbers to it, though JSON has them as strings.
 *
 * @example
 * const price: ValueSchema = { minimum: 0, maximum: 1_000_000 }
 * const title: ValueSchema = { trim: true, minLength: 3, maxLength: 200 }
 */
export interface ValueSchema {
  /** Remove white space at both ends before the value is checked and stored. Default: false. */
  readonly trim?: boolean | undefined
  readonly type?: string | readonly string[] | undefined
  readonly enum?: readonly unknown[] | undefined
  readonly const?: unknown
  readonly minimum?: number | undefined
  readonly maximum?: number | undefined
  readonly exclusiveMinimum?: number | boolean | undefined
  readonly exclusiveMaximum?: number | boolean | undefined
  readonly multipleOf?: number | undefined
  /** In characters (code points). */
  readonly minLength?: number | undefined
  readonly maxLength?: number | undefined
  /** A regular expression without delimiters. It is not anchored: write `^` and `$`. */
  readonly pattern?: string | undefined
  /** One of the formats of ajv-formats, e.g. `email`, `uri`, `uuid`, `date`. */
  readonly format?: string | undefined
  readonly minItems?: number | undefined
  readonly maxItems?: number | undefined
  readonly uniqueItems?: boolean | undefined
  readonly items?: unknown
  readonly properties?: object | undefined
  readonly required?: readonly string[] | undefined
  readonly additionalProperties?: unknown
  readonly allOf?: readonly unknown[] | undefined
  readonly anyOf?: readonly unknown[] | undefined
  readonly oneOf?: readonly unknown[] | undefined
  readonly not?: unknown
  readonly title?: string | undefined
  readonly description?: string | undefined
}
