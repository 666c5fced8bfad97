import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import { sampleItem } from '../helpers/sample.js'

const send = sender(await serve(t, await bulkDatabase(t), { '/samples': { model: 'Sample' } }, { crud: true }))
const problem = 'A number of more than 15 digits is not exact in JSON: send it as a string'

await t.test('decimals as JSON numbers of more digits than a double keeps are refused', async t => {
  for (const number of [
    '12345678901234567890.12',
    '0.1234567890123456',
    '1234567890123456',
    '-1234567890123456.5',
    '1.000000000000001e16'
  ]) {
    const item = JSON.stringify(sampleItem('a', { numeric: 'N', numerics: [] })).replace('"N"', number)
    t.match(
      await send('POST', '/samples', item),
      { status: 400, body: { details: [{ code: 'invalid_value', pointer: '/numeric', params: { problem } }] } },
      number
    )
  }
  const list = JSON.stringify(sampleItem('a', { numerics: ['1', 'N'] })).replace('"N"', '12345678901234567890')
  t.match(await send('POST', '/samples', list), { status: 400, body: { details: [{ pointer: '/numerics' }] } })
  t.match(await send('POST', '/samples/query', '{"filters":{"numeric":12345678901234567890.12}}'), { status: 400 })
})

await t.test('shorter numbers, and strings of any length, are stored as they are', async t => {
  for (const [value, stored] of [
    [123456789012345, '123456789012345'],
    [0.1, '0.1'],
    [1e20, '100000000000000000000'],
    [-99999.9999, '-99999.9999'],
    [1e-7, '0.0000001'],
    ['12345678901234567890.12', '12345678901234567890.12']
  ] as const) {
    t.match(
      await send('POST', '/samples', sampleItem(stored, { numeric: value })),
      { status: 201, body: { data: { numeric: stored } } },
      stored
    )
  }
})
