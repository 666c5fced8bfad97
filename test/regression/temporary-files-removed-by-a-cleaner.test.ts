import { spawn } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import t from 'tap'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { csv, importServer } from '../helpers/import-app.js'

const database = await bulkDatabase(t)
const folder = t.testdir()
process.env['TMPDIR'] = folder

/** An id of a process that has ended. */
async function endedProcess (): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid!
}

const foldersOf = async (): Promise<string[]> =>
  (await readdir(folder)).filter(name => name.startsWith('fastify-prisma-commons-'))

await t.test('the first file removes the folders of processes that were killed, and of no others', async t => {
  const killed = `fastify-prisma-commons-${hostname()}-${await endedProcess()}-aBcDeF`
  const living = `fastify-prisma-commons-${hostname()}-${process.ppid}-aBcDeF`
  const foreign = `fastify-prisma-commons-${hostname()}x-${await endedProcess()}-aBcDeF`
  for (const name of [killed, living, foreign, 'other']) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'upload'), 'x')
  }
  const { send } = await importServer(t, database, { model: 'Tag', import: { uniqueFields: ['slug'] } })
  t.equal((await send(csv('slug,name', 'a,A'))).status, 201)
  const names = await readdir(folder)
  t.notOk(names.includes(killed))
  t.ok([living, foreign, 'other'].every(name => names.includes(name)))
  const own = (await foldersOf()).filter(name => name.includes(`-${process.pid}-`))
  t.equal(own.length, 1)
  t.strictSame(await readdir(join(folder, own[0]!)), [], 'the upload is removed')
})

await t.test('an import works after something has removed the folder of temporary files', async t => {
  const { app, send } = await importServer(t, database, { model: 'Tag', import: { uniqueFields: ['slug'] } })
  const file = csv('slug,name', 'b,B', ',C')
  const first = await send(file)
  t.equal(first.status, 207)
  const { failed_rows_url: url } = first.body.data as { readonly failed_rows_url: string }
  t.equal((await app.inject(url)).statusCode, 200)
  for (const name of await foldersOf()) await rm(join(folder, name), { recursive: true })
  t.equal((await app.inject(url)).statusCode, 404, 'rows that are gone')
  const second = await send(file)
  t.match(second, { status: 207, body: { data: { import_summary: { unchanged: 1, failed: 1 } } } })
  t.equal(
    (
      await app.inject(
        (second.body.data as typeof first.body.data & { readonly failed_rows_url: string }).failed_rows_url
      )
    ).statusCode,
    200
  )
})

await t.test('failed rows that cannot be kept do not lose the report of an import', async t => {
  const lost: unknown[] = []
  const { send } = await importServer(
    t,
    database,
    {
      model: 'Tag',
      import: {
        uniqueFields: ['slug'],
        chunkSize: 1,
        // The upload is being read by then; the file of the failed rows is yet to be made.
        onProgress: ({ rows }) => {
          if (rows !== 1) return
          process.env['TMPDIR'] = join(folder, 'nowhere')
          for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
        }
      }
    },
    app => {
      app.log.error = ((values: { readonly err: unknown }) => {
        lost.push(values.err)
      }) as typeof app.log.error
    }
  )
  t.teardown(() => {
    process.env['TMPDIR'] = folder
  })
  const { status, body } = await send(csv('slug,name', 'c,C', 'd,D', ',E', ',F'))
  t.equal(status, 207)
  t.match(body.data, {
    import_summary: { created: 2, failed: 2 },
    failed_rows: [{ row_number: 4 }, { row_number: 5 }]
  })
  t.notOk(Object.hasOwn(body.data as object, 'failed_rows_url'))
  t.match(lost, [{ code: 'ENOENT' }], 'the log has the reason once')
})
