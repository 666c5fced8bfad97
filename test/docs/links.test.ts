import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import t from 'tap'
import { anchorsOf } from '../helpers/anchors.js'
import { docsPages, proseOf, readPage, root, type Page } from '../helpers/docs-pages.js'

const otherPages = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']

/** The links of a page within the repository that lead to no file, or to no place in it. */
function brokenLinks (page: Page, read: (path: string) => Page = readPage): string[] {
  const links = [
    ...proseOf(page)
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g)
  ].map(([, link]) => link!)
  return links
    .filter(link => !/^(https?|mailto):/.test(link))
    .filter(link => {
      const [target, anchor] = link.split('#') as [string, string | undefined]
      const path = target === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), target))
      if (path.startsWith('..') || !existsSync(root + path)) return true
      return anchor !== undefined && !anchorsOf(target === '' ? page.text : read(path).text).has(anchor)
    })
    .map(link => `${page.path}: ${link}`)
}

await t.test('links lead to files and headings that exist', t => {
  t.strictSame(
    [...docsPages(), ...otherPages.map(readPage)].flatMap(page => brokenLinks(page)),
    []
  )
  t.end()
})

await t.test('a link to a missing file, and one to a missing heading, are found', t => {
  const text = '# Two words\n[a](#two-words) [b](#three) [c](docs/nope.md) [d](LICENSE) [e](../../x.md)'
  t.strictSame(brokenLinks({ path: 'README.md', text, blocks: [] }), [
    'README.md: #three',
    'README.md: docs/nope.md',
    'README.md: ../../x.md'
  ])
  t.end()
})

await t.test('the index of docs links to every page', t => {
  const pages = docsPages().map(({ path }) => path)
  const index = readPage('docs/README.md').text
  t.strictSame(
    pages.filter(
      path => path.startsWith('docs/') && path !== 'docs/README.md' && !index.includes(`(${path.slice(5)})`)
    ),
    []
  )
  t.end()
})
