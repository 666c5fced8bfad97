import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import type { Position } from '../../store/read/page.js'

/** Where a list goes on, and in which direction. */
export interface Cursor {
  readonly position: Position
  readonly backwards: boolean
}

/** Servers that are not given a secret read the cursors of their own process alone. */
const ownSecret = randomBytes(32)

const ivLength = 12
const tagLength = 16

/**
 * Makes opaque text of cursors and reads it back: encrypted, as it holds values of a row that nobody may be shown, and
 * bound to the list that it was made for, be it by its filters, its order or whose rows they are. One cursor of one
 * list is always the same text.
 */
export class CursorSeal {
  readonly #ivKey: Buffer
  readonly #key: Buffer

  constructor (secret?: string) {
    const derive = (purpose: string): Buffer =>
      createHmac('sha256', secret ?? ownSecret)
        .update(`fastify-prisma-commons cursor ${purpose}`)
        .digest()
    this.#ivKey = derive('iv')
    this.#key = derive('key')
  }

  /** @param list tells one list from another */
  seal ({ position, backwards }: Cursor, list: string): string {
    const plain = JSON.stringify([backwards ? 1 : 0, ...position])
    // Made from all that it is used for, so that it stands for nothing else.
    const iv = createHmac('sha256', this.#ivKey)
      .update(`${list.length}:${list}${plain}`)
      .digest()
      .subarray(0, ivLength)
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(list))
    return Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
  }

  /** Null for what this seal has not made for the list. */
  open (text: string, list: string): Cursor | null {
    const bytes = Buffer.from(text, 'base64url')
    // Node reads over what is none of the alphabet, so that many texts would be one cursor.
    if (bytes.length <= ivLength + tagLength || bytes.toString('base64url') !== text) return null
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, ivLength))
        .setAAD(Buffer.from(list))
        .setAuthTag(bytes.subarray(-tagLength))
      const plain = Buffer.concat([decipher.update(bytes.subarray(ivLength, -tagLength)), decipher.final()]).toString()
      const [direction, ...position] = JSON.parse(plain) as [number, ...(string | null)[]]
      return { position, backwards: direction === 1 }
    } catch {
      return null
    }
  }
}
