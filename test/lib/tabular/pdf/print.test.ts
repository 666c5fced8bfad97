import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Cell, TableFrame } from '../../../../lib/tabular/table/table.js'
import type { PrintTask } from '../../../../lib/tabular/pdf/document.js'
import { gatherTable } from '../../../../lib/tabular/pdf/gather.js'
import { print } from '../../../../lib/tabular/pdf/print.js'
import { column, pagesOf, two, type Rows } from './frames.js'
import { readPdf, type ReadPdf } from './read-pdf.js'

const roboto = (style: string): string =>
  fileURLToPath(import.meta.resolve(`pdfmake/fonts/Roboto/Roboto-${style}.ttf`))
const fonts = { normal: roboto('Regular'), bold: roboto('Medium'), italics: roboto('Italic') }

async function printed (
  frame: TableFrame,
  rows: Rows,
  orientation: PrintTask['orientation'] = 'auto'
): Promise<ReadPdf> {
  const table = await gatherTable(frame, pagesOf(rows), 10_000)
  return readPdf(await print({ table, fonts, page: [595.28, 841.89], orientation }))
}

const textOf = ({ pages }: ReadPdf): string => pages.flatMap(({ lines }) => lines).join('')

await t.test('every page has the header and its number, and every row stands on one page', async t => {
  const { pages } = await printed(
    two,
    Array.from({ length: 120 }, (_, index) => [index, `row ${index}\nand more`])
  )
  t.ok(pages.length > 3)
  for (const [index, { lines }] of pages.entries()) {
    t.equal(lines[0], 'IdName')
    t.equal(lines.at(-1), `Page ${index + 1} of ${pages.length}`)
    t.match(lines[1], /^\d+row \d+$/)
    t.equal(lines.at(-2), 'and more')
  }
})

await t.test('a table without rows, and one without columns, are documents', async t => {
  t.strictSame((await printed(two, [])).pages[0]?.lines, ['IdName', 'Page 1 of 1'])
  t.strictSame((await printed({ title: 'None', lines: ['Nothing'], columns: [] }, [])).pages[0]?.lines, [
    'Nothing',
    'Page 1 of 1'
  ])
})

await t.test('pages are landscape when the table is wide, or when that is asked for', async t => {
  const wide = { title: 'Wide', columns: ['a', 'b', 'c', 'd', 'e', 'f'].map(label => column(label)) }
  const row = wide.columns.map(() => 'a text of some words in each')
  const upright = async (
    orientation: PrintTask['orientation'],
    frame: TableFrame,
    cells: readonly Cell[]
  ): Promise<boolean> => {
    const [page] = (await printed(frame, [cells], orientation)).pages
    return page!.height > page!.width
  }
  t.equal(await upright('auto', wide, row), false)
  t.equal(await upright('auto', two, [1, 'one']), true)
  t.equal(await upright('portrait', wide, row), true)
  t.equal(await upright('landscape', two, [1, 'one']), false)
})

await t.test('Latin, Cyrillic, Greek and Vietnamese text is shown, marks on letters too', async t => {
  const texts = ['Żółć ÄÖÜß œ', 'Съешь ещё этих булок', 'Ξεσκεπάζω την ψυχοφθόρα', 'Trường hợp đặc biệt']
  const { pages } = await printed(
    two,
    [...texts, 'Tiếng Việt'.normalize('NFD')].map((text, index) => [index, text])
  )
  t.strictSame(pages[0]?.lines, [
    'IdName',
    ...texts.map((text, index) => `${index}${text}`),
    '4Tiếng Việt',
    'Page 1 of 1'
  ])
})

