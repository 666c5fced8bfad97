import type { ExportField, ExportOptions } from '../export/export-options.js'
import type { FurtherModelOptions, ImportField, ImportOptions, LookupField } from '../import/plan/options.js'
import type { RelationDefinition } from '../items/shape/relation-definition.js'
import type { ComputedValue } from '../resource/definition/computed-values.js'
import type { CoreOptions } from '../resource/definition/core-options.js'
import type { RuleOptions } from '../resource/definition/rules.js'
import type { ListOptions } from '../resource/list/list-options.js'
import type { AsyncOptions } from '../resource/background/async-options.js'
import type { BulkRequestOptions } from '../resource/write/bulk-options.js'
import type { ValueSchema } from '../model/value-schema.js'
import type { FieldCodec } from '../values/codec.js'
import type { FieldName, ModelTypes, RelationName } from './client-types.js'
import type { ColumnPath, Directed, FieldPath, OrderPath, TextPath } from './field-paths.js'
import type { TypedRules } from './typed-rules.js'

/**
 * The options of a resource with the names and types of its model, see `ResourceOptions`.
 *
 * `Computed`, `Ordering` and `Column` are the names that `computed`, `list.orderings` and `export.fields` declare.
 * `NoInfer` keeps all other places from declaring names: a wrong one does not make itself right.
 */
export interface TypedResourceOptions<
  Model extends ModelTypes,
  Feature extends string,
  Models extends string,
  Computed extends string,
  Ordering extends string,
  Column extends string
>
  extends Omit<CoreOptions, TypedCoreName>, TypedRules<Model, Feature | NoInfer<Computed>> {
  readonly fields?: readonly ('*' | FieldName<Model> | Feature | NoInfer<Computed>)[]
  readonly readOnly?: readonly (FieldName<Model> | RelationName<Model>)[]
  readonly writeOnly?: readonly FieldName<Model>[]
  readonly values?: { readonly [Name in FieldName<Model>]?: ValueSchema }
  readonly relations?: { readonly [Name in RelationName<Model>]?: RelationDefinition }
  readonly computed?: Readonly<Record<Computed, ComputedValue>>
  readonly codecs?: { readonly [Name in FieldName<Model>]?: FieldCodec }
  readonly list?: TypedListOptions<Model, NoInfer<Computed>, Ordering>
  readonly bulk?: TypedBulkOptions<Model>
  /** Bulk writes that go on after their answer. */
  readonly async?: AsyncOptions
  readonly export?: TypedExportOptions<Model, Feature | NoInfer<Computed>, Column>
  readonly import?: TypedImportOptions<Model, Models>
}

type TypedCoreName =
  'model' | 'fields' | 'readOnly' | 'writeOnly' | 'values' | 'relations' | 'computed' | 'codecs' | keyof RuleOptions

/** The section `list`, see `ListOptions`. */
export interface TypedListOptions<
  Model extends ModelTypes,
  Computed extends string,
  Ordering extends string
> extends Omit<ListOptions, 'filters' | 'search' | 'ordering' | 'orderings' | 'defaultOrdering'> {
  readonly filters?: readonly ('*' | FieldPath<Model> | Computed)[]
  readonly search?: readonly TextPath<Model>[]
  readonly ordering?: readonly (OrderPath<Model> | Computed | NoInfer<Ordering>)[]
  readonly orderings?: Readonly<Record<Ordering, readonly Directed<OrderPath<Model> | Computed>[]>>
  readonly defaultOrdering?: readonly Directed<OrderPath<Model> | Computed | NoInfer<Ordering>>[]
}

/** The section `bulk`, see `BulkRequestOptions`. */
export interface TypedBulkOptions<Model extends ModelTypes> extends Omit<BulkRequestOptions, 'uniqueFields'> {
  readonly uniqueFields?: readonly FieldName<Model>[]
}

/** The section `export`, see `ExportOptions`. */
export interface TypedExportOptions<
  Model extends ModelTypes,
  Computed extends string,
  Column extends string
> extends Omit<ExportOptions, 'fields' | 'include'> {
  readonly fields?: TypedExportFields<ColumnPath<Model> | Computed, Column>
  readonly include?: readonly (ColumnPath<Model> | Computed | NoInfer<Column>)[]
}

/** Columns by their paths; one of another name has to say how its cells are computed. */
type TypedExportFields<Path extends string, Column extends string> = {
  readonly [Name in Column]: Name extends Path ? ExportField : ComputedColumn
}

interface ComputedColumn extends ExportField {
  readonly value: NonNullable<ExportField['value']>
}

/** The section `import`, see `ImportOptions`. */
export interface TypedImportOptions<Model extends ModelTypes, Models extends string> extends Omit<
  ImportOptions,
  'fields' | 'foreignKeys' | 'uniqueFields' | 'models'
> {
  readonly fields?:
    | readonly (FieldName<Model> | RelationName<Model>)[]
    | { readonly [Name in FieldName<Model> | RelationName<Model>]?: ImportField }
  readonly foreignKeys?: { readonly [Name in RelationName<Model>]?: LookupField }
  readonly uniqueFields?: readonly FieldName<Model>[]
  readonly models?: Readonly<Record<string, FurtherModelOptions & { readonly model: Models }>>
}
