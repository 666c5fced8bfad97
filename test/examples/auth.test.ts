import t from 'tap'
import { authenticate } from '../../examples/auth.js'

await t.test('the token tells the user, no header means anonymous', async t => {
  t.strictSame(authenticate({ headers: {} }), null)
  t.strictSame(authenticate({ headers: { authorization: 'Bearer alice' } }), { id: 1, name: 'alice', role: 'member' })
  t.strictSame(authenticate({ headers: { authorization: 'bearer bob' } }), { id: 2, name: 'bob', role: 'member' })
  t.strictSame(authenticate({ headers: { authorization: 'Bearer admin' } }), { id: 3, name: 'admin', role: 'admin' })
})

await t.test('anything else is 401', async t => {
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    'Bearer eve',
    'Bearer Alice',
    'Bearer alice bob',
    'Basic alice',
    'alice',
    'Bearer constructor'
  ]) {
    t.throws(
      () => authenticate({ headers: { authorization } }),
      { code: 'unauthorized', statusCode: 401 },
      `"${authorization}"`
    )
  }
})
