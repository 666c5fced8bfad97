/** Lets some pieces of work run at once; the others wait in the order of their arrival. */
export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor (most: number) {
    this.#free = most
  }

  /**
   * Runs `work` once a slot is free.
   *
   * @param signal ends the wait, with its reason
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#free > 0) this.#free--
    else await this.#wait(signal)
    try {
      signal.throwIfAborted()
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }

  async #wait (signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const isGone = await new Promise<boolean>(resolve => {
      const come = (): void => {
        signal.removeEventListener('abort', leave)
        resolve(false)
      }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(come), 1)
        resolve(true)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(come)
    })
    if (isGone) signal.throwIfAborted()
  }
}
