import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, specimenServer } from '../helpers/import-app.js'

const database = await bulkDatabase(t)

await t.test('delimiters behind the header alone do not make its rows too short', async t => {
  const { send, take } = await specimenServer(t, database, ['text'])
  for (const header of ['code,text,', 'code,text,,,', 'code,text,"", ']) {
    const { status, failed } = await send(csv(header, 'a,b', 'c,d,', 'e'))
    t.strictSame([status, failed, await take('text')], [201, [], [['b'], ['d'], [null]]], header)
  }
  const { status, failed } = await send(csv('code,text,', 'a,b,c'))
  t.strictSame([status, failed], [422, ['2: The row has 3 cells, the first row 2']])
})
