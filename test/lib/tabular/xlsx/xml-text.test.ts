import t from 'tap'
import { decodeEscapes, escapeAttribute, escapeText } from '../../../../lib/tabular/xlsx/xml-text.js'

const table: ReadonlyArray<readonly [text: string, xml: string]> = [
  ['plain _ text', 'plain _ text'],
  ['<a href="x">&amp;</a>', '&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;'],
  ['tab\tand\nline', 'tab\tand\nline'],
  ['\0\x01\b\r\x1f\x7f', '_x0000__x0001__x0008__x000D__x001F__x007F_'],
  ['\ufffe\uffff', '_xFFFE__xFFFF_'],
  ['_x0041_ _x004_ _x0041', '_x005F_x0041_ _x004_ _x0041'],
  ['_x0041_x0042_', '_x005F_x0041_x005F_x0042_'],
  ['😀 \ud83d \ude00', '😀 _xD83D_ _xDE00_'],
  ['漢字 Việt \u00a0\u2028', '漢字 Việt \u00a0\u2028']
]

await t.test('text is written so that XML holds it, and read back as it was', async t => {
  for (const [index, [text, xml]] of table.entries()) {
    t.equal(escapeText(text), xml, `text ${index}`)
    const unescaped = xml
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&')
    t.equal(decodeEscapes(unescaped), text, `text ${index}`)
  }
})

await t.test('attributes keep line breaks', async t => {
  t.equal(escapeAttribute('a\n\t"b"'), 'a&#10;&#9;&quot;b&quot;')
})
