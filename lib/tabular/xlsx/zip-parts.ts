import { crc32 } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'
import { CommonsError } from '../../errors.js'
import type { FileLimits } from '../limits.js'
import { loadPeer } from '../load-peer.js'
import { overLimit, unreadable, unsupported } from './faults.js'

/** Entries below this size may be packed as well as they can be. */
const ratioFrom = 2 ** 20

/** The parts of a workbook by name; to be closed. */
export class ZipParts {
  readonly #zip: ZipFile
  /** By name in lower case, as names of parts have no case. */
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #signal: AbortSignal | undefined

  private constructor (zip: ZipFile, entries: ReadonlyMap<string, Entry>, signal: AbortSignal | undefined) {
    this.#zip = zip
    this.#entries = entries
    this.#signal = signal
  }

  /**
   * Opens an archive whose directory keeps to the limits; nothing is unpacked yet.
   *
   * @param signal ends the reading of parts, with its reason
   */
  static async open (path: string, limits: FileLimits, signal?: AbortSignal): Promise<ZipParts> {
    const { openPromise } = await loadPeer('xlsx', 'yauzl', () => import('yauzl'))
    const zip = await openPromise(path, { autoClose: false }).catch(fail)
    try {
      return new ZipParts(zip, await entriesOf(zip, limits).catch(fail), signal)
    } catch (error) {
      zip.close()
      throw error
    }
  }

  has (name: string): boolean {
    return this.#entries.has(name.toLowerCase())
  }

  /**
   * The bytes of a part, unpacked as they are taken.
   *
   * @param most bytes that it may have; default: any number
   */
  async * read (name: string, most = Infinity): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name.toLowerCase())
    if (entry === undefined) throw unreadable('one of its parts is missing')
    if (entry.uncompressedSize > most) throw overLimit(most, 'bytes in a part that describes it')
    let sum = 0
    try {
      // It fails on an entry that unpacks to more than it declares, so that the limits of what is declared hold.
      for await (const piece of await this.#zip.openReadStreamPromise(entry) as AsyncIterable<Buffer>) {
        this.#signal?.throwIfAborted()
        sum = crc32(piece, sum)
        yield piece
      }
    } catch (error) {
      this.#signal?.throwIfAborted()
      fail(error)
    }
    if (sum !== entry.crc32) throw unreadable('one of its parts is damaged')
  }

  close (): void {
    this.#zip.close()
  }
}

async function entriesOf (zip: ZipFile, limits: FileLimits): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > limits.entries) throw overLimit(limits.entries, 'parts')
  const entries = new Map<string, Entry>()
  let total = 0
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName.toLowerCase()
    if (entries.has(name)) throw unreadable('two of its parts have one name')
    if (entry.isEncrypted()) throw unreadable('it is encrypted')
    if (name.endsWith('vbaproject.bin')) throw unsupported('a workbook with macros; save it as .xlsx')
    if (name.startsWith('xl/externallinks/')) throw unreadable('it refers to other workbooks; put values in place of those formulas')
    total += entry.uncompressedSize
    if (total > limits.inflatedSize) throw overLimit(limits.inflatedSize, 'bytes when it is unpacked')
    if (entry.uncompressedSize > Math.max(ratioFrom, limits.inflationRatio * entry.compressedSize)) {
      throw overLimit(limits.inflationRatio, 'unpacked bytes for each packed one')
    }
    entries.set(name, entry)
  }
  return entries
}

/** What the archive makes fail says so without the words of the library; failures of the disk stay what they are. */
function fail (error: unknown): never {
  const own = error instanceof CommonsError || (error instanceof Error && 'syscall' in error)
  throw own ? error : unreadable('it is cut or damaged', error)
}
