import t from 'tap'
import { buildApp } from '../../examples/app.js'
import { createDatabase } from '../helpers/database.js'

const count = 200

const database = await createDatabase(t)
const app = await buildApp({ database })
t.after(() => app.close())

await t.test(
  `${count} articles of one title, created side by side, are all stored, numbered without gaps`,
  { timeout: 110_000 },
  async t => {
    const start = performance.now()
    const answers = await Promise.all(
      Array.from(
        { length: count },
        async () =>
          await app.inject({ method: 'POST', url: '/api/articles', payload: { title: 'One title', content: '' } })
      )
    )
    t.comment(`${((performance.now() - start) / 1000).toFixed(1)} s`)
    t.strictSame([...new Set(answers.map(({ statusCode }) => statusCode))], [201])
    const slugs = answers.map(answer => answer.json<{ data: { slug: string } }>().data.slug)
    t.strictSame(
      slugs.sort(),
      Array.from({ length: count }, (_, i) => (i === 0 ? 'one-title' : `one-title-${i}`)).sort()
    )
  }
)
