import { crc32 } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'
import { CommonsError } from '../../../errors.js'
import type { FileLimits } from '../../table/limits.js'
import { overLimit, unreadable, unsupported } from './unreadable.js'
import { openZip } from './open-zip.js'

/** Parts below this size may be packed as well as they can be: real sheets reach 121 bytes for each packed one. */
const ratioFrom = 20 * 2 ** 20

/** The parts of a workbook by name; to be closed. */
export class ZipParts {
  readonly #zip: ZipFile
  /** By name in lower case, as names of parts have no case. */
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #limits: FileLimits
  readonly #signal: AbortSignal | undefined
  /** Bytes of the parts that were read. */
  #inflated = 0

  private constructor (
    zip: ZipFile,
    entries: ReadonlyMap<string, Entry>,
    limits: FileLimits,
    signal: AbortSignal | undefined
  ) {
    this.#zip = zip
    this.#entries = entries
    this.#limits = limits
    this.#signal = signal
  }

  /**
   * Opens an archive; nothing is unpacked yet.
   *
   * @param signal ends the reading of parts, with its reason
   */
  static async open (path: string, limits: FileLimits, signal?: AbortSignal): Promise<ZipParts> {
    const zip = await openZip(path).catch(fail)
    try {
      return new ZipParts(zip, await entriesOf(zip, limits).catch(fail), limits, signal)
    } catch (error) {
      zip.close()
      throw error
    }
  }

  has (name: string): boolean {
    return this.#find(name) !== undefined
  }

  /**
   * The bytes of a part, unpacked as they are taken.
   *
   * @param most bytes that it may have; default: any number
   */
  async * read (name: string, most = Infinity): AsyncGenerator<Buffer> {
    const entry = this.#find(name)
    if (entry === undefined) throw unreadable('one of its parts is missing')
    this.#checkSize(entry, most)
    let sum = 0
    try {
      for await (const piece of (await this.#zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
        this.#signal?.throwIfAborted()
        sum = crc32(piece, sum)
        this.#count(piece.length)
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

  #count (bytes: number): void {
    this.#inflated += bytes
    if (this.#inflated > this.#limits.inflatedSize) {
      throw overLimit(this.#limits.inflatedSize, 'bytes when it is unpacked')
    }
  }

  /** Some programs escape blanks in the name of a part, or where it is referred to, but not in both. */
  #find (name: string): Entry | undefined {
    const lower = name.toLowerCase()
    return (
      this.#entries.get(lower) ??
      this.#entries.get(lower.replaceAll('%20', ' ')) ??
      this.#entries.get(lower.replaceAll(' ', '%20'))
    )
  }

  /** An entry that unpacks to more than it declares fails when it does. */
  #checkSize ({ uncompressedSize, compressedSize }: Entry, most: number): void {
    const { inflatedSize, inflationRatio } = this.#limits
    if (uncompressedSize > most) throw overLimit(most, 'bytes in a part that describes it')
    if (uncompressedSize > inflatedSize) throw overLimit(inflatedSize, 'bytes when it is unpacked')
    if (uncompressedSize > Math.max(ratioFrom, inflationRatio * compressedSize)) {
      throw overLimit(inflationRatio, 'unpacked bytes for each packed one')
    }
  }
}

async function entriesOf (zip: ZipFile, limits: FileLimits): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > limits.entries) throw overLimit(limits.entries, 'parts')
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName.toLowerCase()
    if (entries.has(name)) throw unreadable('two of its parts have one name')
    if (entry.isEncrypted()) throw unreadable('it is encrypted')
    if (name.endsWith('vbaproject.bin')) throw unsupported('a workbook with macros; save it as .xlsx')
    entries.set(name, entry)
  }
  return entries
}

/** What the archive makes fail says so without the words of the library; failures of the disk stay what they are. */
function fail (error: unknown): never {
  const own = error instanceof CommonsError || (error instanceof Error && 'syscall' in error)
  throw own ? error : unreadable('it is cut or damaged', error)
}
