import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import type { FastifyInstance } from 'fastify'
import { defineResource, type ExportConnection } from 'fastify-prisma-commons/export'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { keepingLogger, type LogLine } from '../helpers/envelope-app.js'
import { downloader, fileServer, refusedFile } from '../helpers/export-app.js'
import { until, untilClientsAreGone } from '../helpers/until.js'

const database = await bulkDatabase(t)
const { query, statements } = database
const rows = 60_000

await query(`insert into contracts (id, contract_number, year, amount, note, updated_at)
  select n, 'N-' || n, 2026, n, repeat('x', 200), '2026-01-01' from generate_series(1, ${rows}) n`)
await query("insert into tags (id, slug, name) values (1, 'red', 'Red'), (2, 'blue', '')")

const contracts = defineResource({ model: 'Contract', export: { pageRows: 500, include: ['id', 'note'] } })
const broken = (from: number): ReturnType<typeof defineResource> =>
  defineResource({
    model: 'Contract',
    export: {
      pageRows: 500,
      include: ['id', 'note', 'odd'],
      fields: {
        odd: {
          needs: ['id'],
          value: ({ id }) => {
            if (Number(id) >= from) throw new Error('A secret of the server')
            return id
          }
        }
      }
    }
  })

/** Waits as long as some statements of another client take. */
async function statementsOfOthers (count: number): Promise<void> {
  for (let n = 0; n < count; n++) await query('select 1')
}

async function untilPoolIsIdle (): Promise<void> {
  await until('the connections', () => database.pool.idleCount === database.pool.totalCount)
}

/** Asks for a file over a socket of its own. */
async function request (app: FastifyInstance, path: string): Promise<IncomingMessage> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 })
  const [answer] = (await once(
    get({ port: (app.server.address() as AddressInfo).port, path, agent: false }),
    'response'
  )) as [IncomingMessage]
  return answer
}

await t.test('a client that leaves ends the reading', async t => {
  for (const definition of [
    contracts,
    broken(Infinity),
    ...(database.kind === 'postgresql'
      ? [
          defineResource({
            ...contracts.options,
            ...contracts.sections,
            export: { ...contracts.sections['export'], pool: database.pool }
          })
        ]
      : [])
  ]) {
    const lines: LogLine[] = []
    const app = await fileServer(
      t,
      database,
      { '/contracts': definition },
      { server: { logger: keepingLogger(lines) } }
    )
    statements.length = 0
    const answer = await request(app, '/contracts/export')
    let bytes = 0
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).length
      if (bytes > 2 ** 20) break
    }
    answer.destroy()
    await untilClientsAreGone(app.server)
    await untilPoolIsIdle()
    const [active] = await query<{ count: number }>(
      'select count(*)::int as count from pg_stat_activity where datname = current_database() and pid <> ' +
        "pg_backend_pid() and state in ('active', 'idle in transaction')"
    )
    if (database.kind === 'postgresql') t.equal(active!.count, 0, 'the database runs nothing for it')
    const done = statements.length
    t.ok(done < rows / 500 / 2, `${done} statements for a part of the file`)
    await statementsOfOthers(20)
    t.equal(statements.length, done, 'nothing goes on')
    t.strictSame(
      lines.filter(({ level }) => level > 40),
      [],
      'it is no error'
    )
  }
})

