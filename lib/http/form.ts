import { once } from 'node:events'
import { CommonsError } from '../errors.js'
import type { FileLimits } from '../tabular/table/limits.js'
import { storeUpload, type Upload } from './upload.js'
import type { Uploads } from './uploads.js'

interface FilePart {
  readonly type: 'file'
  readonly fieldname: string
  readonly file: NodeJS.ReadableStream & { readonly truncated: boolean }
}

interface FieldPart {
  readonly type: 'field'
  readonly fieldname: string
  readonly value: unknown
}

/** What of a request a form is read from; @fastify/multipart gives it. */
export interface FormRequest {
  readonly raw: { readonly complete: boolean }
  isMultipart: () => boolean
  parts: (options: { readonly limits: object }) => AsyncIterable<FilePart | FieldPart>
}

/** What of a reply the reading of a form needs; Fastify's has it. */
export interface FormReply {
  header: (name: string, value: string) => unknown
}

/** A form with one file. */
export interface ImportForm {
  readonly fields: ReadonlyMap<string, string>
  readonly upload: Upload
}

/** Characters of a field, and fields beside the file. */
const fieldLimits = { fieldSize: 65_536, fields: 10, fieldNameSize: 100, parts: 12 }

/** Reads the form of a request as one of some uploads. The rest of one that is given up is not waited for. */
export async function receiveForm (
  uploads: Uploads,
  request: FormRequest,
  reply: FormReply,
  limits: Pick<FileLimits, 'fileSize'>
): Promise<ImportForm> {
  try {
    return await uploads.receive(async signal => await readForm(request, limits, signal))
  } catch (error) {
    if (!request.raw.complete) reply.header('connection', 'close')
    throw error
  }
}

/**
 * Reads a form, its file into one on the disk. Every part is read to its end, also of a form that is refused.
 *
 * @param signal ends the reading at once, with its reason
 * @throws CommonsError `unsupported_media_type`, `file_required`, `file_too_large`; `malformed_body` for a form that
 * breaks off
 */
async function readForm (
  request: FormRequest,
  { fileSize }: Pick<FileLimits, 'fileSize'>,
  signal: AbortSignal
): Promise<ImportForm> {
  if (!request.isMultipart()) throw new CommonsError('unsupported_media_type')
  const form = readParts(request, fileSize, signal)
  // What a parser reads that is given up is of use to nobody.
  form
    .then(async ({ upload }) => {
      if (signal.aborted) await upload.remove()
    })
    .catch(() => {})
  // A parser that waits for bytes does not hear of the signal.
  return await Promise.race([form, aborted(signal)])
}

/** Rejects when the signal is aborted. */
async function aborted (signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  throw signal.reason
}

async function readParts (request: FormRequest, fileSize: number, signal: AbortSignal): Promise<ImportForm> {
  const fields = new Map<string, string>()
  let upload: Upload | undefined
  let problem: CommonsError | undefined
  try {
    for await (const part of request.parts({ limits: { ...fieldLimits, fileSize, files: 2 } })) {
      if (part.type === 'field') {
        fields.set(part.fieldname, String(part.value))
        continue
      }
      if (upload !== undefined || part.fieldname !== 'file') {
        problem ??= new CommonsError('validation_failed', {
          message: upload === undefined ? 'The file must be in the field "file"' : 'The form may have one file only'
        })
        part.file.resume()
        continue
      }
      upload = await storeUpload(part.file, signal)
      if (part.file.truncated) problem ??= new CommonsError('file_too_large', { params: { limit: fileSize } })
    }
    if (problem !== undefined) throw problem
    if (upload === undefined) throw new CommonsError('file_required')
    return { fields, upload }
  } catch (error) {
    await upload?.remove()
    throw formError(error, fileSize)
  }
}

/** A form that breaks off is a fault of whoever sends it. Other errors of the parser have a status of their own. */
function formError (error: unknown, limit: number): unknown {
  if (error instanceof CommonsError || !(error instanceof Error)) return error
  const { statusCode, code } = error as { readonly statusCode?: unknown; readonly code?: unknown }
  if (code === 'FST_REQ_FILE_TOO_LARGE') return new CommonsError('file_too_large', { params: { limit }, cause: error })
  if (typeof statusCode === 'number' && statusCode < 500) return error
  const isSystem = 'syscall' in error && error.syscall !== 'read'
  return isSystem
    ? error
    : new CommonsError('malformed_body', { message: 'The form ends before its end, or is none', cause: error })
}
