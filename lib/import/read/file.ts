import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { CommonsError, errorDetail } from '../../errors.js'
import { readCsv } from '../../tabular/csv/read-csv.js'
import type { SheetPages } from '../../tabular/table/table.js'
import type { SheetChoice } from '../../tabular/xlsx/read/choose-sheet.js'
import { readXlsx } from '../../tabular/xlsx/read/read-xlsx.js'
import type { ImportFormat } from '../plan/options.js'
import type { ImportPlan } from '../plan/plan.js'

/** A file to import, as it lies on a disk. */
export interface ImportFile {
  readonly path: string
  /** By its content: names and media types may say anything. */
  readonly format: ImportFormat
  /** Bytes. */
  readonly size: number
}

/** What a workbook begins with, being a zip; what an old one begins with, and one with a password. */
const zip = Buffer.from('PK\u0003\u0004', 'latin1')
const compound = Buffer.from('d0cf11e0', 'hex')

/**
 * Looks what kind of file it is.
 *
 * @throws CommonsError `file_type_unsupported` for one that the import does not take, `file_too_large`
 */
export async function openImport (path: string, { formats, limits }: ImportPlan): Promise<ImportFile> {
  const { size } = await stat(path)
  if (size > limits.fileSize) throw new CommonsError('file_too_large', { params: { limit: limits.fileSize } })
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(4) })
    const start = buffer.subarray(0, bytesRead)
    const format = start.equals(zip) || start.equals(compound) ? 'xlsx' : 'csv'
    if (!formats.includes(format)) {
      throw new CommonsError('file_type_unsupported', { params: { problem: `it must be ${formats.join(' or ')}` } })
    }
    return { path, format, size }
  } finally {
    await file.close()
  }
}

/** How a file is read. */
export interface ImportReading extends SheetChoice {
  /** Ends the reading, with its reason. */
  readonly signal: AbortSignal
  /** Told how many bytes are read, where the format is read from its start. */
  readonly onBytes: (bytes: number) => void
}

/**
 * The rows of a file.
 *
 * @throws CommonsError `validation_failed` for a sheet of a CSV file
 */
export function readImport (
  { path, format }: ImportFile,
  { limits, csv }: ImportPlan,
  { signal, onBytes, ...choice }: ImportReading
): SheetPages {
  if (format === 'xlsx') return readXlsx(path, limits, { signal, ...choice })
  if (choice.sheet !== undefined) {
    throw new CommonsError('validation_failed', {
      details: [errorDetail('invalid_value', { field: 'sheet' }, { problem: 'A CSV file has no sheets' })]
    })
  }
  return readCsv(counted(createReadStream(path), signal, onBytes), limits, csv)
}

async function * counted (
  bytes: AsyncIterable<Buffer>,
  signal: AbortSignal,
  onBytes: (bytes: number) => void
): AsyncGenerator<Buffer> {
  let count = 0
  for await (const chunk of bytes) {
    signal.throwIfAborted()
    count += chunk.length
    onBytes(count)
    yield chunk
  }
}
