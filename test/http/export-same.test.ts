import t from 'tap'
import { defineResource, readOnlyData } from 'fastify-prisma-commons/export'
import type { ExportOptions } from 'fastify-prisma-commons/export'
import { bulkDatabase } from '../helpers/bulk-app.js'
import { downloader, fileServer, type Downloader } from '../helpers/export-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database

/** What a cell of text may be at its worst. */
const texts = [
  '',
  ' ',
  '\t',
  '\r',
  '\n',
  '\r\n',
  '"',
  '""',
  ',',
  ';',
  '|',
  "'",
  "''",
  'plain',
  ' leading',
  'trailing ',
  'trailing\t',
  'in "quotes"',
  'a,b',
  'a;b',
  'a|b',
  '=1+1',
  '+1',
  '-1',
  '@x',
  ' =1',
  '\t=1',
  '\v=1',
  '\f@',
  "'=1",
  "''+1",
  "'plain",
  "' =1",
  '＝1',
  '＋1',
  '－1',
  '＠1',
  '=1 ',
  '=1,2',
  '=",\r\n"',
  '\n=1',
  '\u00a0=1',
  '\u3000=1',
  'emoji 👩‍👩‍👧 😀',
  'Ωμέγα',
  'العربية',
  '漢字',
  'ß',
  'İ',
  '\u0001',
  '\u007f',
  '\ufeff',
  '\u2028',
  '\\',
  '\\N',
  'NULL',
  '%',
  '$1',
  "it's",
  'two\nlines',
  'two\r\nlines',
  'x'.repeat(70_000)
]
const instants = [
  '2026-01-02T03:04:05.678',
  '2026-07-01T00:00:00',
  '1969-12-31T23:59:59.999',
  '0001-01-01T00:00:00',
  '9999-12-31T23:59:59.999',
  '1900-02-28T12:00:00.1',
  '2026-01-01T00:00:00.0009'
]
const others = [
  "'0044-03-15 12:00:00.5 BC'",
  "'0001-12-31 00:00:00 BC'",
  "'10000-01-01 00:00:00'",
  "'12345-06-07 08:09:10.011'",
  "'infinity'",
  "'-infinity'",
  "'280000-12-31 23:59:59'",
  "'4713-01-02 00:00:00 BC'"
]

for (const [i, text] of texts.entries()) {
  await query(
    'insert into specimens (specimen_code, int, text, short, color, bool, touched_at) values ($1, $2, $3, $4, $5, ' +
      '$6, now())',
    [
      `t${String(i).padStart(3, '0')}`,
      -i,
      text,
      [...text].slice(0, 2).join(''),
      ['red', 'green', 'deep blue', null][i % 4],
      [true, false, null][i % 3]
    ]
  )
}
for (const [i, instant] of instants.entries()) {
  await query(
    'insert into specimens (specimen_code, timestamp, timestamptz, date, decimal, big, small, uuid, touched_at) ' +
      "values ($1, $2, $2::timestamp at time zone 'UTC', $2::date, $3, $4, $5, $6, now())",
    [
      `z${i}`,
      instant,
      ['0', '-0.5', '1e10', '-1234567890123456789012345678.0123456789', 'NaN', '0.0000000001', null][i],
      ['9223372036854775807', '-9223372036854775808', '0', null, '1', '-1', '2'][i],
      [-32768, 32767, 0, null, 1, 2, 3][i],
      '00000000-0000-4000-8000-00000000000A'
    ]
  )
}
for (const [i, instant] of others.entries()) {
  await query(
    `insert into specimens (specimen_code, timestamp, timestamptz, date, touched_at) values ('y${i}', ${instant}, ` +
      `${instant}::timestamp at time zone 'UTC', ${instant}::timestamp::date, now())`
  )
}

const include = [
  'code',
  'int',
  'small',
  'big',
  'decimal',
  'bool',
  'text',
  'short',
  'timestamp',
  'timestamptz',
  'date',
  'color',
  'uuid'
]

/** The same resource, whose files are made in the database, and in this process. */
async function bothWays (export_: ExportOptions): Promise<Downloader> {
  const text = defineResource({ model: 'Specimen', list: { search: ['text'] }, export: { include, ...export_ } })
  const rows = defineResource({
    model: 'Specimen',
    list: { search: ['text'] },
    export: { include, ...export_, fields: { code: { value: row => row['code'] } } }
  })
  const snapshot = (definition: typeof text): typeof text =>
    defineResource({
      ...definition.options,
      ...definition.sections,
      export: { ...definition.sections['export'], pool: database.pool }
    })
  return downloader(
    await fileServer(t, database, {
      '/text': text,
      '/rows': rows,
      '/text-cursor': snapshot(text),
      '/rows-cursor': snapshot(rows)
    })
  )
}

