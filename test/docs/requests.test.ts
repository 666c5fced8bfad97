import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import t from 'tap'
import { createDatabase } from '../helpers/database.js'
import { docsPages } from '../helpers/docs-pages.js'
import { requestsOf, savedFilesOf, send } from '../helpers/docs-requests.js'
import { createQuickStart, emptyTables, namedFile, startServer, tables } from '../helpers/docs-server.js'

const whole = t
const { connectionString, query } = await createDatabase(t, { empty: true })
for (const statement of tables.split(';\n')) if (statement.trim() !== '') await query(statement)
const folder = t.testdir()
await createQuickStart(folder)

await t.test('the tables of this test are those of the quick start', async t => {
  process.env.DATABASE_URL = connectionString
  const { prisma } = (await import(pathToFileURL(join(folder, 'prisma.js')).href)) as {
    readonly prisma: { $doctor: () => Promise<unknown>; $disconnect: () => Promise<void> }
  }
  t.strictSame(await prisma.$doctor(), { problems: [], notes: [] })
  await prisma.$disconnect()
})

/** The name of a file of failed rows is random. */
const failedRowsName = /(\/import-failures\/)([\w-]+)/g

/** Pages that show a server of their own; all others send their requests to that of the quick start. */
const addresses = new Map<string, Promise<string>>()

for (const page of docsPages().filter(page => requestsOf(page).length > 0)) {
  await t.test(`the requests of ${page.path} are answered as the page says`, async t => {
    const text = namedFile('server.ts', page) ?? namedFile('server.ts')!
    if (!addresses.has(text)) {
      const name = `server-${addresses.size}.js`
      addresses.set(text, startServer(whole, folder, { name, text, url: connectionString }))
    }
    const origin = await addresses.get(text)!
    await query(emptyTables)
    if (namedFile('server.ts', page) === undefined) {
      await query("INSERT INTO \"Customer\" (code, name) VALUES ('C-1', 'Acme')")
    }

    const files = savedFilesOf(page)
    let failedRows = ''
    for (const { place, command, answer } of requestsOf(page)) {
      const response = await send(command.replace(failedRowsName, `$1${failedRows}`), origin, files)
      const received = await response.text()
      failedRows = [...received.matchAll(failedRowsName)][0]?.[2] ?? failedRows
      if (answer === undefined) t.ok(response.ok, `${place} is answered with success`)
      else t.strictSame(comparable(received, answer.language), comparable(answer.text, answer.language), place)
    }
  })
}

function comparable (text: string, language: string): unknown {
  if (language !== 'json') return text.replaceAll('\r\n', '\n')
  const steady = text.replaceAll(/"timestamp": ?"[^"]+"/g, '"timestamp":"now"').replaceAll(failedRowsName, '$1name')
  return JSON.parse(steady)
}

t.end()