await t.test('a client that leaves before the first byte leaves nothing behind', async t => {
  const lines: LogLine[] = []
  let isLeft: (() => void) | undefined
  let isAsked: (() => void) | undefined
  const asked = new Promise<void>(resolve => {
    isAsked = resolve
  })
  const left = new Promise<void>(resolve => {
    isLeft = resolve
  })
  // The first rows are there when the client is gone, and nothing is sent yet.
  const connect = async (): Promise<ExportConnection> => {
    const connection = await database.pool.connect()
    return {
      query: async (text, values) => {
        const result = await connection.query<Record<string, unknown>>(text, values)
        if (text.startsWith('fetch')) {
          isAsked!()
          await left
        }
        return result
      },
      release: destroy => {
        connection.release(destroy)
      }
    }
  }
  const definition = defineResource({
    ...contracts.options,
    ...contracts.sections,
    export: { ...contracts.sections['export'], pool: { connect } }
  })
  const app = await fileServer(t, database, { '/contracts': definition }, { server: { logger: keepingLogger(lines) } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const client = get({ port: (app.server.address() as AddressInfo).port, path: '/contracts/export', agent: false })
  client.on('error', () => {})
  await asked
  client.destroy()
  await untilClientsAreGone(app.server)
  isLeft!()
  await untilPoolIsIdle()
  t.equal(database.pool.idleCount, database.pool.totalCount, 'no connection is kept')
  t.strictSame(
    lines.filter(({ level }) => level > 40),
    [],
    'it is no error'
  )
})

await t.test('a client that does not read holds the reading up', async t => {
  const app = await fileServer(t, database, { '/contracts': contracts })
  statements.length = 0
  const answer = await request(app, '/contracts/export')
  let before = -1
  while (statements.length !== before) {
    before = statements.length
    await statementsOfOthers(100)
  }
  t.ok(before < rows / 500, `${before} statements`)
  let bytes = 0
  for await (const chunk of answer) bytes += (chunk as Buffer).length
  t.ok(bytes > rows * 200)
  t.ok(answer.complete, 'it gets the whole file once it reads')
})

await t.test('what fails before the first byte is an error as any other', async t => {
  const lines: LogLine[] = []
  const app = await fileServer(t, database, { '/contracts': broken(1) }, { server: { logger: keepingLogger(lines) } })
  const { status, headers, text } = await downloader(app)('/contracts/export')
  const body = JSON.parse(text) as { readonly code: string; readonly error_id: string }
  t.strictSame(
    [status, body.code, headers['content-disposition'], headers['content-type']],
    [500, 'internal_error', undefined, 'application/json; charset=utf-8']
  )
  t.notMatch(text, 'secret')
  t.equal(lines.find(({ error_id: id }) => id === body.error_id)?.err?.message, 'A secret of the server')
})

await t.test('what fails later breaks the connection', async t => {
  const lines: LogLine[] = []
  const app = await fileServer(
    t,
    database,
    { '/contracts': broken(30_000) },
    { server: { logger: keepingLogger(lines) } }
  )
  const answer = await request(app, '/contracts/export')
  t.equal(answer.statusCode, 200)
  answer.resume()
  await t.rejects(once(answer, 'end'), { code: 'ECONNRESET' })
  t.notOk(answer.complete)
  t.match(
    lines.filter(({ level }) => level >= 50),
    [{ msg: 'The file was cut', err: { message: 'A secret of the server' } }]
  )
})

await t.test('a file has no more rows than it may have', async t => {
  const tags = (maxRows: number): ReturnType<typeof defineResource> =>
    defineResource({ model: 'Tag', export: { maxRows } })
  const download = downloader(
    await fileServer(t, database, {
      '/one': tags(1),
      '/two': tags(2),
      '/contracts': defineResource({ model: 'Contract', export: { maxRows: 59_999, include: ['id'] } }),
      '/all': contracts
    })
  )
  t.strictSame(await refusedFile(download, '/one/export'), [
    413,
    'file_limit_exceeded',
    'The file has more than 1 rows'
  ])
  t.equal((await download('/one/export?slug=red')).text, 'Id,Slug,Name\r\n1,red,Red\r\n')
  t.equal((await download('/two/export')).status, 200)
  t.strictSame(await refusedFile(download, '/contracts/export'), [
    413,
    'file_limit_exceeded',
    'The file has more than 59999 rows'
  ])
  t.equal((await download('/contracts/export?id[gt]=1')).text.split('\r\n').length, rows + 1)
  t.strictSame(await refusedFile(download, '/all/export?file_type=pdf'), [
    413,
    'file_limit_exceeded',
    'The file has more than 10000 rows'
  ])
})

await t.test('text is packed for those who take it, where the resource says so', async t => {
  const download = downloader(
    await fileServer(t, database, {
      '/packed': defineResource({ model: 'Tag', export: { gzip: true } }),
      '/plain': defineResource({ model: 'Tag' })
    })
  )
  const file = 'Id,Slug,Name\r\n1,red,Red\r\n2,blue,""\r\n'
  for (const [accepted, isPacked] of [
    ['gzip', true],
    ['br, gzip;q=0.5', true],
    ['*', true],
    ['gzip;q=0', false],
    ['br', false],
    ['identity', false]
  ] as const) {
    const { bytes, headers } = await download('/packed/export', undefined, { 'accept-encoding': accepted })
    t.strictSame(
      [headers['content-encoding'], headers['vary']],
      [isPacked ? 'gzip' : undefined, 'Authorization, Accept-Encoding'],
      accepted
    )
    t.equal((isPacked ? gunzipSync(bytes) : bytes).toString(), file)
  }
  t.equal((await download('/plain/export', undefined, { 'accept-encoding': 'gzip' })).text, file)
  t.equal(
    (await download('/packed/export?file_type=xlsx', undefined, { 'accept-encoding': 'gzip' })).headers[
      'content-encoding'
    ],
    undefined
  )
})

await t.test('each format has its type, its ending and its rows', async t => {
  const definition = defineResource({
    model: 'Tag',
    plural: 'Colour tags',
    export: { siteHeader: 'ACME, Main street 1', fields: { slug: { label: 'Key' } } }
  })
  const app = await fileServer(t, database, { '/tags': definition }, { envelope: false })
  const download = downloader(app)
  const ndjson = await download('/tags/export?file_type=ndjson')
  t.match(ndjson.headers, {
    'content-type': 'application/x-ndjson; charset=utf-8',
    'content-disposition': 'attachment; filename=colour-tags.ndjson'
  })
  t.equal(ndjson.text, '{"id":1,"slug":"red","name":"Red"}\n{"id":2,"slug":"blue","name":""}\n')
  t.equal((await download('/tags/export')).text, 'ACME\r\nMain street 1\r\nId,Key,Name\r\n1,red,Red\r\n2,blue,""\r\n')
  const xlsx = await download('/tags/export?file_type=xlsx')
  t.match(xlsx.headers, {
    'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'content-disposition': 'attachment; filename=colour-tags.xlsx'
  })
  t.equal(xlsx.bytes.subarray(0, 4).toString('latin1'), 'PK\x03\x04')
  const pdf = await download('/tags/export', { file_type: 'pdf' })
  t.match(pdf.headers, {
    'content-type': 'application/pdf',
    'content-disposition': 'attachment; filename=colour-tags.pdf'
  })
  t.equal(pdf.bytes.subarray(0, 5).toString(), '%PDF-')
  t.match(
    await refusedFile(download, '/tags/export?file_type=doc'),
    [400, 'invalid_parameter', String],
    'bare errors are told too'
  )
})

await t.test('code of your own makes files without a request', async t => {
  const definition = defineResource({ model: 'Tag', authorize: () => false })
  const app = await fileServer(t, database, { '/tags': definition })
  const chunks: Buffer[] = []
  for await (const chunk of app.export.of(definition).stream({
    format: 'csv',
    includes: ['slug'],
    filters: { id: { lt: 9 } },
    ordering: ['-slug'],
    columnConfig: { slug: { label: 'Key' } },
    titles: ['Tags']
  })) {
    chunks.push(chunk)
  }
  t.equal(Buffer.concat(chunks).toString(), 'Tags\r\nKey\r\nred\r\nblue\r\n')
  t.equal((await downloader(app)('/tags/export')).status, 403, 'requests are asked about')
  const left = new AbortController()
  left.abort()
  await t.rejects(app.export.of(definition).stream({}, left.signal)[Symbol.asyncIterator]().next(), {
    name: 'AbortError'
  })
  t.throws(
    () => app.export.of(defineResource({ model: 'Tag' })),
    new TypeError('The resource Tag is not registered: await app.register(exportPlugin, { resource })')
  )
})

await t.test('options that would do nothing are refused at the start', async t => {
  const refused = async (options: object, message: string): Promise<void> => {
    const serve = async (): Promise<unknown> =>
      await fileServer(t, database, { '/x': defineResource({ model: 'Contract', export: options }) })
    await t.rejects(serve, {
      message
    })
  }
  await refused({ field: {} }, 'resource Contract: option "export": unknown option "field". Did you mean "fields"?')
  await refused(
    { fields: { ammount: { label: 'x' } } },
    'resource Contract: option "export.fields" names "ammount", which is no field that is shown. Did you mean "amount"?'
  )
  await refused(
    { fields: { amount: { labl: 'x' } } },
    'resource Contract: option "export.fields.amount": unknown option "labl". Did you mean "label"?'
  )
  await refused(
    { fields: { sum: { value: () => 1 } } },
    'resource Contract: option "export.fields.sum" needs the option "needs": the fields that "value" reads'
  )
  await refused(
    { fields: { sum: { value: () => 1, needs: ['yaer'] } } },
    'resource Contract: option "export.fields.sum.needs" names "yaer", which is no field that is shown. Did you ' +
      'mean "year"?'
  )
  await refused(
    { fields: { year: { needs: ['year'] } } },
    'resource Contract: option "export.fields.year" has "needs" without "value"'
  )
  await refused(
    { fields: { year: { value: () => 1, canBeCommon: true } } },
    'resource Contract: option "export.fields.year" has "canBeCommon", which the database cannot tell of these cells'
  )
  await refused(
    { include: ['yaer'] },
    'resource Contract: option "export.include" names "yaer", which is no field that is shown. Did you mean "year"?'
  )
  await refused(
    { csv: { delimiter: 'x' } },
    'resource Contract: option "export.csv": option "delimiter" must be one of ",", ";", "|", "\t", not "x"'
  )
})
