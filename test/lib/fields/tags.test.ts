import { tagsOf, withoutTags, withTags } from 'fastify-prisma-commons/fields'
import t from 'tap'

const list = Object.freeze({ tags: Object.freeze(['news', ' sport ', 'news', '']) })
const text = Object.freeze({ tags: ' news, sport,,news ' })

await t.test('tags are trimmed, never empty, each once', t => {
  t.strictSame(
    [tagsOf(list), tagsOf(text)],
    [
      ['news', 'sport'],
      ['news', 'sport']
    ]
  )
  t.strictSame([tagsOf({ tags: [] }), tagsOf({ tags: '' }), tagsOf({ tags: null }), tagsOf({})], [[], [], [], []])
  t.strictSame(tagsOf({ labels: 'a,A' }, { tags: 'labels' }), ['a', 'A'])
  t.strictSame(tagsOf({ tags: 'a' }, { tags: null }), [])
  t.end()
})

await t.test('tags are added at the end, in the form of the column', t => {
  t.strictSame(withTags(list, 'art'), ['news', 'sport', 'art'])
  t.strictSame(withTags(text, 'art'), 'news, sport, art')
  t.strictSame(withTags(list, [' art ', 'news', 'art', 'a, b']), ['news', 'sport', 'art', 'a, b'])
  t.strictSame(withTags({ tags: null }, ['a', 'b']), 'a, b')
  t.strictSame([withTags({ tags: null }, []), withTags({ tags: '' }, []), withTags({ tags: [] }, [])], [null, '', []])
  t.strictSame(withTags({ labels: ['a'] }, 'b', { tags: 'labels' }), ['a', 'b'])
  t.end()
})

await t.test('tags are taken away, whether they are there or not', t => {
  t.strictSame(withoutTags(list, ['news ', 'art']), ['sport'])
  t.strictSame(withoutTags(text, 'sport'), 'news')
  t.strictSame(withoutTags(text, ['sport', 'news']), '')
  t.strictSame(withoutTags({ tags: null }, 'a'), null)
  t.strictSame(withoutTags({ labels: 'a,b' }, 'a', { tags: 'labels' }), 'b')
  t.end()
})

await t.test('a tag that the column cannot hold is refused, and so is a row without the column', t => {
  t.throws(
    () => withTags(text, ['fine', 'a, b']),
    new RangeError('The tag "a, b" holds a comma, which ends a tag in the text column "tags"')
  )
  t.throws(
    () => withTags({ labels: null }, 'a,b', { tags: 'labels' }),
    new RangeError('The tag "a,b" holds a comma, which ends a tag in the text column "labels"')
  )
  t.throws(() => withTags(list, ' '), new RangeError('A tag may not be empty'))
  t.throws(() => withTags({}, 'a'), new TypeError('The row was read without its column "tags"'))
  t.throws(
    () => withoutTags({ tags: [] }, 'a', { tags: 'labels' as 'tags' }),
    new TypeError('The row was read without its column "labels"')
  )
  t.throws(() => withoutTags({ tags: [] }, 'a', { tags: null }), new TypeError('The model has no column of tags'))
  t.end()
})
