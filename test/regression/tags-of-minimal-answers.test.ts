import t from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const app = await serve(
  t,
  database,
  {
    '/contracts': { model: 'Contract' },
    '/counts': { model: 'Contract', returnDataOnUpdate: false, returnDataOnCreate: false },
    '/tags': { model: 'Tag' }
  },
  { crud: true }
)
const send = sender(app)
const minimal = { prefer: 'return=minimal' }
const row = (year: number): object => ({ contractNumber: 'T', year, amount: year })

await t.test('an answer about one row has its ETag, with rows or without', async t => {
  const tagOf = async (
    method: 'POST' | 'PATCH' | 'PUT',
    url: string,
    body: unknown,
    headers: Record<string, string> = minimal
  ): Promise<unknown[]> => {
    const {
      status,
      headers: { etag },
      body: { data }
    } = await send(method, url, body, headers)
    return [status, etag, Object.hasOwn(data as object, 'serialization_skipped')]
  }
  t.strictSame(await tagOf('POST', '/contracts', row(1)), [201, '"1"', true])
  t.strictSame(await tagOf('POST', '/contracts?unique_fields=contractNumber,year', { ...row(1), note: 'x' }), [
    200,
    '"2"',
    true
  ])
  t.strictSame(await tagOf('PATCH', '/contracts?unique_fields=contractNumber,year', { ...row(1), note: 'y' }), [
    200,
    '"3"',
    true
  ])
  t.strictSame(await tagOf('PUT', '/contracts?unique_fields=contractNumber,year', row(2)), [201, '"1"', true])
  t.strictSame(await tagOf('POST', '/counts', row(3), {}), [201, '"1"', true])
  t.strictSame(await tagOf('POST', '/counts?unique_fields=contractNumber,year', { ...row(3), note: 'z' }, {}), [
    200,
    '"2"',
    true
  ])
  t.strictSame(await tagOf('PATCH', '/contracts/1', { note: 'z' }), [200, '"4"', true])
  t.strictSame(await tagOf('POST', '/contracts', [row(4)]), [201, undefined, true], 'a list has none')
  t.strictSame(
    await tagOf('POST', '/tags', { slug: 'a', name: 'A' }),
    [201, undefined, true],
    'nor have rows without a version'
  )
})
