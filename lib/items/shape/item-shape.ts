import type { FieldMeta, RelationMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { OutputContext, ReadForm, RelatedRow, RelationMode, WriteForm } from './relation-definition.js'
import type { LinkTable } from '../../sql/port/statement-parts.js'
import type { FieldCodec } from '../../values/codec.js'
import type { ComputedColumn } from './computed-column.js'
import type { ScopeRule } from '../../scope/scope-rule.js'
import type { ValueRules } from '../../values/value-rule.js'
import type { FieldPermissions } from './field-permissions.js'

/** A relation whose single key field an item may write, under either name. */
export interface KeyedRelation {
  readonly relation: RelationMeta
  readonly key: FieldMeta
  /** The rows that the key may name. */
  readonly scope: ScopeRule
}

/** What the items of one kind hold: those of a resource, or the rows that are nested in them. */
export interface ItemShape {
  readonly model: Model
  /** Fields of an answer. */
  readonly shown: readonly FieldMeta[]
  /** Values of an answer that no column holds. */
  readonly computed: readonly ComputedColumn[]
  /** Fields that an item may write. */
  readonly writable: ReadonlyMap<string, FieldMeta>
  /** Relation name → the key field it is written through. */
  readonly relations: ReadonlyMap<string, KeyedRelation>
  /** The relations that are declared, by name. */
  readonly related: ReadonlyMap<string, Relation>
  /** Fields that stand in another form than their kind's. */
  readonly codecs: ReadonlyMap<string, FieldCodec>
  /** What values must be, beyond what their kind says, by field. */
  readonly valueRules: ValueRules
  /** Fields that items may write and that no answer shows. */
  readonly writeOnly: ReadonlySet<string>
  /** Who may write a field or a list of related rows; absent: everyone. */
  readonly canWrite: FieldPermissions
  /** Decimals with more digits than their column keeps are rounded, not refused. */
  readonly roundsDecimals: boolean
  /** Field that carries the version of an item; null on models without one. */
  readonly version: string | null
}

/** A relation checked and completed. */
export interface Relation {
  readonly name: string
  readonly target: Model
  readonly many: boolean
  /** Who holds the key: the row itself, the related rows, or a join table. */
  readonly kind: 'key' | 'children' | 'links'
  /** The key: a field of the row, for children of theirs; null for links. */
  readonly key: FieldMeta | null
  readonly link: LinkTable | null
  /** The row's own field by which related rows are found. */
  readonly anchor: FieldMeta
  /** The field of the related rows that ids are values of. */
  readonly id: FieldMeta
  readonly nullable: boolean
  readonly write: ReadonlySet<WriteForm>
  readonly read: ReadForm | null
  readonly lookup: FieldMeta | null
  /** Gives the text of a row, and what it is made from. */
  readonly label: { readonly fields: readonly FieldMeta[]; readonly textOf: (row: RelatedRow) => unknown } | null
  readonly output: ((row: RelatedRow, owner: RelatedRow, context: OutputContext) => unknown) | null
  readonly mode: RelationMode
  readonly createIfNested: boolean
  readonly updateIfExists: boolean
  /** The related rows that requests reach. */
  readonly scope: ScopeRule
  /** What nested data holds. */
  readonly shape: ItemShape
}
