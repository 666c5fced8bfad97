import type { FileLimits } from '../../table/limits.js'
import { overLimit } from './unreadable.js'
import { readXml } from './read-xml.js'
import { decodeEscapes } from '../xml-text.js'
import type { ZipParts } from './zip-parts.js'
import { copied } from '../../../text/shorten.js'

/** The texts that cells refer to by number; null for one that is too long for a cell. */
export type SharedStrings = ReadonlyArray<string | null>

const item = 'sst/si'

/** Reads the texts that cells share: runs of rich text joined, readings of Chinese characters left out. */
export async function readSharedStrings (parts: ZipParts, path: string, limits: FileLimits): Promise<SharedStrings> {
  const texts: Array<string | null> = []
  let characters = 0
  let raw = ''
  const batches = readXml<string | null>(parts.read(path), limits, emit => ({
    elements: [item, 'sst/si/t', 'sst/si/r/t'],
    open (path) {
      if (path === item) raw = ''
    },
    text (path, text) {
      if (path === item) return
      characters += text.length
      if (characters > limits.sharedStringLength) {
        throw overLimit(limits.sharedStringLength, 'characters in its shared texts')
      }
      raw += text
    },
    close (path) {
      if (path !== item) return
      const text = decodeEscapes(raw)
      emit(text.length > limits.cellLength ? null : copiedText(text))
    }
  }))
  for await (const batch of batches) {
    texts.push(...batch)
    if (texts.length > limits.sharedStrings) throw overLimit(limits.sharedStrings, 'shared texts')
  }
  return texts
}

/** A copy, without the XML around it; of ASCII alone in half of the memory. */
function copiedText (text: string): string {
  return /^\p{ASCII}*$/u.test(text) ? Buffer.from(text, 'latin1').toString('latin1') : copied(text)
}
