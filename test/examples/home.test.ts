import t from 'tap'
import { buildApp } from '../../examples/app.js'
import { shownRequests } from '../../examples/routes/home.js'
import { createDatabase } from '../helpers/database.js'

const app = await buildApp({ database: await createDatabase(t) })
t.after(() => app.close())

await t.test('the first page shows the users, the documentation and requests for curl', async t => {
  const { statusCode, headers, body } = await app.inject('/')
  t.equal(statusCode, 200)
  t.match(headers, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': /default-src 'none'/ })
  for (const text of ['href="/docs"', 'Bearer alice', 'Bearer admin', ...shownRequests.map(({ path }) => path)]) {
    t.ok(body.includes(text.replaceAll('&', '&amp;')), text)
  }
})

await t.test('the requests of the page succeed', async t => {
  for (const { title, method, path, user, body } of shownRequests) {
    const { statusCode } = await app.inject({
      method,
      url: path,
      headers: user === undefined ? {} : { authorization: `Bearer ${user}` },
      ...(body === undefined ? {} : { payload: body })
    })
    t.equal(statusCode, 200, title)
  }
})
