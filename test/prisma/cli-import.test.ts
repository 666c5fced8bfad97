import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createDatabase } from '../helpers/database.js'
import { exampleManifest, runCommand, type CommandRun } from '../helpers/command-line.js'
import { csv } from '../helpers/import-app.js'

const { prisma, connectionString } = await createDatabase(t)
const folder = t.testdir({ 'package.json': exampleManifest })
const at = (name: string): string => join(folder, name)

/** Runs a command in a project whose package.json names the module of the example. */
async function run (...args: readonly string[]): Promise<CommandRun> {
  return await runCommand(folder, args, { DATABASE_URL: connectionString })
}

async function file (name: string, ...lines: readonly string[]): Promise<string> {
  await writeFile(at(name), csv(...lines))
  return at(name)
}

await t.test('a file is imported as its template is, and the counts are told', async t => {
  for (const format of ['csv', 'xlsx']) {
    await run(
      'import-template',
      'contracts',
      '--filename',
      at(`c.${format}`),
      ...(format === 'csv' ? ['--include-examples'] : [])
    )
  }
  const { code, stdout, stderr } = await run('import', 'contracts', at('c.csv'), '--as', '1')
  t.strictSame([code, stderr], [0, ''], stdout)
  t.match(
    stdout,
    /^Contracts from .*c\.csv: \d+\.\d s, [\d,]+ rows\/s\n\n {6}total {2}created {2}updated {2}unchanged {2}failed\nrows {6}3 {8}3 {8}0 {10}0 {7}0\n$/
  )
  const made = await prisma.contract.findMany({
    where: { contractNumber: { startsWith: 'Contract number' } },
    orderBy: { contractNumber: 'asc' }
  })
  t.strictSame(
    made.map(({ year, createdById }) => [year, createdById]),
    [
      [1, 1],
      [2, 1],
      [3, 1]
    ]
  )
  t.match(await run('import', '/contracts/', at('c.xlsx')), { code: 0, stdout: /\nrows {6}0 {8}0 / })

  const changed = await file(
    'd.csv',
    'contractNumber,year,amount',
    'Contract number 1,1,99',
    'Contract number 2,2,2.5'
  )
  t.match(await run('import', 'Contracts', changed, '--as', '2'), {
    code: 0,
    stdout: /\nrows {6}2 {8}0 {8}1 {10}1 {7}0\n/
  })
  t.match(await prisma.contract.findFirst({ where: { contractNumber: 'Contract number 1' } }), {
    createdById: 1,
    updatedById: 2
  })
})

await t.test('rows that fail are told, written to a file, and make the exit code 1', async t => {
  const people = await file(
    'people.csv',
    'name,code,first_name,last_name,email,department_code',
    'Sales,S,Ann,A,ann@x.de,S',
    'Sales,S,Bob,B,bad,S',
    ',,Cid,C,cid@x.de,NOPE',
    ',,Dan,D,dan@x.de,S'
  )
  const { code, stdout } = await run('import', 'employees', people, '--failed-rows', at('failed.csv'))
  t.equal(code, 1)
  t.equal(
    stdout.slice(stdout.indexOf('\n\n') + 2),
    `             total  created  updated  unchanged  failed
rows             4        2        0          0       2
departments               1        0          0
employees                 2        0          0

Failed:
  row 3, email: "bad" is no e-mail address
  row 4, department_code: No Department with code "NOPE"

The failed rows are in ${at('failed.csv')}
`
  )
  t.equal(
    await readFile(at('failed.csv'), 'utf8'),
    csv(
      'name,code,first_name,last_name,email,department_code,import_errors',
      'Sales,S,Bob,B,bad,S,"email: ""bad"" is no e-mail address"',
      ',,Cid,C,cid@x.de,NOPE,"department_code: No Department with code ""NOPE"""'
    )
  )
  t.match(await run('import', 'employees', people, '--failed-rows', at('failed.xlsx')), {
    code: 1,
    stdout: /\nrows .* 2 +2\n/
  })
  t.equal((await readFile(at('failed.xlsx'))).subarray(0, 2).toString(), 'PK')
  t.equal(await prisma.employee.count({ where: { email: { endsWith: '@x.de' } } }), 2)
})

