export {
  coordinates,
  fullAddress,
  hasCoordinates,
  shortAddress,
  type AddressColumns,
  type AddressRow,
  type Coordinates
} from './address.js'
export type { ColumnNames } from './columns.js'
export { genders, type Gender } from './gender.js'
export { age, fullName, initials, type IdentityColumns, type IdentityRow } from './identity.js'
export {
  metadataValue,
  withMetadataValue,
  type JsonObject,
  type JsonValue,
  type MetadataColumn,
  type MetadataPath
} from './metadata.js'
export { isDeleted, type DeletedColumn } from './soft-delete.js'
export { tagsOf, withoutTags, withTags, type StoredTags, type TagsColumn, type TagsFor } from './tags.js'
