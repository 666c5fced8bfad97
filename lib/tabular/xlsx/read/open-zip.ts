import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { ZipFile } from 'yauzl'
import { loadPeer } from '../../../load-peer.js'

/**
 * The record that ends an archive: its signature, its length without the comment behind it, and the longest comment.
 */
const signature = Buffer.from('PK\x05\x06', 'latin1')
const recordLength = 22
const longestComment = 65_535
/** Bytes that may stand behind the end of an archive: some mail programs and servers add line breaks or zeros. */
const mostBehind = 65_536

/** Opens an archive, be there bytes behind its end or not. */
export async function openZip (path: string): Promise<ZipFile> {
  const { openPromise, fromRandomAccessReaderPromise, RandomAccessReader } = await loadPeer(
    'xlsx',
    'yauzl',
    () => import('yauzl')
  )
  const options = { autoClose: false }
  try {
    return await openPromise(path, options)
  } catch (error) {
    const size = await archiveSize(path)
    if (size === undefined) throw error
    class FileReader extends RandomAccessReader {
      override _readStreamForRange (start: number, end: number): Readable {
        return createReadStream(path, { start, end: end - 1 })
      }
    }
    return await fromRandomAccessReaderPromise(new FileReader(), size, options)
  }
}

/** Where the archive in a file ends that has further bytes behind it; undefined where there is none. */
async function archiveSize (path: string): Promise<number | undefined> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const length = Math.min(size, recordLength + longestComment + mostBehind)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
    for (
      let at = buffer.lastIndexOf(signature);
      at !== -1;
      at = at === 0 ? -1 : buffer.lastIndexOf(signature, at - 1)
    ) {
      if (at + recordLength > length) continue
      const position = size - length + at
      const directoryEnd = buffer.readUInt32LE(at + 12) + buffer.readUInt32LE(at + 16)
      const end = at + recordLength + buffer.readUInt16LE(at + 20)
      if (directoryEnd === position && end <= length) return size - length + end
    }
    return undefined
  } finally {
    await file.close()
  }
}
