import { randomBytes } from 'node:crypto'
import { FailedRowsFile } from './failed-rows.js'
import type { ImportFormat } from '../plan/options.js'

/** Failed rows that can be downloaded. */
export interface StoredFailedRows {
  readonly file: FailedRowsFile
  readonly headers: readonly string[]
  /** That of the file of the import. */
  readonly format: ImportFormat
}

interface Entry extends StoredFailedRows {
  readonly owner: string
  readonly since: number
}

export interface FailureShelfOptions {
  /**
   * Told why the failed rows of an import cannot be downloaded; its report is not lost for that. Default: nobody is.
   */
  readonly onLost?: (error: unknown) => void
  readonly now?: () => number
}

/** Milliseconds that failed rows are kept. */
export const keptFor = 3_600_000

/** Files that are kept at most; the oldest one goes first. */
const keptFiles = 20

/** Keeps the failed rows of imports for those who made them, in files of this process, for an hour. */
export class FailedRowsStore {
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number
  readonly #onLost: (error: unknown) => void
  #timer: NodeJS.Timeout | null = null

  constructor ({ onLost = () => {}, now = Date.now }: FailureShelfOptions = {}) {
    this.#onLost = onLost
    this.#now = now
  }

  /** A file for the failed rows of one import; `keep` or `remove` it. */
  create (width: number): FailedRowsFile {
    return new FailedRowsFile(width, this.#onLost)
  }

  /**
   * Keeps a file that is complete; gives the name that its owner gets it by, null where the file has no rows or is
   * lost.
   */
  async keep (file: FailedRowsFile, { owner, headers, format }: Omit<Entry, 'file' | 'since'>): Promise<string | null> {
    await this.#removeOld()
    if (!(await file.close())) return null
    const name = randomBytes(16).toString('base64url')
    this.#entries.set(name, { file, headers, format, owner, since: this.#now() })
    // A server that is left alone removes them too; what cannot be removed now goes with the process.
    this.#timer ??= setInterval(() => {
      this.#removeOld().catch(() => {})
    }, keptFor / 4).unref()
    return name
  }

  /** Null where there is nothing of this name for this owner. */
  async find (name: string, owner: string): Promise<StoredFailedRows | null> {
    await this.#removeOld()
    const entry = this.#entries.get(name)
    return entry === undefined || entry.owner !== owner || !(await entry.file.isThere()) ? null : entry
  }

  /** Removes all files. */
  async close (): Promise<void> {
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    for (const { file } of entries) await file.remove()
  }

  async #removeOld (): Promise<void> {
    const oldest = this.#now() - keptFor
    const old = [...this.#entries].filter(([, { since }], i) => since <= oldest || i < this.#entries.size - keptFiles)
    for (const [name, { file }] of old) {
      this.#entries.delete(name)
      await file.remove()
    }
  }
}
