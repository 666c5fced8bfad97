import { CommonsError } from '../../errors.js'
import type { FileLimits } from '../limits.js'
import { loadPeer } from '../load-peer.js'
import { overLimit, unreadable } from './faults.js'

/** Characters that may stand between the ends of two tags or texts; the parser keeps those of what it is in. */
const longestToken = 2 ** 24

/** Attributes of an element; spreadsheets write some tens at most. */
const mostAttributes = 256

/** What is told of a document; names come without prefixes, the one of the parent is empty for the root. */
export interface XmlHandler {
  open (name: string, attributes: Readonly<Record<string, string>>, parent: string): void
  text? (text: string): void
  close? (name: string, parent: string): void
}

/**
 * Reads a document piece by piece and gives what its handler emitted for each, so that whoever takes slowly is waited
 * for. No document type is taken, so that there are no entities but the five that XML has.
 */
export async function * readXml<Item> (pieces: AsyncIterable<Buffer>, limits: FileLimits, handlerOf: (emit: (item: Item) => void) => XmlHandler): AsyncGenerator<readonly Item[]> {
  const { SaxesParser } = await loadPeer('xlsx', 'saxes', () => import('saxes'))
  // It runs five times slower with more than six handlers.
  const parser = new SaxesParser<{ position: false, xmlns: false }>({ position: false, xmlns: false })
  const names: string[] = []
  let items: Item[] = []
  /** Characters that were read since a tag or a text ended. */
  let pending = 0
  /** Attributes of the tag that is being read. */
  let attributeCount = 0
  const handler = handlerOf(item => items.push(item))
  parser.on('doctype', () => { throw unreadable('its XML declares a document type') })
  parser.on('attribute', () => {
    if (++attributeCount > mostAttributes) throw overLimit(mostAttributes, 'attributes in one XML element')
  })
  parser.on('opentag', ({ name, attributes }) => {
    pending = 0
    attributeCount = 0
    const parent = names.at(-1) ?? ''
    if (names.push(local(name)) > limits.nesting) throw overLimit(limits.nesting, 'levels of XML')
    handler.open(names.at(-1)!, attributes, parent)
  })
  parser.on('closetag', () => {
    pending = 0
    const name = names.pop()!
    handler.close?.(name, names.at(-1) ?? '')
  })
  const text = (characters: string): void => {
    pending = 0
    handler.text?.(characters)
  }
  parser.on('text', text)
  parser.on('cdata', text)

  const write = (characters: string | null): void => {
    try {
      parser.write(characters)
    } catch (error) {
      throw error instanceof CommonsError ? error : unreadable('its XML is cut or damaged', error)
    }
  }

  for await (const characters of decoded(pieces)) {
    pending += characters.length
    write(characters)
    if (pending > longestToken) throw overLimit(longestToken, 'characters in one place')
    if (items.length > 0) yield items
    items = []
  }
  write(null)
}

/** A name without its prefix. */
export function local (name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

async function * decoded (pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (piece?: Buffer): string => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined })
    } catch (error) {
      throw unreadable('its XML is not in UTF-8', error)
    }
  }
  for await (const piece of pieces) yield decode(piece)
  yield decode()
}
