import t from 'tap'
import { retried } from '../../../../lib/store/write/retried.js'
import { describeError } from '../../../../lib/envelope/errors.js'
import { CommonsError } from '../../../../lib/errors.js'

/** Work that fails some times; gives the number of the attempt that it took. */
function failing (times: number, error: Error): () => Promise<number> {
  let attempt = 0
  return async () => {
    attempt++
    if (attempt <= times) throw error
    return attempt
  }
}

await t.test('a write conflict is tried again until the work is done', async t => {
  t.equal(await retried(60_000, failing(5, new CommonsError('write_conflict'))), 6)
})

await t.test('a write conflict without time is thrown after one attempt, and after the time has passed', async t => {
  const conflict = new CommonsError('write_conflict')
  for (const timeout of [null, 0]) await t.rejects(retried(timeout, failing(1, conflict)), conflict)
  await t.rejects(retried(50, failing(Infinity, conflict)), conflict)
})

await t.test('any other error is thrown at once', async t => {
  const other = new CommonsError('database_timeout')
  await t.rejects(retried(60_000, failing(1, other)), other)
})

await t.test('the answer to a write conflict says when to come back', t => {
  t.strictSame(describeError(new CommonsError('write_conflict')).headers, { 'retry-after': '1' })
  t.strictSame(describeError(new CommonsError('unique_violation')).headers, {})
  t.end()
})
