import t from 'tap'
import { fingerprint, tableOf } from '../../../lib/diagnostics/fingerprint.js'
import { kindOf } from '../../../lib/diagnostics/observed.js'
import { QueryCollector } from '../../../lib/diagnostics/query-collector.js'
import { summaryOf } from '../../../lib/diagnostics/request-summary.js'
import { requestWarnings } from '../../../lib/diagnostics/request-warnings.js'
import { userFrame } from '../../../lib/diagnostics/user-frame.js'

await t.test('statements that differ in the length of a list have one fingerprint', async t => {
  for (const list of ['($1,$2)', '($1, $2, $3)', '(?,?)']) {
    t.equal(fingerprint(`SELECT 1 WHERE id IN ${list} LIMIT $4`), 'SELECT 1 WHERE id IN (…) LIMIT $4', list)
  }
  t.equal(fingerprint('SELECT f($1)'), 'SELECT f($1)')
})

await t.test('a long statement gets its fingerprint in linear time', async t => {
  const list = Array.from({ length: 30_000 }, (_, i) => `$${i + 1}`).join(',')
  const started = performance.now()
  t.equal(fingerprint(`SELECT 1 WHERE id IN (${list})`), 'SELECT 1 WHERE id IN (…)')
  fingerprint(`SELECT (${list}`)
  tableOf('FROM '.repeat(50_000))
  t.ok(performance.now() - started < 1000)
})

await t.test('the table of a statement is the first one that it names', async t => {
  for (const [sql, table] of [
    ['SELECT "public"."tags"."id" FROM "public"."tags" WHERE 1=1', 'tags'],
    ['INSERT INTO "tags" ("slug") VALUES ($1)', 'tags'],
    ['UPDATE `db`.`tags` SET name = ?', 'tags'],
    ['delete from tags', 'tags'],
    ['SELECT 1', null]
  ] as const) {
    t.equal(tableOf(sql), table, sql)
  }
})

await t.test('statements of transactions are not queries', async t => {
  for (const sql of ['BEGIN', 'COMMIT', 'ROLLBACK', 'SAVEPOINT sp1', 'RELEASE SAVEPOINT sp1']) {
    t.equal(kindOf(sql), 'transaction', sql)
  }
  t.equal(kindOf('DELETE FROM "COMMIT"'), 'query')
})

await t.test('a warning of repeated statements without a known call names the table or nothing', async t => {
  const told = (sql: string): string | undefined => {
    const collector = new QueryCollector()
    for (const ms of [1, 2]) {
      collector.add({ sql, args: [], kind: 'query', ms, rows: 1, inTransaction: false, error: undefined, origin: null })
    }
    const thresholds = { slowRequestMs: false, slowQueryMs: false, manyQueries: false, repeatedQueries: 2 } as const
    return requestWarnings(1, collector, summaryOf(collector, 2), thresholds, false)[0]?.message
  }
  t.equal(told('SELECT 1 FROM tags'), 'N+1 queries: tags sent the same statement 2 times')
  t.equal(told('SELECT 1'), 'N+1 queries: a raw query sent the same statement 2 times')
})

await t.test('the first frame of the user is outside Node, installed packages and this package', async t => {
  const stack = [
    'Error: at work',
    '    at je (/app/node_modules/@prisma/client/runtime/client.js:11:2450)',
    `    at Proxy.<anonymous> (${new URL('../../../lib/store/a.js', import.meta.url).href}:90:26)`,
    '    at async Promise.all (index 0)',
    '    at Array.map (<anonymous>)',
    '    at list (file:///app/routes/tags.js:12:30)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)'
  ].join('\n')
  t.equal(userFrame(stack), 'list (/app/routes/tags.js:12:30)')
  t.equal(userFrame('Error\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)'), null)
  t.equal(userFrame(null), null)
})
