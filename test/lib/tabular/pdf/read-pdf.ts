import { inflateSync } from 'node:zlib'

export interface ReadPage {
  readonly width: number
  readonly height: number
  /** The texts from top to bottom; what stands at one height is one line, without the gaps between cells. */
  readonly lines: readonly string[]
  /** Colours of what is filled, once each, as #rrggbb. */
  readonly fills: readonly string[]
}

export interface ReadPdf {
  readonly title: string
  /** Names of the fonts that are embedded. */
  readonly fonts: readonly string[]
  readonly pages: readonly ReadPage[]
  /** Dictionaries of all objects. */
  readonly dictionaries: string
}

interface PdfObject {
  readonly head: string
  readonly stream: string
}

/** Reads back what a document shows: enough of PDF for the documents of one library. */
export function readPdf (bytes: Uint8Array): ReadPdf {
  const objects = readObjects(Buffer.from(bytes).toString('latin1'))
  const object = (text: string, pattern: RegExp): PdfObject =>
    objects.get(pattern.exec(text)?.[1] ?? '') ?? { head: '', stream: '' }
  const all = [...objects.values()].map(({ head }) => head)
  const kids = /\/Kids \[([^\]]*)\]/.exec(all.find(head => head.includes('/Type /Pages')) ?? '')?.[1] ?? ''
  const pages = Array.from(kids.matchAll(/(\d+) 0 R/g), ([, id]) => {
    const { head } = objects.get(id!)!
    const [width, height] = /\/MediaBox \[0 0 (\S+) (\S+)\]/.exec(head)!.slice(1).map(Number)
    const resources = object(head, /\/Resources (\d+)/).head
    const fonts = new Map(
      Array.from(resources.matchAll(/\/(F\d+) (\d+) 0 R/g), ([, name, id]) => [
        name!,
        readMap(object(objects.get(id!)!.head, /\/ToUnicode (\d+)/).stream)
      ])
    )
    return { width: width!, height: height!, ...readContent(object(head, /\/Contents (\d+)/).stream, fonts) }
  })
  const title = object(all.find(head => head.includes('/CreationDate')) ?? '', /\/Title (\d+)/).head
  const fonts = all.flatMap(head => /\/FontName \/\w+\+(\S+)[^]*\/FontFile2/.exec(head)?.[1] ?? [])
  return { title: title.slice(1, -1), fonts: fonts.sort(), pages, dictionaries: all.join('\n') }
}

function readObjects (text: string): Map<string, PdfObject> {
  return new Map(
    Array.from(text.matchAll(/(\d+) 0 obj\n([^]*?)\nendobj/g), ([, id, body]) => {
      const [head, stream] = body!.split('\nstream\n')
      if (stream === undefined || !head!.includes('/FlateDecode')) return [id!, { head: head!, stream: '' }]
      const packed = Buffer.from(stream.slice(0, Number(/\/Length (\d+)/.exec(head!)![1])), 'latin1')
      return [id!, { head: head!, stream: inflateSync(packed).toString('latin1') }]
    })
  )
}

/** The text of every glyph, from a map that has it as ranges with lists. */
function readMap (stream: string): Map<number, string> {
  const map = new Map<number, string>()
  for (const [, first, list] of stream.matchAll(/<(\w+)> <\w+> \[([^\]]*)\]/g)) {
    let glyph = parseInt(first!, 16)
    for (const [, units] of list!.matchAll(/<([^>]*)>/g)) {
      map.set(glyph++, Buffer.from(units!.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'))
    }
  }
  return map
}

function readContent (
  stream: string,
  fonts: ReadonlyMap<string, ReadonlyMap<number, string>>
): Pick<ReadPage, 'lines' | 'fills'> {
  const lines = new Map<number, string>()
  for (const [, height, font, shown] of stream.matchAll(/BT\n1 0 0 1 \S+ (\S+) Tm\n\/(F\d+) [^]*?\[([^\]]*)\] TJ/g)) {
    const glyphs =
      Array.from(shown!.matchAll(/<(\w+)>/g), ([, hex]) => hex)
        .join('')
        .match(/.{4}/g) ?? []
    const text = glyphs.map(glyph => fonts.get(font!)!.get(parseInt(glyph, 16)) ?? '').join('')
    const line = Math.round(Number(height))
    lines.set(line, (lines.get(line) ?? '') + text)
  }
  const fills = new Set(
    Array.from(
      stream.matchAll(/re\n\/DeviceRGB cs\n(\S+) (\S+) (\S+) scn/g),
      ([, ...parts]) =>
        `#${parts
          .slice(0, 3)
          .map(part =>
            Math.round(Number(part) * 255)
              .toString(16)
              .padStart(2, '0')
          )
          .join('')}`
    )
  )
  return { lines: [...lines].sort(([one], [other]) => other - one).map(([, text]) => text), fills: [...fills] }
}
