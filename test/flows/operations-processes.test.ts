import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { OperationStatus } from 'fastify-prisma-commons/operations'
import t, { type Test } from 'tap'
import { Random } from '../fuzz/random.js'
import { createDatabase } from '../helpers/database.js'

const { kind, query, connectionString } = await createDatabase(t)
const options = kind === 'pglite' ? { skip: 'needs several connections' } : {}
const script = fileURLToPath(new URL('../helpers/operations-worker.js', import.meta.url))
// Counts how often each row was inserted, in whatever transaction that was kept.
await query('CREATE TABLE written (slug text NOT NULL)')
await query(`CREATE FUNCTION note_written() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN INSERT INTO written VALUES (NEW.slug); RETURN NEW; END $$`)
await query('CREATE TRIGGER note_written BEFORE INSERT OR UPDATE ON tags FOR EACH ROW EXECUTE FUNCTION note_written()')

interface Worker {
  readonly child: ChildProcess
  readonly url: string
}

async function startWorker (t: Test, chunkMilliseconds: number): Promise<Worker> {
  const child = fork(script, [connectionString, String(chunkMilliseconds)])
  t.after(() => {
    child.kill('SIGKILL')
  })
  const [url] = (await once(child, 'message')) as [string]
  return { child, url }
}

async function killed ({ child }: Worker, signal: NodeJS.Signals): Promise<void> {
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

async function start ({ url }: Worker, count: number, name: string): Promise<string> {
  const items = Array.from({ length: count }, (_, i) => ({ slug: `${name}-${i}`, name }))
  const response = await fetch(`${url}/tags?unique_fields=slug&partial_success=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async', 'x-user': name },
    body: JSON.stringify(items)
  })
  return ((await response.json()) as { readonly data: OperationStatus }).data.id
}

async function status ({ url }: Worker, id: string, name: string, wait = 0): Promise<OperationStatus> {
  const response = await fetch(`${url}/operations/${id}?wait=${wait}`, { headers: { 'x-user': name } })
  return ((await response.json()) as { readonly data: OperationStatus }).data
}

async function reached (worker: Worker, id: string, name: string, processed: number): Promise<void> {
  while ((await status(worker, id, name)).processed < processed) await sleep(20)
}

async function writtenOf (name: string): Promise<object> {
  const [row] = await query(
    `SELECT count(*)::integer AS writes, count(DISTINCT slug)::integer AS rows,
      (SELECT count(*)::integer FROM tags WHERE name = $1) AS stored FROM written WHERE slug LIKE $2`,
    [name, `${name}-%`]
  )
  return row!
}

await t.test(
  'an operation of a process that was killed is ended by another one, each row written once',
  options,
  async t => {
    const first = await startWorker(t, 20)
    const id = await start(first, 1000, 'killed')
    await reached(first, id, 'killed', 200)
    await killed(first, 'SIGKILL')
    const second = await startWorker(t, 0)
    const { state, created, unprocessed } = await status(second, id, 'killed', 30)
    t.strictSame({ state, created, unprocessed }, { state: 'succeeded', created: 1000, unprocessed: 0 })
    t.strictSame(await writtenOf('killed'), { writes: 1000, rows: 1000, stored: 1000 })
  }
)

await t.test(
  'two processes share the operations, and the one that is left takes over those of the other',
  options,
  async t => {
    const [first, second] = await Promise.all([startWorker(t, 20), startWorker(t, 20)])
    const names = ['share-a', 'share-b']
    const ids = await Promise.all(names.map(async name => await start(first, 400, name)))
    await Promise.all(ids.map(async (id, i) => await reached(second, id, names[i]!, 60)))
    await killed(first, 'SIGKILL')
    for (const [i, id] of ids.entries()) {
      const name = names[i]!
      t.match(await status(second, id, name, 30), { state: 'succeeded', created: 400 }, name)
      t.strictSame(await writtenOf(name), { writes: 400, rows: 400, stored: 400 }, name)
    }
  }
)

await t.test(
  'a process that is asked to end finishes its chunk, and the next one goes on at once',
  options,
  async t => {
    const first = await startWorker(t, 50)
    const id = await start(first, 1000, 'stopped')
    await reached(first, id, 'stopped', 100)
    await killed(first, 'SIGTERM')
    t.equal(first.child.exitCode, 0)
    t.match(await query('SELECT state, lease_token FROM commons_operations WHERE id = $1', [id]), [
      { state: 'running', lease_token: null }
    ])
    const second = await startWorker(t, 0)
    t.match(await status(second, id, 'stopped', 30), { state: 'succeeded', created: 1000 })
    t.strictSame(await writtenOf('stopped'), { writes: 1000, rows: 1000, stored: 1000 })
  }
)

await t.test(
  'the counts of a cancelled operation are those of its rows, whenever it is cancelled',
  options,
  async t => {
    const random = new Random(1)
    const worker = await startWorker(t, 2)
    for (let i = 0; i < 20; i++) {
      const name = `cancel-${i}`
      const id = await start(worker, 400, name)
      await sleep(random.below(150))
      await fetch(`${worker.url}/operations/${id}`, { method: 'DELETE', headers: { 'x-user': name } })
      const { state, created, unprocessed } = await status(worker, id, name, 30)
      t.match(state, /^(cancelled|succeeded)$/)
      t.equal(created + unprocessed, 400)
      t.match(await writtenOf(name), { stored: created, writes: created }, `${name}: ${state}`)
    }
  }
)
