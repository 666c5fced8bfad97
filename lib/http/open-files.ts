/** What of an answer the closing of the server needs; Fastify's `reply.raw` has it. */
export interface SentFile {
  once: (event: 'close', listener: () => void) => unknown
  destroy: () => unknown
}

/** The server behind Fastify; one of HTTP/2 has no idle connections to close. */
export interface FileServer {
  closeIdleConnections?: () => void
}

/** Milliseconds that files get to be sent once the server closes. */
const closeGrace = 5000

/** The files that are being sent in one place: a client that does not read its file keeps no server from closing. */
export class OpenFiles {
  readonly #server: FileServer
  readonly #open = new Set<SentFile>()
  #isClosing = false

  constructor (server: FileServer) {
    this.#server = server
  }

  /** Counts an answer as open until all of it is sent, or its connection is broken. */
  add (file: SentFile): void {
    this.#open.add(file)
    file.once('close', () => {
      this.#open.delete(file)
      // Fastify closes the connections that are idle when it begins to close, and this one was not.
      if (this.#isClosing) setImmediate(() => this.#server.closeIdleConnections?.())
    })
  }

  /** Breaks the connections of those files off that are not sent after some seconds. */
  close (): void {
    this.#isClosing = true
    setTimeout(() => {
      for (const file of this.#open) file.destroy()
    }, closeGrace).unref()
  }
}
