import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { CommonsError, errorDetail } from '../../errors.js'
import { receiveForm, type FormReply, type FormRequest } from '../../http/form.js'
import type { Uploads } from '../../http/uploads.js'
import { didYouMean } from '../../suggest.js'
import { shortened } from '../../text/shorten.js'
import { bodyParameters } from '../routes/bulk-request.js'
import type { CsvItemReader } from './items.js'

/**
 * Reads the items of a body that is a CSV file.
 *
 * @param contentType may name the encoding: `text/csv; charset=windows-1252`
 */
export async function readCsvBody (
  reader: CsvItemReader,
  body: Readable,
  contentType: string
): Promise<readonly unknown[]> {
  const [, encoding] = /;\s*charset="?([^\s;"]+)/i.exec(contentType) ?? []
  if (encoding !== undefined && !isEncoding(encoding)) throw new CommonsError('unsupported_media_type')
  return await reader.read(whole(body), encoding)
}

function isEncoding (name: string): boolean {
  try {
    return new TextDecoder(name, { fatal: true }).fatal
  } catch {
    return false
  }
}

/**
 * The chunks of a body; one that is left early stays open, since hooks of the refusal may still ask where it came from.
 */
async function * whole (body: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield * body.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
  } catch (error) {
    // What unpacks bodies may refuse one for a reason of its own.
    throw typeof (error as { readonly statusCode?: unknown }).statusCode === 'number'
      ? error
      : new CommonsError('malformed_body', { message: 'The body ends before its end', cause: error })
  }
}

/**
 * Reads the items of a form with a CSV file. A form that names the unique constraint of an upsert stands for the body
 * that does: `{ "data": […], "unique_fields": … }`.
 *
 * @throws CommonsError `validation_failed` for other fields
 */
export async function readCsvForm (
  reader: CsvItemReader,
  uploads: Uploads,
  request: FormRequest,
  reply: FormReply
): Promise<unknown> {
  const { fields, upload } = await receiveForm(uploads, request, reply, reader)
  try {
    const names: readonly string[] = bodyParameters
    const unknown = [...fields.keys()].find(name => !names.includes(name))
    if (unknown !== undefined) {
      throw refused(unknown, `Unknown field "${shortened(unknown)}". ${didYouMean(unknown, ['file', ...names])}`)
    }
    if (fields.has('update_fields') && !fields.has('unique_fields')) {
      throw refused('update_fields', 'update_fields goes with unique_fields')
    }
    const items = await reader.read(createReadStream(upload.path))
    return fields.size === 0 ? items : { ...Object.fromEntries(fields), data: items }
  } finally {
    await upload.remove()
  }
}

function refused (field: string, problem: string): CommonsError {
  return new CommonsError('validation_failed', { details: [errorDetail('invalid_value', { field }, { problem })] })
}
