import { CommonsError } from '../../../errors.js'
import type { FileLimits } from '../../table/limits.js'
import { loadPeer } from '../../../load-peer.js'
import { decodeXml } from './decode-xml.js'
import { overLimit, unreadable } from './unreadable.js'
import { Namespaces } from './xml-namespaces.js'

/** Characters that may stand between the ends of two tags or texts; the parser keeps those of what it is in. */
const longestToken = 2 ** 24

/** Attributes of an element; spreadsheets write some tens at most. */
const mostAttributes = 256

/** Told of the elements that it names, each by its path from the root, as `sst/si/t`; all others are passed over. */
export interface XmlHandler {
  /** Paths of elements of the root's namespace, without prefixes. */
  readonly elements: readonly string[]
  open(path: string, attributes: Readonly<Record<string, string>>, namespaces: Namespaces): void
  /** Told of the text of an element itself, maybe in parts. */
  text?(path: string, text: string): void
  close?(path: string): void
}

/** An element that a handler names, or one on the way to it. */
interface Place {
  /** Empty: on the way only. */
  path: string
  readonly inner: Map<string, Place>
}

/**
 * Reads a document piece by piece and gives what its handler emitted for each, so that whoever takes slowly is waited
 * for. No document type is taken, so that there are no entities but the five that XML has.
 */
export async function * readXml<Item> (
  pieces: AsyncIterable<Buffer>,
  limits: FileLimits,
  handlerOf: (emit: (item: Item) => void) => XmlHandler
): AsyncGenerator<readonly Item[]> {
  const { SaxesParser } = await loadPeer('xlsx', 'saxes', () => import('saxes'))
  // It runs five times slower with more than six handlers.
  const parser = new SaxesParser<{ position: false; xmlns: false }>({ position: false, xmlns: false })
  /** The elements that are open; null for one that nobody asks for. */
  const places: (Place | null)[] = []
  const namespaces = new Namespaces()
  let declared: Map<string, string> | null = null
  let items: Item[] = []
  /** Characters that were read since a tag or a text ended. */
  let pending = 0
  /** Attributes of the tag that is being read. */
  let attributeCount = 0
  const handler = handlerOf(item => items.push(item))
  const root = placesOf(handler.elements)
  parser.on('doctype', () => {
    throw unreadable('its XML declares a document type')
  })
  parser.on('attribute', ({ name, value }) => {
    if (++attributeCount > mostAttributes) throw overLimit(mostAttributes, 'attributes in one XML element')
    if (name.startsWith('xmlns') && (name.length === 5 || name[5] === ':')) {
      ;(declared ??= new Map()).set(name.slice(6), value)
    }
  })
  parser.on('opentag', ({ name, attributes }) => {
    pending = 0
    attributeCount = 0
    const depth = places.length + 1
    if (depth > limits.nesting) throw overLimit(limits.nesting, 'levels of XML')
    if (declared !== null || depth === 1) namespaces.enter(name, depth, declared ?? new Map())
    declared = null
    const around = depth === 1 ? root : places[depth - 2]!
    const place = around === null ? null : placeIn(around, name, namespaces)
    places.push(place)
    if (place !== null && place.path !== '') handler.open(place.path, attributes, namespaces)
  })
  parser.on('closetag', () => {
    pending = 0
    if (namespaces.depth === places.length) namespaces.leave()
    const place = places.pop()!
    if (place !== null && place.path !== '') handler.close?.(place.path)
  })
  const text = (characters: string): void => {
    pending = 0
    const place = places[places.length - 1] ?? null
    if (place !== null && place.path !== '') handler.text?.(place.path, characters)
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

  for await (const characters of decodeXml(pieces)) {
    pending += characters.length
    write(characters)
    if (pending > longestToken) throw overLimit(longestToken, 'characters in one place')
    if (items.length > 0) yield items
    items = []
  }
  write(null)
}

/** Of another namespace are most names with a prefix. */
function placeIn ({ inner }: Place, name: string, namespaces: Namespaces): Place | null {
  const place = namespaces.isDefaultOwn ? inner.get(name) : undefined
  return place ?? (name.includes(':') ? inner.get(namespaces.ownName(name)) : undefined) ?? null
}

function placesOf (paths: readonly string[]): Place {
  const root: Place = { path: '', inner: new Map() }
  for (const path of paths) {
    let place = root
    for (const name of path.split('/')) {
      const inner: Place = place.inner.get(name) ?? { path: '', inner: new Map() }
      place.inner.set(name, inner)
      place = inner
    }
    place.path = path
  }
  return root
}
