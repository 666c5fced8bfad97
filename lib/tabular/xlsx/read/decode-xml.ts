import { unreadable } from './unreadable.js'

/** The text of a document in UTF-8, or in UTF-16 with or without a byte order mark. */
export async function * decodeXml (pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let head: Buffer | undefined
  for await (const piece of pieces) {
    const bytes: Buffer = head === undefined ? piece : Buffer.concat([head, piece])
    // The encoding shows in the first two bytes.
    head = decoder === undefined && bytes.length < 2 ? bytes : undefined
    if (head !== undefined) continue
    decoder ??= decoderOf(bytes)
    yield decode(decoder, bytes)
  }
  decoder ??= decoderOf(Buffer.alloc(0))
  yield decode(decoder, head)
  if (head !== undefined) yield decode(decoder)
}

/** A document begins with a mark or with `<`. */
function decoderOf (head: Buffer): TextDecoder {
  const encoding = encodings.get(head.subarray(0, 2).toString('hex')) ?? 'utf-8'
  return new TextDecoder(encoding, { fatal: true })
}

const encodings: ReadonlyMap<string, string> = new Map([
  ['fffe', 'utf-16le'],
  ['3c00', 'utf-16le'],
  ['feff', 'utf-16be'],
  ['003c', 'utf-16be']
])

function decode (decoder: TextDecoder, piece?: Buffer): string {
  try {
    return decoder.decode(piece, { stream: piece !== undefined })
  } catch (error) {
    throw unreadable(`its XML is not in ${decoder.encoding.toUpperCase()}`, error)
  }
}
