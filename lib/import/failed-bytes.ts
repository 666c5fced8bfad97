import { formats } from '../export/formats.js'
import { errorsColumn } from './failed-rows.js'
import type { ShelvedFailures } from './failure-shelf.js'

/** The failed rows of an import as a file of its own format: with its columns, and one that tells the reasons. */
export async function * failedBytes (title: string, { file, headers, format }: ShelvedFailures): AsyncGenerator<Buffer, void> {
  const columns = [...headers, errorsColumn].map(label => ({ name: label, label, kind: 'text' } as const))
  for await (const { buffer, byteOffset, byteLength } of formats[format].writer({}, Infinity)({ title, columns }, file.pages())) yield Buffer.from(buffer, byteOffset, byteLength)
}
