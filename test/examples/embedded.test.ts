import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import pg from 'pg'
import t from 'tap'
import { openDatabase } from '../../examples/database/index.js'
import { startEmbedded } from '../../examples/database/embedded.js'

let dump: Blob

const module = import.meta.resolve('../../examples/database/index.js')

await t.test('data in a folder survives a killed process and a proper end', async t => {
  const folder = `${t.testdir()}/data`
  const child = spawn(
    process.execPath,
    [
      '-e',
      `(async () => {
    const { openDatabase } = await import(${JSON.stringify(module)})
    const { pool } = await openDatabase({ COMMONS_DATA: ${JSON.stringify(folder)} })
    await pool.query("INSERT INTO tags (slug, name) VALUES ('red', 'Red')")
    console.log('stored')
    process.stdin.resume()
  })()`
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] }
  )
  t.after(() => child.kill('SIGKILL'))
  await once(createInterface({ input: child.stdout }), 'line')
  await t.rejects(openDatabase({ COMMONS_DATA: folder }), {
    message:
      `${folder} is in use by process ${child.pid}. Stop it or choose another folder; if ${child.pid} is no ` +
      `such server, delete ${folder}/lock`
  })

  child.kill('SIGKILL')
  await once(child, 'exit')
  const second = await openDatabase({ COMMONS_DATA: folder })
  t.strictSame(second.kind, 'pglite')
  await second.pool.query("INSERT INTO tags (slug, name) VALUES ('green', 'Green')")
  await second.close()

  const third = await startEmbedded({ directory: folder })
  dump = await third.dump()
  await third.close()
  t.strictSame(await readdir(folder), ['pglite'], 'the lock is gone')
})

await t.test(
  'a dump starts as a copy in UTC with a pool of one connection; parallel connections of others get their own ' +
    'answers and transactions',
  async t => {
    const embedded = await startEmbedded({ load: dump })
    t.strictSame(embedded.pool.options.max, 1)
    const pool = new pg.Pool({ connectionString: embedded.connectionString, max: 20 })
    t.after(async () => {
      await pool.end()
      await embedded.close()
    })
    t.strictSame((await pool.query('SELECT slug FROM tags ORDER BY id')).rows, [{ slug: 'red' }, { slug: 'green' }])
    t.strictSame((await pool.query('SHOW timezone')).rows, [{ TimeZone: 'UTC' }])

    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const columns = Array.from({ length: i % 7 }, (_, place) => `, $${place + 2}::text AS c${place}`).join('')
        const { rows } = await pool.query<Record<string, unknown>>(`SELECT $1::int AS i${columns}`, [
          i,
          ...Array.from({ length: i % 7 }, (_, place) => `${i}-${place}`)
        ])
        return rows[0]
      })
    )
    t.strictSame(
      answers,
      answers.map((_, i) =>
        Object.fromEntries([['i', i], ...Array.from({ length: i % 7 }, (_, place) => [`c${place}`, `${i}-${place}`])])
      )
    )

    await pool.query('CREATE TABLE kept (i int)')
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const client = await pool.connect()
        await client.query('BEGIN')
        await client.query('INSERT INTO kept VALUES ($1)', [i])
        await client.query(i % 2 === 0 ? 'COMMIT' : 'ROLLBACK')
        client.release()
      })
    )
    t.strictSame(
      (await pool.query<{ i: number }>('SELECT i FROM kept ORDER BY i')).rows.map(row => row.i),
      [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]
    )
  }
)

await t.test('what cannot start says so and frees the folder', async t => {
  const folder = t.testdir()
  await t.rejects(startEmbedded({ directory: folder, load: new Blob(['not a tar file']) }), {
    message: `The embedded database in ${folder} did not start`,
    cause: Error
  })
  t.strictSame(
    (await readdir(folder)).filter(name => name !== 'pglite'),
    []
  )
  await t.rejects(startEmbedded({ load: new Blob(['not a tar file']) }), {
    message: 'The embedded database in memory did not start'
  })
  await t.rejects(openDatabase({ DATABASE_URL: 'postgres://postgres@127.0.0.1:1/postgres' }), { code: 'ECONNREFUSED' })
})
