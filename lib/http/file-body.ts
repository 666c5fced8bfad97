import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { attachment } from './disposition.js'
import { addVary, type VaryReply } from './vary.js'

/** What of a request the sending of a file needs; Fastify's has it. */
export interface FileRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly log: { error: (values: object, message: string) => void }
}

/** What of a reply the sending of a file needs; Fastify's has it. */
export interface FileReply extends VaryReply {
  readonly raw: { readonly destroyed: boolean; once: (event: 'close', listener: () => void) => unknown }
}

/** A file to send. */
export interface FileHead {
  readonly name: string
  readonly mediaType: string
  /** Pack it for clients that take gzip. */
  readonly gzip: boolean
}

/**
 * The body of an answer that is a file, with its headers set. Its first bytes are there by then, so that whatever keeps
 * the file from being made is answered as any other error is; what fails later breaks the connection, and the client
 * sees that the file is cut. A client that leaves stops the reading.
 */
export async function fileBody (
  request: FileRequest,
  reply: FileReply,
  { name, mediaType, gzip }: FileHead,
  bytesOf: (signal: AbortSignal) => AsyncGenerator<Buffer, void>
): Promise<Readable> {
  const left = new AbortController()
  const bytes = bytesOf(left.signal)
  const leave = (): void => {
    left.abort()
    // A body that nobody has begun to read ends without a word to what it is made from.
    bytes.return().catch(() => {})
  }
  reply.raw.once('close', leave)
  if (reply.raw.destroyed) leave()
  const first = await bytes.next().catch((error: unknown): IteratorResult<Buffer, void> => {
    if (left.signal.aborted) return { done: true, value: undefined }
    throw error
  })
  reply.header('content-type', mediaType)
  reply.header('content-disposition', attachment(name))
  reply.header('x-content-type-options', 'nosniff')
  reply.header('cache-control', 'private, no-store')
  const body = Readable.from(logged(request, left.signal, first, bytes), { objectMode: false, highWaterMark: 2 ** 16 })
  if (!gzip) return body
  addVary(reply, 'Accept-Encoding')
  if (!takesGzip(request.headers['accept-encoding'])) return body
  reply.header('content-encoding', 'gzip')
  const packed = createGzip({ level: 1 })
  // The end of either is that of the other.
  pipeline(body, packed, () => {})
  return packed
}

async function * logged (
  { log }: FileRequest,
  left: AbortSignal,
  first: IteratorResult<Buffer, void>,
  rest: AsyncGenerator<Buffer, void>
): AsyncGenerator<Buffer, void> {
  try {
    if (first.done === true) return
    yield first.value
    yield * rest
  } catch (error) {
    if (!left.aborted) log.error({ err: error }, 'The file was cut')
    throw error
  }
}

/** RFC 9110: a coding that is not named, or has the weight 0, is not taken. */
function takesGzip (header: string | string[] | undefined): boolean {
  const codings = [header ?? []].flat().join(',').toLowerCase().split(',')
  const weightOf = (name: string): number | undefined => {
    const coding = codings.map(one => one.split(';').map(part => part.trim())).find(([one]) => one === name)
    return coding === undefined ? undefined : Number(coding.find(part => part.startsWith('q='))?.slice(2) ?? 1)
  }
  return (weightOf('gzip') ?? weightOf('*') ?? 0) > 0
}
