import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A fenced block of a page. */
export interface Block {
  readonly language: string
  readonly text: string
  /** 1-based line of its fence. */
  readonly line: number
  /** The text of the page above it. */
  readonly before: string
}

export interface Page {
  /** From the root of the repository, as `docs/import.md`. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
}

export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** README.md and every page below docs. */
export function docsPages (): Page[] {
  const below = existsSync(`${root}docs`) ? readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }) : []
  const paths = ['README.md', ...below.filter(path => path.endsWith('.md')).map(path => `docs/${path}`)]
  return paths.toSorted().map(readPage)
}

export function readPage (path: string): Page {
  const text = readFileSync(root + path, 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language, 2: block, index }): Block => {
    const before = text.slice(0, index)
    return { language: language!, text: block!, line: before.split('\n').length, before }
  })
  return { path, text, blocks }
}

/** The text of a page without its fenced blocks. */
export function proseOf ({ text }: Page): string {
  return text.replaceAll(/^```.*?^```$/gms, '')
}

/** The rows of the first table below a heading, as lists of cells. */
export function tableBelow ({ path, text }: Page, heading: string): string[][] {
  const lines = text.split('\n')
  const start = lines.findIndex(line => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
  if (start === -1) throw new Error(`${path} has no heading "${heading}"`)
  const head = lines.findIndex((line, index) => index > start && /^\|[-|]+\|$/.test(line))
  if (head === -1) throw new Error(`${path} has no table below "${heading}"`)
  const end = lines.findIndex((line, index) => index > head && !line.startsWith('|'))
  return lines.slice(head + 1, end).map(cellsOf)
}

function cellsOf (line: string): string[] {
  return line
    .slice(1, -1)
    .split(' | ')
    .map(cell => cell.trim())
}
