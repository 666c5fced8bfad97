import type { Position } from '../store/read/page.js'
import { CommonsError } from '../errors.js'

/** Some rows, in whatever form. */
export interface Part<Content> {
  readonly content: Content
  readonly rows: number
  /** Characters that they take, about. */
  readonly size: number
  /** That of the last row. */
  readonly position: Position | null
}

export interface PartsOptions {
  /** Rows of a part, at most. */
  readonly pageRows: number
  /** Rows in all, at most. */
  readonly maxRows: number
  /** Counts all rows, no further than to the limit. */
  readonly countTo: (limit: number) => Promise<number>
  readonly signal: AbortSignal
}

/** Rows of the first part: it has to be there before anything is sent. */
const firstRows = 1000
/** Characters that a part is to have, about; one is written while the next is read. */
const partSize = 2 ** 20

/**
 * Reads rows part by part, each from where the last one ended. Long rows make small parts, so that memory stays flat.
 *
 * @throws CommonsError `file_limit_exceeded` before the first part where there are more rows than the limit
 */
export async function * readParts<Content> (
  read: (position: Position | null, take: number) => Promise<Part<Content>>,
  { pageRows, maxRows, countTo, signal }: PartsOptions
): AsyncGenerator<Content, void> {
  let position: Position | null = null
  let take = Math.min(firstRows, pageRows)
  let rows = 0
  let size = 0
  for (;;) {
    signal.throwIfAborted()
    const part: Part<Content> = await read(position, take)
    const isLast = part.rows < take
    const isFirst = rows === 0
    rows += part.rows
    size += part.size
    // Rows may be added while others are read: what is counted now need not be what is read then.
    if (rows > maxRows || (isFirst && !isLast && (await countTo(maxRows + 1)) > maxRows)) {
      throw new CommonsError('file_limit_exceeded', { params: { limit: maxRows, unit: 'rows' } })
    }
    if (part.rows > 0) yield part.content
    if (isLast) return
    position = part.position
    take = Math.max(1, Math.min(pageRows, Math.round(partSize / (size / rows))))
  }
}
