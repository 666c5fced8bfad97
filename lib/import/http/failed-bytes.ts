import { formats } from '../../tabular/formats.js'
import { csvWriter } from '../../tabular/csv/write-csv.js'
import { errorsColumn } from './failed-rows.js'
import type { StoredFailedRows } from './failed-rows-store.js'
import type { ImportPlan } from '../plan/plan.js'

/** The failed rows of an import as a file of its own format: with its columns, and one that tells the reasons. */
export async function * failedBytes (
  title: string,
  { file, headers, format }: StoredFailedRows,
  { csv: { delimiter, encoding } }: Pick<ImportPlan, 'csv'>
): AsyncGenerator<Buffer, void> {
  // A mark goes before the encoding that the import expects.
  const write =
    format === 'csv'
      ? csvWriter({ ...(delimiter === undefined ? {} : { delimiter }), bom: encoding !== undefined })
      : formats[format].writer({}, Infinity)
  const columns = [...headers, errorsColumn].map(label => ({ name: label, label, kind: 'text' }) as const)
  for await (const { buffer, byteOffset, byteLength } of write({ title, columns }, file.pages())) {
    yield Buffer.from(buffer, byteOffset, byteLength)
  }
}
