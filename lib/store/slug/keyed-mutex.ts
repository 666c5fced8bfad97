/**
 * Locks by name inside this process. Whoever holds several has got them in one order, so that none waits in a circle.
 */
export class KeyedMutex {
  /** By name: settles when the last of those who asked is done. */
  readonly #last = new Map<string, Promise<void>>()

  /** Waits for all names, in the order of asking; gives the function that releases them. */
  async acquire (names: Iterable<string>): Promise<() => void> {
    const releases: Array<() => void> = []
    for (const name of [...new Set(names)].sort()) releases.push(await this.#acquire(name))
    return () => {
      for (const release of releases) release()
    }
  }

  async #acquire (name: string): Promise<() => void> {
    const before = this.#last.get(name)
    let settle = (): void => {}
    const own = new Promise<void>(resolve => {
      settle = resolve
    })
    this.#last.set(name, own)
    await before
    return () => {
      if (this.#last.get(name) === own) this.#last.delete(name)
      settle()
    }
  }
}
