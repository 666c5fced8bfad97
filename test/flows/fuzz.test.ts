import t from 'tap'
import { fuzz } from '../fuzz/run.js'
import { createDatabase } from '../helpers/database.js'

// `npm run fuzz` sends many more.
const requests = 300

await t.test(
  'random requests to every route get no 5xx, tell no internals and never stop the event loop for long',
  async t => {
    const { findings, statuses } = await fuzz(t, await createDatabase(t), { requests, seed: 11 })
    t.strictSame(findings, [])
    t.ok(
      (statuses.get(200) ?? 0) > 0 && (statuses.get(201) ?? 0) > 0 && (statuses.get(400) ?? 0) > 0,
      'they are right often enough to get through'
    )
  }
)
