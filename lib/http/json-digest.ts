import { createHash, type Hash } from 'node:crypto'

/** Characters that are hashed together: a call for each value would cost more than the hash. */
const pieceLength = 65_536

/**
 * SHA-256 of a value, in base64url: the same for objects that have their members in another order. It does not recur,
 * so that values may be nested as deep as a client likes.
 */
export function jsonDigest (value: unknown): string {
  const digest = new Digest()
  const open: unknown[] = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (next instanceof MemberName) digest.add(`${JSON.stringify(next.name)}:`)
    else if (Array.isArray(next)) openArray(next, open, digest)
    else if (typeof next === 'object' && next !== null && !(next instanceof Date)) {
      openObject(next as Readonly<Record<string, unknown>>, open, digest)
    } else digest.add(scalarText(next))
  }
  return digest.end()
}

/** The name of a member that is about to be added. */
class MemberName {
  readonly name: string

  constructor (name: string) {
    this.name = name
  }
}

// The number of elements goes before them, so that no two values have one text.
function openArray (elements: readonly unknown[], open: unknown[], digest: Digest): void {
  digest.add(`[${elements.length};`)
  for (let i = elements.length - 1; i >= 0; i--) open.push(elements[i])
}

function openObject (members: Readonly<Record<string, unknown>>, open: unknown[], digest: Digest): void {
  const names = Object.keys(members).sort()
  digest.add(`{${names.length};`)
  for (let i = names.length - 1; i >= 0; i--) open.push(members[names[i]!], new MemberName(names[i]!))
}

function scalarText (value: unknown): string {
  if (typeof value === 'string') return `${JSON.stringify(value)};`
  return `${value instanceof Date ? value.toISOString() : `${typeof value} ${String(value)}`};`
}

class Digest {
  readonly #hash: Hash = createHash('sha256')
  #pending = ''

  add (text: string): void {
    this.#pending += text
    if (this.#pending.length < pieceLength) return
    this.#hash.update(this.#pending)
    this.#pending = ''
  }

  end (): string {
    return this.#hash.update(this.#pending).digest('base64url')
  }
}