const isText = (statement: string): boolean => statement.includes('string_agg')

await t.test('lines from the database are byte for byte those of rows that were read', async t => {
  for (const delimiter of [',', ';', '|', '\t'] as const) {
    for (const pageRows of [7, 10_000]) {
      const download = await bothWays({ csv: { delimiter, bom: delimiter === ';' }, pageRows })
      statements.length = 0
      const text = await download('/text/export')
      t.ok(statements.some(isText), 'the database makes lines')
      statements.length = 0
      const rows = await download('/rows/export')
      t.notOk(statements.some(isText), 'this process makes lines')
      t.equal(text.status, 200)
      t.ok(text.bytes.equals(rows.bytes), `delimiter ${JSON.stringify(delimiter)}, ${pageRows} rows a page`)
      t.equal(text.text.split(delimiter).length > texts.length * include.length, true)
    }
  }
})

await t.test('orders, filters and searches hold for both ways', async t => {
  const download = await bothWays({ pageRows: 5 })
  for (const parameters of [
    'ordering=-text',
    'ordering=text',
    'ordering=-decimal,color',
    'ordering=timestamp',
    'ordering=-date,-code',
    'ordering=bool,-int',
    'ordering=-uuid',
    'int[lt]=-3&ordering=-int',
    'color=BLUE',
    'search=emoji',
    'text[isnull]=true',
    'color[in]=RED,GREEN&ordering=color'
  ]) {
    const [text, rows] = [await download(`/text/export?${parameters}`), await download(`/rows/export?${parameters}`)]
    t.equal(text.status, 200, parameters)
    t.ok(text.bytes.equals(rows.bytes), parameters)
    for (const way of ['text', 'rows']) {
      t.ok(
        (await download(`/${way}-cursor/export?${parameters}`)).bytes.equals(text.bytes),
        `${way} by a cursor, ${parameters}`
      )
    }
    t.ok(text.text.split('\r\n').length > 2, parameters)
  }
})

await t.test('sessions with other styles make the same lines', { skip: database.kind === 'pglite' }, async t => {
  const download = await bothWays({})
  const before = await download('/text/export')
  const [{ name } = { name: '' }] = await query<{ name: string }>('select current_database() as name')
  await query(`alter database "${name}" set datestyle to 'German, DMY'`)
  await query(`alter database "${name}" set bytea_output to 'escape'`)
  await database.pool
    .query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> ' +
        'pg_backend_pid()'
    )
    .catch(() => {})
  const after = await download('/text/export')
  t.ok(before.bytes.equals(after.bytes))
})

await t.test('what a row refers to is read by a join, or by a query of its own, with the same result', async t => {
  await query(
    "insert into customers (id, code, name, email, updated_at) values (1, 'C-1', 'Ärzte, \"Süd\"', null, now()), " +
      "(2, 'C-2', '=cmd', '', now())"
  )
  await query(`insert into contracts (id, contract_number, year, amount, customer_id, updated_at)
    select n, 'N-' || n, 2000 + n % 3, n, case n % 3 when 0 then null else n % 3 end, now() from generate_series(1, 30) n`)
  const include = ['id', 'customer.name', 'customer.email', 'customer.code']
  const relations = { customer: readOnlyData() }
  const download = downloader(
    await fileServer(t, database, {
      '/text': defineResource({
        model: 'Contract',
        relations,
        list: { filters: ['*', 'customer.code'], ordering: ['customer.code'] },
        export: { include, pageRows: 4 }
      }),
      '/rows': defineResource({
        model: 'Contract',
        relations,
        list: { filters: ['*', 'customer.code'], ordering: ['customer.code'] },
        export: { include, pageRows: 4, fields: { id: { value: row => row['id'], kind: 'number' } } }
      })
    })
  )
  for (const parameters of ['', 'ordering=-customer.code', 'ordering=customer.code', 'customer.code=C-2']) {
    statements.length = 0
    const text = await download(`/text/export?${parameters}`)
    t.ok(
      statements.every(isText) || statements.some(statement => statement.includes('count(*)')),
      'one kind of statement'
    )
    const rows = await download(`/rows/export?${parameters}`)
    t.ok(text.bytes.equals(rows.bytes), parameters)
  }
  t.match((await download('/text/export?id[lte]=3')).text, '1,"Ärzte, ""Süd""",,C-1\r\n2,\'=cmd,"",C-2\r\n3,,,\r\n')
})
