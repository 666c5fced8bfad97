/** Declarations of one element: prefix → namespace, the prefix of the default namespace is empty. */
export type Declarations = ReadonlyMap<string, string>

interface Scope {
  readonly depth: number
  readonly declared: Declarations
  readonly outer: Scope | null
}

/** The namespaces that hold at a place of a document. Elements of the root's namespace are the document's own. */
export class Namespaces {
  #scope: Scope | null = null
  #own: string | undefined
  /** The depth of the innermost element with declarations, 1 for the root; 0 where none is open. */
  depth = 0
  /** Whether names without a prefix are of the document's own namespace, as most are. */
  isDefaultOwn = true

  /** Begins an element with declarations, or the root. */
  enter (name: string, depth: number, declared: Declarations): void {
    this.#move({ depth, declared, outer: this.#scope })
    if (depth > 1) return
    this.#own = this.of(name.slice(0, Math.max(0, name.indexOf(':'))))
    this.isDefaultOwn = this.of('') === this.#own
  }

  /** Ends the element at `depth`. */
  leave (): void {
    this.#move(this.#scope?.outer ?? null)
  }

  /** The name without its prefix of an element with one; empty for an element of another namespace than the root's. */
  ownName (name: string): string {
    const colon = name.indexOf(':')
    return colon !== -1 && this.of(name.slice(0, colon)) === this.#own ? name.slice(colon + 1) : ''
  }

  /** The namespace that a prefix stands for; undefined for an unknown prefix and for no namespace. */
  of (prefix: string): string | undefined {
    for (let scope = this.#scope; scope !== null; scope = scope.outer) {
      const namespace = scope.declared.get(prefix)
      if (namespace !== undefined) return namespace === '' ? undefined : namespace
    }
    return undefined
  }

  #move (scope: Scope | null): void {
    this.#scope = scope
    this.depth = scope?.depth ?? 0
    this.isDefaultOwn = this.of('') === this.#own
  }
}
