import t from 'tap'
import { didYouMean, nearest } from '../../lib/suggest.js'

const known = ['title', 'body', 'createdAt', 'authorId']

await t.test('a typo finds its word, whatever its case', async t => {
  t.strictSame(
    ['titel', 'TITLE', 'ttle', 'bodyy', 'bdoy', 'created_at', 'author'].map(word => nearest(word, known)),
    ['title', 'title', 'title', 'body', 'body', 'createdAt', 'authorId']
  )
})

await t.test('the nearest of several wins, the first of equals', async t => {
  t.equal(nearest('cats', ['carts', 'cat', 'dog']), 'carts')
  t.equal(nearest('cat', ['carts', 'cat']), 'cat')
})

await t.test('a word that is like none of them finds none', async t => {
  t.strictSame(
    ['xyz', 'completely', ''].map(word => nearest(word, known)),
    [undefined, undefined, undefined]
  )
  t.equal(nearest('title', []), undefined)
})

await t.test('a very long word costs no time', async t => {
  const start = performance.now()
  t.equal(
    nearest(
      'x'.repeat(200_000),
      Array.from({ length: 1000 }, (_, i) => `field${i}`)
    ),
    undefined
  )
  t.ok(performance.now() - start < 2_000)
})

await t.test('the sentence suggests one word or lists all', async t => {
  t.equal(didYouMean('titel', known), 'Did you mean "title"?')
  t.equal(didYouMean('xyz', new Set(known)), 'Known: title, body, createdAt, authorId')
})
