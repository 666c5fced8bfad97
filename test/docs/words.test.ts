import t from 'tap'
import { docsPages, type Page } from '../helpers/docs-pages.js'

/** Words that the glossary of ARCHITECTURE.md replaces; only those that have no other meaning here. */
const retired = [
  /\btall(y|ies)\b/i,
  /\bfates?\b/i,
  /\bread over\b/i,
  /\bcatalogues?\b/i,
  /\bunfit\b/i,
  /\bunsound\b/i,
  /\bFiles (out|in)\b/,
  /\bThere and back\b/i,
  /\bParts of a list\b/i,
  /\bThe same request twice\b/i,
  /\bsign of life\b/i,
  /\bwhoever\b/i,
  /\bunique sets?\b/i,
  /\bmarked as deleted\b/i,
  /\bmarked rows?\b/i,
  /\blive rows?\b/i,
  /\bis gone\b/i,
  /\bnames none\b/i,
  /\bgets in the way\b/i,
  /\bnobody is asking\b/i,
  /\bout of the way\b/i,
  /\bhalves\b/i,
  /\bWhat is no\b/
]

const findings = ({ path, text }: Page, words: readonly RegExp[]): string[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      words.filter(word => word.test(line)).map(word => `${path}:${index + 1} has ${word}: ${line.slice(0, 80)}`)
    )

await t.test('retired words are in no page', t => {
  t.strictSame(
    docsPages().flatMap(page => findings(page, retired)),
    []
  )
  t.end()
})

await t.test('a line with a retired word is found', t => {
  const page = { path: 'x.md', text: 'one\nRead-only fields are read over.', blocks: [] }
  t.strictSame(findings(page, retired).length, 1)
  t.end()
})

await t.test('README has at most 250 lines, and a page at most 260', t => {
  const lengths = docsPages().map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
  t.strictSame(
    lengths.filter(({ path, lines }) => lines > (path === 'README.md' ? 250 : 260)),
    []
  )
  t.end()
})
