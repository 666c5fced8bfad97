import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createDatabase, type Lifetime } from '../helpers/database.js'
import { untilSessionsWait } from '../helpers/sessions.js'

const script = fileURLToPath(import.meta.resolve('../../examples/server.js'))
const body = JSON.stringify([1, 2, 3].map(i => ({ contractNumber: `K-${i}`, year: 2026, amount: '1.00' })))

async function startServer (
  t: Lifetime,
  connectionString: string
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, DATABASE_URL: connectionString, COMMONS_DATA: '', HOST: '127.0.0.1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.after(async () => {
    child.kill('SIGKILL')
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url === undefined) continue
    child.stdout.resume()
    return { child, url }
  }
  throw new Error('The server ended before it listened')
}

async function send (url: string): Promise<Response> {
  return await fetch(`${url}/api/contracts`, {
    method: 'POST',
    headers: { authorization: 'Bearer alice', 'content-type': 'application/json', 'idempotency-key': 'once' },
    body
  })
}

// The processes share the server of a database; PGlite lives in one of them.
await t.test('a server that is killed in the middle of a request', { skip: !process.env.DATABASE_URL }, async t => {
  await t.test('before its transaction ends: the request, sent again, is done', async t => {
    const { connectionString, pool, query } = await createDatabase(t)
    const first = await startServer(t, connectionString)
    const holder = await pool.connect()
    await holder.query(
      "BEGIN; INSERT INTO contracts (contract_number, year, amount, updated_at) VALUES ('K-2', 2026, 1, now())"
    )
    const lost = send(first.url).then(
      response => response.status,
      () => 'lost'
    )
    await untilSessionsWait(query, 1)
    first.child.kill('SIGKILL')
    t.equal(await lost, 'lost')
    await holder.query('ROLLBACK')
    holder.release()
    const second = await startServer(t, connectionString)
    const answer = await send(second.url)
    t.equal(answer.status, 201)
    t.equal(answer.headers.get('idempotent-replayed'), null)
    const again = await send(second.url)
    t.equal(again.headers.get('idempotent-replayed'), 'true')
    t.strictSame(await query("SELECT count(*)::int AS n FROM contracts WHERE contract_number LIKE 'K-%'"), [{ n: 3 }])
  })

  await t.test('whenever that is: the request, sent until it is answered, is done once', async t => {
    const { connectionString, query } = await createDatabase(t)
    for (const wait of [10, 30, 50, 80]) {
      const { child, url } = await startServer(t, connectionString)
      const sent = send(url).then(
        () => 'answered',
        () => 'lost'
      )
      await new Promise(resolve => setTimeout(resolve, wait))
      child.kill('SIGKILL')
      await once(child, 'exit')
      t.comment(`after ${wait} ms: ${await sent}`)
    }
    const { url } = await startServer(t, connectionString)
    const answer = await send(url)
    t.equal(answer.status, 201)
    t.strictSame(await query("SELECT count(*)::int AS n FROM contracts WHERE contract_number LIKE 'K-%'"), [{ n: 3 }])
    t.strictSame(await query('SELECT count(*)::int AS n FROM commons_idempotency'), [{ n: 1 }])
  })
})