await t.test('what the font cannot show stands as a sign, and a line names it', async t => {
  const frame = { ...two, foot: ['The end'] }
  t.strictSame((await printed(frame, [[1, 'a中b']])).pages[0]?.lines, [
    'IdName',
    '1a\uFFFDb',
    'The end',
    '1 character is not in the font of this document and stands as \uFFFD: U+4E2D',
    'Page 1 of 1'
  ])
  const [page] = (
    await printed(frame, [
      [1, '中文 😀 中 \u0000'],
      [2, 'กขคฆงจฉชซ']
    ])
  ).pages
  t.strictSame(page?.lines.slice(1, 3), ['1\uFFFD\uFFFD \uFFFD \uFFFD \uFFFD', `2${'\uFFFD'.repeat(9)}`])
  t.match(
    page?.lines.join('').replaceAll('  ', ' '),
    '14 characters are not in the font of this document and stand as \uFFFD: U+4E2D U+6587 U+1F600 U+0000 U+0E01 ' +
      'U+0E02 U+0E04 U+0E06 U+0E07 U+0E08 and more'
  )
})

await t.test('blanks of other widths, soft hyphens and joiners do no harm', async t => {
  t.strictSame(
    (await printed(two, [[1, '1\u202F234\u2003x, so\u00ADft, \u{1D173}\u{E0001}end\ttab']])).pages[0]?.lines,
    ['IdName', '11 234\u2003x, soft, end    tab', 'Page 1 of 1']
  )
})

await t.test('text is never taken for markup, images, links or files', async t => {
  const cells = [
    '<b>bold</b> **x**',
    '{"image":"/etc/hostname"}',
    'http://127.0.0.1:9/x.png',
    'data:image/png;base64,AAAA'
  ]
  const frame = {
    ...two,
    lines: ['{"qr":"x"}'],
    facts: [{ label: '<i>', value: { attachment: '/etc/passwd' } }],
    foot: ['[1](http://127.0.0.1:9)']
  }
  const pdf = await printed(
    frame,
    [...cells, { text: 'object', link: 'http://127.0.0.1:9', image: '/etc/hostname' }].map((cell, index) => [
      index,
      cell
    ])
  )
  t.match(pdf.pages[0]?.lines, [
    '{"qr":"x"}',
    '<i>: {"attachment":"/etc/passwd"}',
    'IdName',
    ...cells.map((cell, index) => `${index}${cell}`),
    /^4\{"text":"object","link":/
  ])
  t.notMatch(pdf.dictionaries, /\/(Annots|XObject|EmbeddedFile|URI|JavaScript)\b/)
})

await t.test('a word without blanks goes on in the next line, all of it', async t => {
  const pdf = await printed(two, [
    [1, 'x'.repeat(5000)],
    [2, 'after']
  ])
  t.equal(textOf(pdf).match(/x/g)?.length, 5000)
  const longest = Math.max(...pdf.pages.flatMap(({ lines }) => lines).map(line => line.length))
  t.ok(longest < 150, String(longest))
})

await t.test('a row that is taller than a page loses nothing, wherever it stands', async t => {
  for (const place of [0, 1]) {
    const rows: Cell[][] = [
      [1, 'before'],
      [2, 'after']
    ]
    rows.splice(place, 0, [3, 'word\n'.repeat(200)])
    const pdf = await printed(two, rows)
    t.equal(textOf(pdf).match(/word/g)?.length, 200)
    t.match(textOf(pdf), /after/)
  }
})

await t.test('a label that is taller than a page is cut short', async t => {
  const { pages } = await printed(
    { title: 'Label', columns: [column('Label '.repeat(2000), 'text', { width: 8 }), column('Name')] },
    [['a', 'b']]
  )
  t.equal(pages.length, 1)
  t.match(pages[0]?.lines.join(''), /^Label.*….*abPage 1 of 1$/)
})

await t.test('many columns fit by smaller letters, then by broken words, which a line says', async t => {
  const columns = (count: number): TableFrame => ({
    title: 'Many',
    columns: Array.from({ length: count }, (_, index) => column(`Column ${index}`))
  })
  const row = (count: number): string[] => Array.from({ length: count }, (_, index) => `value${index}`)
  t.notMatch(textOf(await printed(columns(15), [row(15)])), /too narrow/)
  const text = textOf(await printed(columns(60), [row(60)]))
  t.match(text, 'The page is too narrow for the columns of this table: words and numbers are broken.')
  t.equal(text.match(/v/g)?.length, 60)
})
