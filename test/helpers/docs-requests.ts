import { basename } from 'node:path'
import type { Block, Page } from './docs-pages.js'

/** A request of a page, and what the page says that the server answers. */
export interface DocsRequest {
  /** As `docs/import.md:12`. */
  readonly place: string
  readonly command: string
  /** The block that follows: JSON, or the text of a file. Undefined where the page shows none. */
  readonly answer: Block | undefined
}

/** Name of a file that a page asks to save → its text. */
export type SavedFiles = ReadonlyMap<string, string>

/** The curl commands of a page, in their order. An answer is the next block, if it is no command. */
export function requestsOf ({ path, blocks }: Page): DocsRequest[] {
  return blocks.flatMap((block, index) => {
    if (!block.text.startsWith('curl ')) return []
    const next = blocks[index + 1]
    const isAnswer = next !== undefined && ['json', 'csv'].includes(next.language) && savedName(next) === undefined
    return [{ place: `${path}:${block.line}`, command: block.text, answer: isAnswer ? next : undefined }]
  })
}

/** The files that a page asks to save: "Save this as `x.csv`:" above a block. */
export function savedFilesOf ({ blocks }: Page): SavedFiles {
  return new Map(blocks.flatMap(block => (savedName(block) === undefined ? [] : [[savedName(block)!, block.text]])))
}

function savedName ({ before }: Block): string | undefined {
  return /(?:^|\n)Save this as `([^`]+)`[^\n]*\n\s*$/.exec(before.slice(-200))?.[1]
}

/** Sends what a curl command says: method, headers, body or form, and the path of its URL. */
export async function send (command: string, origin: string, files: SavedFiles): Promise<Response> {
  const words = [...command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare!
  )
  const valuesOf = (option: string): string[] => words.flatMap((word, i) => (word === option ? [words[i + 1]!] : []))
  const target = new URL(words.find(word => word.startsWith('http://'))!)
  const body = bodyOf(valuesOf, files)
  return await fetch(origin + target.pathname + target.search, {
    method: valuesOf('-X')[0] ?? (body === undefined ? 'GET' : 'POST'),
    headers: valuesOf('-H').map(header => header.split(': ') as [string, string]),
    ...(body === undefined ? {} : { body })
  })
}

function bodyOf (valuesOf: (option: string) => string[], files: SavedFiles): string | FormData | undefined {
  const fields = valuesOf('-F')
  if (fields.length === 0) return textOf([...valuesOf('-d'), ...valuesOf('--data-binary')][0], files)
  const form = new FormData()
  for (const field of fields) {
    const [name, value] = field.split('=') as [string, string]
    if (value.startsWith('@')) form.set(name, new File([textOf(value, files)!], basename(value.slice(1))))
    else form.set(name, value)
  }
  return form
}

function textOf (value: string | undefined, files: SavedFiles): string | undefined {
  if (value?.startsWith('@') !== true) return value
  const text = files.get(value.slice(1))
  if (text === undefined) throw new Error(`The page does not show the file ${value.slice(1)}`)
  return text
}
