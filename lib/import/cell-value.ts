import { valueReader, ValueFault, type ValueReader } from '../resource/value-reader.js'
import type { FieldMeta } from '../model/meta.js'
import type { Model } from '../model/registry.js'
import { CellError } from '../tabular/table.js'
import { cellJson } from './cell-json.js'

/** The reader of one field's cells: what a spreadsheet or a CSV file holds → what is stored, or a ValueFault. */
export function cellReader (model: Model, field: FieldMeta): ValueReader {
  const read = valueReader(model, field)
  const json = cellJson(field)
  return value => {
    if (value instanceof CellError) return new ValueFault('invalid_value', { problem: `The cell holds the error ${value.text}` })
    return read(json(value))
  }
}