await t.test('a dry run and a replacement that fails change nothing', async t => {
  const before = await prisma.tag.findMany()
  const tags = await file('tags.csv', 'slug,name', 'a,A', 'b,B')
  t.match(await run('import', 'tags', tags, '--dry-run', '--replace'), {
    code: 0,
    stdout: /\nA dry run: nothing was stored\n\n.*\nrows {6}2 {8}2 .*\n/
  })
  const broken = await file('broken.csv', 'slug,name', 'a,A', 'b,')
  t.match(await run('import', 'tags', broken, '--replace'), {
    code: 1,
    stdout:
      /\nNothing was changed: a replacement needs every row\n\n.*\nrows {6}2 {8}0 .* 1\n\nFailed:\n {2}row 3, name: /
  })
  t.match(await run('import', 'tags', await file('rowless.csv', 'slug,name'), '--replace'), {
    code: 1,
    stdout: /\nNothing was changed: a replacement needs rows\n/
  })
  t.strictSame(await prisma.tag.findMany(), before)
  t.match(await run('import', 'tags', tags, '--replace'), {
    code: 0,
    stdout: new RegExp(`\\n${before.length} rows were deleted first\\n$`)
  })
  t.strictSame(
    (await prisma.tag.findMany({ orderBy: { slug: 'asc' } })).map(({ slug }) => slug),
    ['a', 'b']
  )
})

await t.test('--scope says whose rows they are, and look-ups find rows of this scope alone', async t => {
  const { id } = await prisma.user.create({ data: { name: 'owner' } })
  const invoices = await file('invoices.csv', 'number,issuedOn', 'F-1,2026-01-01')
  t.match(await run('import', 'invoices', invoices, '--scope', `ownerId=${id}`), {
    code: 0,
    stdout: /\nrows {6}1 {8}1 /
  })
  t.match(await prisma.invoice.findFirst({ where: { number: 'F-1' } }), { ownerId: id })
  t.match(await run('import', 'invoices', invoices, '--scope', 'ownerId=x'), {
    code: 2,
    stderr: /--scope ownerId must be an integer from/
  })
  t.match(await run('import', 'invoices', invoices, '--scope', 'owner=1'), {
    code: 2,
    stderr: /--scope names "owner", but the scope of Invoices is ownerId/
  })
  t.match(await run('import', 'tags', invoices, '--scope', 'owner=1'), { code: 2, stderr: /Tags have no scope/ })
})

await t.test('a file that cannot be imported says why, and ends with 1', async t => {
  const wrong = await file('wrong.csv', 'slug,nmae', 'x,y')
  const open = await file('open.csv', 'slug,name', ...Array.from({ length: 20_000 }, (_, i) => `t${i},N`), '"open')
  const calls: ReadonlyArray<readonly [resource: string, path: string, message: RegExp]> = [
    ['tags', at('none.csv'), /none\.csv is no file\n$/],
    ['tags', folder, /is no file\n$/],
    [
      'tags',
      wrong,
      /^The columns of the file are not those that are expected\n {2}Unknown column "nmae"\. Did you mean "name"\?\n {2}The column "name" is missing\n$/
    ],
    ['tags', await file('empty.csv'), /^The file cannot be read: /],
    ['tags', open, /^The file was not read to its end: .*is never closed\n$/],
    ['invoices', wrong, /^Invoices have a scope: say whose rows they are with --scope ownerId=<value>/]
  ]
  for (const [resource, path, message] of calls) {
    const { code, stderr } = await run('import', resource, path)
    t.equal(code, 1, path)
    t.match(stderr, message)
  }
})
