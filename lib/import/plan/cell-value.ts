import type { ValueReader } from '../../values/value-reader.js'
import type { FieldMeta } from '../../model/meta.js'
import { cellJson } from '../../values/cell-json.js'

/**
 * The reader of one field's cells: what a spreadsheet or a CSV file holds, but for errors → what is stored, or an
 * invalid value.
 *
 * @param read reads the JSON of the field
 */
export function cellReader (field: FieldMeta, read: ValueReader): ValueReader {
  const json = cellJson(field)
  return value => read(json(value))
}
