import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FailedRowsFile } from './failed-rows.js'
import type { ImportFormat } from './options.js'

/** Failed rows that can be downloaded. */
export interface ShelvedFailures {
  readonly file: FailedRowsFile
  readonly headers: readonly string[]
  /** That of the file of the import. */
  readonly format: ImportFormat
}

interface Entry extends ShelvedFailures {
  readonly owner: string
  readonly since: number
}

/** Milliseconds that failed rows are kept. */
export const keptFor = 3_600_000

/** Files that are kept at most; the oldest one goes first. */
const keptFiles = 20

/** Keeps the failed rows of imports for those who made them, in files of this process, for an hour. */
export class FailureShelf {
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number
  #folder: Promise<string> | null = null
  #timer: NodeJS.Timeout | null = null

  constructor (now: () => number = Date.now) {
    this.#now = now
  }

  /** A file for the failed rows of one import; `keep` or `remove` it. */
  async create (width: number): Promise<FailedRowsFile> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'import-failures-'))
    return new FailedRowsFile(join(await this.#folder, randomBytes(16).toString('hex')), width)
  }

  /** Keeps a file that is complete; gives the name that its owner gets it by. */
  async keep (failures: ShelvedFailures, owner: string): Promise<string> {
    await this.#sweep()
    const name = randomBytes(16).toString('base64url')
    this.#entries.set(name, { ...failures, owner, since: this.#now() })
    // A server that is left alone removes them too; what cannot be removed now goes with the folder.
    this.#timer ??= setInterval(() => { this.#sweep().catch(() => {}) }, keptFor / 4).unref()
    return name
  }

  /** Null where there is nothing of this name for this owner. */
  async find (name: string, owner: string): Promise<ShelvedFailures | null> {
    await this.#sweep()
    const entry = this.#entries.get(name)
    return entry === undefined || entry.owner !== owner ? null : entry
  }

  /** Removes all files. */
  async close (): Promise<void> {
    this.#entries.clear()
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    if (this.#folder !== null) await rm(await this.#folder, { recursive: true, force: true })
    this.#folder = null
  }

  async #sweep (): Promise<void> {
    const oldest = this.#now() - keptFor
    const old = [...this.#entries].filter(([, { since }], i) => since <= oldest || i < this.#entries.size - keptFiles)
    for (const [name, { file }] of old) {
      this.#entries.delete(name)
      await file.remove()
    }
  }
}
