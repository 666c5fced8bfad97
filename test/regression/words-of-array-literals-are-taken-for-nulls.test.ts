import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const { prisma: plain } = await createDatabase(t)
const prisma = plain.$extends(commons({ metadata, actorContext: 'ignore' }))

/** What an array literal takes for more than text where it is not quoted. */
const words = [
  'null',
  'NULL',
  'Null',
  'true',
  'nan',
  'infinity',
  '{}',
  '{',
  '}',
  ',',
  '"',
  '\\',
  '\\"',
  "'",
  ' ',
  '',
  'a,b',
  '{"a"}'
]

await t.test('titles that read as words of array literals give one slug after another', async t => {
  const twice = async (title: string): Promise<string[]> => {
    const slugs: string[] = []
    for (let i = 0; i < 2; i++) {
      slugs.push(
        (await prisma.article.bulkCreate({ data: [{ title, content: '' }], select: { slug: true } })).rows[0]!.slug
      )
    }
    return slugs
  }
  t.strictSame(await twice('Null'), ['null', 'null-1'])
  t.strictSame(await twice('NULL'), ['null-2', 'null-3'])
  t.strictSame(await twice('true'), ['true', 'true-1'])
  t.strictSame(await twice('NaN!'), ['nan', 'nan-1'])
  const { rows } = await prisma.article.bulkCreate({
    data: [
      { title: 'null!', content: '' },
      { title: '"null"', content: '' }
    ],
    select: { slug: true }
  })
  t.strictSame(rows, [{ slug: 'null-4' }, { slug: 'null-5' }])
})

await t.test('words of array literals are stored, updated and found as they are, also in lists and keys', async t => {
  await prisma.specimen.bulkCreate({
    data: words.map(word => ({ code: word, text: word, texts: [word, 'x'], json: word }))
  })
  const stored = async (): Promise<unknown> =>
    await plain.specimen
      .findMany({ where: { code: { in: words } }, select: { code: true, text: true, texts: true, json: true } })
      .then(rows => rows.sort((a, b) => words.indexOf(a.code) - words.indexOf(b.code)))
  const expected = words.map(word => ({ code: word, text: word, texts: [word, 'x'], json: word }))
  t.strictSame(await stored(), expected)
  const { updated } = await prisma.specimen.bulkUpdate({
    data: words.map(word => ({ where: { code: word }, data: { short: 'y' } }))
  })
  t.equal(updated, words.length)
  const { deleted } = await prisma.specimen.bulkDelete({ where: words.map(code => ({ code })) })
  t.equal(deleted, words.length)
})
