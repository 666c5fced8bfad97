import { CommonsError } from '../errors.js'

export interface UploadLimits {
  /** Seconds that an upload may take from its first byte to its last. */
  readonly uploadSeconds: number
  /** Uploads at once. */
  readonly maxUploads: number
}

export const defaultUploadLimits: UploadLimits = { uploadSeconds: 300, maxUploads: 20 }

/**
 * The uploads that are being received in one place: no more than some at once, none for ever, and none once the server
 * closes.
 */
export class Uploads {
  readonly #limits: UploadLimits
  readonly #open = new Set<AbortController>()

  constructor (limits: UploadLimits) {
    this.#limits = limits
  }

  /**
   * Receives an upload.
   *
   * @param work is to end soon after its signal is aborted; its own error is not told then
   * @throws CommonsError `too_many_uploads`, `upload_timeout`, `server_closing`
   */
  async receive<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { uploadSeconds, maxUploads } = this.#limits
    if (this.#open.size >= maxUploads) {
      throw new CommonsError('too_many_uploads', { params: { limit: maxUploads, retryAfter: 10 } })
    }
    const controller = new AbortController()
    const { signal } = controller
    const timer = setTimeout(() => {
      controller.abort(new CommonsError('upload_timeout', { params: { limit: uploadSeconds } }))
    }, uploadSeconds * 1000)
    this.#open.add(controller)
    try {
      return await work(signal)
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      clearTimeout(timer)
      this.#open.delete(controller)
    }
  }

  /** Ends all uploads. */
  close (): void {
    for (const controller of this.#open) controller.abort(new CommonsError('server_closing'))
  }
}
