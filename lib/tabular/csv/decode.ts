import { TextDecoder } from 'node:util'
import { CommonsError } from '../../errors.js'
import { chunkSize } from '../table/chunk-size.js'

const marks = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] }
] as const

const fileTypes = [
  { name: 'a zip archive or an XLSX workbook', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'a zip archive', bytes: [0x50, 0x4b, 0x05, 0x06] },
  { name: 'a PDF document', bytes: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { name: 'a PNG image', bytes: [0x89, 0x50, 0x4e, 0x47] },
  { name: 'a gzip archive', bytes: [0x1f, 0x8b] },
  { name: 'an XLS workbook or an encrypted one', bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] }
] as const

/** As many bytes as the longest of the marks and signatures has. */
const headLength = 8

/** Throws a TypeError unless `TextDecoder` knows the encoding. */
export function checkEncoding (encoding: string): void {
  try {
    new TextDecoder(encoding, { fatal: true }).decode()
  } catch (cause) {
    throw new TypeError(`Unknown encoding ${JSON.stringify(encoding)}`, { cause })
  }
}

/**
 * The text of a file, in pieces of at most 64 Ki characters. A byte order mark decides the encoding and is left out.
 *
 * @param encoding of files without a mark; default: utf-8
 * @throws `file_unreadable` if bytes are not of the encoding, `file_type_unsupported` if the file is known to be no
 * text
 */
export async function * decodeText (
  bytes: AsyncIterable<Uint8Array>,
  encoding = 'utf-8'
): AsyncGenerator<string, void, undefined> {
  let decoder: TextDecoder | undefined
  for await (const chunk of inSteps(bytes)) {
    let body = chunk
    if (decoder === undefined) {
      refuseFileTypes(chunk)
      const mark = marks.find(({ bytes }) => startsWith(chunk, bytes))
      decoder = new TextDecoder(mark?.encoding ?? encoding, { fatal: true, ignoreBOM: true })
      body = chunk.subarray(mark?.bytes.length ?? 0)
    }
    yield decodePart(decoder, body)
  }
  if (decoder !== undefined) yield decodePart(decoder)
}

/** The same bytes, the first step with at least those that tell what the file is, if it has them. */
async function * inSteps (bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Uint8Array | null = new Uint8Array()
  for await (const chunk of bytes) {
    const known: Uint8Array = head === null ? chunk : Buffer.concat([head, chunk])
    head = head !== null && known.length < headLength ? known : null
    if (head !== null) continue
    for (let start = 0; start < known.length; start += chunkSize) yield known.subarray(start, start + chunkSize)
  }
  if (head !== null && head.length > 0) yield head
}

function decodePart (decoder: TextDecoder, bytes?: Uint8Array): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
  } catch (cause) {
    throw new CommonsError('file_unreadable', {
      params: { problem: `it has bytes that are not ${decoder.encoding}` },
      cause
    })
  }
}

function refuseFileTypes (head: Uint8Array): void {
  const type = fileTypes.find(({ bytes }) => startsWith(head, bytes))
  if (type !== undefined) {
    throw new CommonsError('file_type_unsupported', { params: { problem: `it is ${type.name}, not a CSV file` } })
  }
}

function startsWith (bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte)
}
