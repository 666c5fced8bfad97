import t from 'tap'
import { numberedSlug, slugFamilies, slugText } from '../../../../lib/store/slug/slug-text.js'
import { transliterate } from '../../../../prisma/binding/transliterate.js'

const slugOf = (text: string, limit = 255): string => slugText(text, transliterate, limit)

await t.test('a text of any script becomes lower-case words of ASCII, joined by single hyphens', async t => {
  const wanted = {
    'Hello, World!': 'hello-world',
    '  --Already - a  slug--  ': 'already-a-slug',
    'Übergröße in Köln': 'ubergrosse-in-koln',
    'Łódź, œuvre, Þór': 'lodz-oeuvre-thor',
    'Cafe\u0301 ﬁne': 'cafe-fine',
    'Большой привет': 'bolshoy-privet',
    'Αθήνα και Θεσσαλονίκη': 'athina-kai-thessaloniki',
    北京欢迎你: 'beijinghuanyingni',
    "It’s Mary's": 'its-marys',
    'C++ & C#': 'c-c',
    '１２３': '123',
    'a_b.c/d': 'a-b-c-d',
    '🎉 Party 🎉': 'party',
    '🎉🎉': 'item',
    '👨‍👩‍👧 👍🏽 🇫🇷 ™': 'item',
    '…!?': 'item',
    '': 'item',
    '\ud800': 'item'
  }
  t.strictSame(Object.fromEntries(Object.keys(wanted).map(text => [text, slugOf(text)])), wanted)
})

await t.test('a slug has no more characters than its column, and no hyphen at its end', async t => {
  t.equal(slugOf('a'.repeat(300)), 'a'.repeat(255))
  t.equal(slugOf('abc def', 4), 'abc')
  t.equal(slugOf('', 3), 'ite')
})

await t.test('a number stands behind a base that is cut to leave room for it', async t => {
  t.strictSame(
    [0, 1, 9, 10, 100].map(number => numberedSlug('abc-de', number, 6)),
    ['abc-de', 'abc-1', 'abc-9', 'abc-10', 'ab-100']
  )
  t.equal(numberedSlug('abc', 1, 255), 'abc-1')
  t.strictSame(
    [numberedSlug('abc', 9, 3), numberedSlug('abc', 10, 3)],
    ['a-9', undefined],
    'a character at least is left of the base'
  )
})

await t.test('texts that numbering can make alike are of one family', async t => {
  const long = 'a'.repeat(39)
  const [family] = slugFamilies(`${long}b`, 40)
  t.strictSame(slugFamilies(`${long}c`, 40), [family])
  t.ok(slugFamilies(`${'a'.repeat(37)}-3`, 40).includes(family!))
  t.strictSame(slugFamilies('a-1', 40), ['a-1', 'a'])
  t.strictSame([slugFamilies('a-01', 40), slugFamilies('a-0', 40)], [['a-01'], ['a-0']], 'no such number is given')
})
