import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const send = sender(await serve(t, database, { '/tags': { model: 'Tag' } }))

await t.test('a partial request repeats ids that are none cut short, however deep or long they are', async t => {
  const body = `[${'['.repeat(20_000)}${']'.repeat(20_000)},"${'x'.repeat(100_000)}"]`
  const { status, body: answer } = await send('DELETE', '/tags?partial_success=true', body)
  t.equal(status, 207)
  const { results } = answer.data as { results: { id: unknown; result: string }[] }
  t.strictSame(
    results.map(({ id, result }) => [result, JSON.stringify(id).length < 200]),
    [
      ['failed', true],
      ['failed', true]
    ]
  )
})
