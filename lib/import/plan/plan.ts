import type { FieldMeta, UniqueMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { ScopeRule } from '../../scope/scope-rule.js'
import type { ValueRule } from '../../values/value-rule.js'
import type { ValueReader } from '../../values/value-reader.js'
import type { FileLimits } from '../../tabular/table/limits.js'
import type { Compute, ImportCsvOptions, ImportFormat, ImportProgress, Transform } from './options.js'
import type { UploadLimits } from '../../http/uploads.js'

/** A column of the file. */
export interface ImportColumn {
  /** Its header. */
  readonly name: string
  /** Further headers that are taken for it. */
  readonly aliases: readonly string[]
  /** A file without it is refused, and a row without a value in it fails. */
  readonly required: boolean
  readonly hint: string | null
  readonly example: unknown
  /** The field that says what values it has; of a lookup, the field of the model referred to. */
  readonly of: { readonly model: Model; readonly field: FieldMeta; readonly rule: ValueRule | null }
}

/** Where a field gets its value. */
export type FieldSource =
  /** `read` makes the stored value of one that is not null. */
  | {
    readonly kind: 'column'
    readonly column: ImportColumn
    readonly transform: Transform | null
    readonly read: ValueReader
  }
  | { readonly kind: 'constant'; readonly value: unknown }
  /** `id` is the field of the earlier model's row that the key refers to. */
  | { readonly kind: 'reference'; readonly step: string; readonly id: FieldMeta }
  | { readonly kind: 'lookup'; readonly column: ImportColumn; readonly read: ValueReader; readonly lookup: Lookup }
  /** `column` is the one whose value counts unless it is empty; null: none. */
  | {
    readonly kind: 'computed'
    readonly column: ImportColumn | null
    readonly compute: Compute
    readonly read: ValueReader
  }

/** Rows of another model that values name. */
export interface Lookup {
  /** The key that gets the value, and the column that names the row. */
  readonly key: FieldMeta
  readonly column: ImportColumn
  readonly model: Model
  /** The unique field that values are of. */
  readonly field: FieldMeta
  /** The field that keys refer to. */
  readonly id: FieldMeta
  /** The rows that values may name, and what new ones get. */
  readonly scope: ScopeRule
  /** Gives the row to make for a value that names none; null: the row of the file fails. */
  readonly create: ((value: unknown) => Readonly<Record<string, unknown>>) | null
}

/** A key that values name rows by, of a model with a scope: other rows are not there. */
export interface ScopedKey {
  readonly field: FieldMeta
  readonly target: Model
  readonly id: FieldMeta
  readonly scope: ScopeRule
}

export interface FieldPlan {
  readonly field: FieldMeta
  /** New rows must have a value. */
  readonly required: boolean
  readonly source: FieldSource
}

/** How one model gets its rows. */
export interface ImportStep {
  readonly name: string
  readonly model: Model
  readonly fields: readonly FieldPlan[]
  readonly lookups: readonly Lookup[]
  readonly scopedKeys: readonly ScopedKey[]
  /** Columns whose values make up the row: where all are empty there is none to write. */
  readonly columns: readonly ImportColumn[]
  /** Null: every row is made. */
  readonly on: UniqueMeta | null
  readonly updateIfExists: boolean
  /** It is the resource's own model. */
  readonly isOwn: boolean
  /** The rows that are within reach, and what new ones get; null: those of the resource itself. */
  readonly scope: ScopeRule | null
  /** Fields that later steps take their keys from, or that their functions are told of. */
  readonly referred: readonly FieldMeta[]
}

/** An import checked against the metadata. */
export interface ImportPlan {
  /** In the order that they are written in. */
  readonly steps: readonly ImportStep[]
  readonly columns: readonly ImportColumn[]
  readonly formats: readonly ImportFormat[]
  readonly chunkSize: number
  readonly csv: ImportCsvOptions
  readonly limits: FileLimits
  readonly uploads: UploadLimits
  readonly failedRows: number
  readonly onProgress: ((progress: ImportProgress) => void) | null
}
