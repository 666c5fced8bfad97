import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, specimenServer } from '../helpers/import-app.js'

const database = await bulkDatabase(t)

await t.test('a header goes to the column of its exact name', async t => {
  const { send, take } = await specimenServer(t, database, [], {
    fields: { code: 'code', text: 'Name', short: 'name' }
  })
  const { status } = await send(csv('code,name,Name', 'a,low,high'))
  t.strictSame([status, await take('text', 'short')], [201, [['high', 'low']]])
})

await t.test('a header that may be several columns is an error', async t => {
  const { send } = await specimenServer(t, database, [], { fields: { code: 'code', text: 'Name', short: 'name' } })
  const { status, details } = await send(csv('code,NAME', 'a,which'))
  t.strictSame([status, details], [422, ['The header "NAME" may be "Name" or "name"']])
})

await t.test('two headers of one column are an error, whichever is the exact one', async t => {
  const { send } = await specimenServer(t, database, ['text'])
  const { status, details } = await send(csv('code,Text,text', 'a,b,c'))
  t.strictSame([status, details], [422, ['The columns 2 and 3 are both "text"']])
})

await t.test(
  'a header with the name of a field that is not imported does not go to a column spelled alike',
  async t => {
    const { send, take } = await specimenServer(t, database, [], { fields: { code: 'code', text: 'Short' } })
    const { status } = await send(csv('code,short', 'a,lost'))
    t.strictSame([status, await take('text', 'short')], [201, [[null, null]]])
  }
)

await t.test('a header with the name of a field goes to its column, whatever that is called', async t => {
  const { send, take } = await specimenServer(t, database, [], { fields: { code: 'code', jsonText: 'json_text' } })
  const { status } = await send(csv('code,jsonText', 'a,5'))
  t.strictSame([status, await take('jsonText')], [201, [['5']]])
})
