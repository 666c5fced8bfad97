import t from 'tap'
import { buildApp } from '../../examples/app.js'
import { sender } from '../helpers/bulk-app.js'
import { createDatabase } from '../helpers/database.js'

const database = await createDatabase(t)
const app = await buildApp({ database })
t.after(() => app.close())
const send = sender(app)

await t.test('a rating of a comment is an integer from 1 to 5, to the server and to the database', async t => {
  const articleId = '01940000-0000-7000-8000-000000000001'
  for (const rating of [0, 6, 99, 1.5, '3', null]) {
    const { status, body } = await send(
      'POST',
      '/api/comments',
      { articleId, body: 'b', rating },
      { authorization: 'Bearer alice' }
    )
    t.match([status, body['details']], [400, [{ pointer: '/rating' }]], String(rating))
  }
  t.equal(
    (await send('POST', '/api/comments', { articleId, body: 'b', rating: 5 }, { authorization: 'Bearer alice' }))
      .status,
    201
  )
  await t.rejects(
    database.query('INSERT INTO comments (article_id, body, rating) VALUES ($1, $2, 6)', [articleId, '']),
    { code: '23514' }
  )
})
