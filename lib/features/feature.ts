import type { DeletedRows, Features } from '../model/meta.js'
import type { RowCondition } from '../sql/port/row-condition.js'

/**
 * What the engine asks of a feature of a model, an annotation like `@commons.audit`. Each member gets the features of
 * one model and finds its own among them; one that is absent gives nothing.
 */
export interface Feature {
  /** Fields that the feature or the database writes, and no caller. */
  readonly ownedFields?: (features: Features) => FieldNames
  /** Fields that the feature fills once for a new row, unless the caller does. */
  readonly filledFields?: (features: Features) => FieldNames
  /** Fields that an upsert leaves as they are in rows that exist. */
  readonly keptByUpsert?: (features: Features) => FieldNames
  /** Fields that count the changes of a row. */
  readonly counters?: (features: Features) => FieldNames
  /** The values that a new row and a changed one get. */
  readonly changeStamps?: (features: Features, acting: Acting) => readonly Stamp[]
  /** The values that a new row gets beside those. */
  readonly insertStamps?: (features: Features, acting: Acting) => readonly Stamp[]
  /** The values of a soft-deleted row. `deletionId` tells the rows that were deleted together. */
  readonly deletionStamps?: (features: Features, acting: Acting, deletionId: string | null) => readonly Stamp[]
  /** The values of a restored row. */
  readonly restorationStamps?: (features: Features, acting: Acting) => readonly Stamp[]
  /** The rows that a call may see; null: all. */
  readonly readFilter?: (features: Features, deleted: DeletedRows) => RowCondition
}

/** Who acts, and when. */
export interface Acting {
  /** Instant of the call: every stamp of one operation is the same. */
  readonly now: Date
  /** Id of who acts, as the key columns of the audit feature hold it; null when nobody does. */
  readonly actorId: unknown
}

/** A field and its value. */
export type Stamp = readonly [field: string, value: unknown]

/** Names of fields; null and undefined stand for columns that the model does not have. */
export type FieldNames = readonly (string | null | undefined)[]

/** The stamp of the actor: none without the column or without an actor. */
export function actorStamp (field: string | null, { actorId }: Acting): readonly Stamp[] {
  return field === null || actorId === null ? [] : [[field, actorId]]
}
