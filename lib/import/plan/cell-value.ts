import { valueReader, type ValueReader } from '../../values/value-reader.js'
import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import { cellJson } from '../../values/cell-json.js'

/**
 * The reader of one field's cells: what a spreadsheet or a CSV file holds, but for errors → what is stored, or a
 * ValueFault.
 */
export function cellReader (model: Model, field: FieldMeta): ValueReader {
  const read = valueReader(model, field)
  const json = cellJson(field)
  return value => read(json(value))
}
