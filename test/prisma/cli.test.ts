import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createDatabase } from '../helpers/database.js'
import { runCommand } from '../helpers/command-line.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { query, connectionString } = await createDatabase(t)
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { readonly version: string }
const empty = t.testdir({})

await t.test('help and version go to stdout', async t => {
  const listed =
    /^Usage: fastify-prisma-commons <command>.*\n {2}mixin {12}Add.*\n {2}doctor {11}Compare.*\n {2}import {11}Import.*\n {2}import-template {2}Write/s
  for (const args of [[], ['--help'], ['-h']]) {
    t.match(await runCommand(empty, args), { code: 0, stdout: listed, stderr: '' }, args.join(' '))
  }
  t.strictSame(await runCommand(empty, ['--version']), { code: 0, stdout: `${version}\n`, stderr: '' })
  t.match(await runCommand(empty, ['mixin', '--help']), {
    code: 0,
    stdout: /^Usage: fastify-prisma-commons mixin <feature….*--from <field> /s,
    stderr: ''
  })
  t.match(await runCommand(empty, ['doctor', '--url', '--help']), {
    code: 0,
    stdout: /^Usage: fastify-prisma-commons doctor/,
    stderr: ''
  })
})

await t.test('a command is one also in a process that Prisma started', async t => {
  t.match(await runCommand(empty, ['--version'], { PRISMA_GENERATOR_INVOCATION: 'true' }), {
    code: 0,
    stdout: `${version}\n`
  })
})

await t.test('a call that is wrong says what is right, and ends with 2', async t => {
  const calls: ReadonlyArray<readonly [args: string, message: string, help: string]> = [
    ['mixni', 'Unknown command "mixni". Did you mean "mixin"?', ''],
    ['--versoin', 'Unknown option "--versoin". Did you mean "--version"?', ''],
    ['mixin audit --modle A', 'Unknown option "--modle". Did you mean "--model"?', 'mixin '],
    ['mixin audit -x', 'Unknown option "-x". Known: ', 'mixin '],
    ['mixin audit --model', "Option '--model <value>' argument missing", 'mixin '],
    ['mixin audit --model A --dry-run=yes', "Option '--dry-run' does not take an argument", 'mixin '],
    ['mixin --model A', 'Which feature? Name one or more: audit, softDelete, version, slug', 'mixin '],
    ['mixin adit --model A', 'Unknown feature "adit". Did you mean "audit"?', 'mixin '],
    ['mixin unique --model A', 'Unknown feature "unique". Known: audit, ', 'mixin '],
    ['mixin audit', 'Which model? Name it with --model <Model>', 'mixin '],
    ['mixin audit --model A --from title', 'The option --from is for slug, which is not among the features', 'mixin '],
    ['doctor now', 'doctor takes options only, not "now"', 'doctor '],
    ['doctor --shcema x', 'Unknown option "--shcema". Did you mean "--schema"?', 'doctor '],
    ['doctor', 'Which database? Set DATABASE_URL, or name it with --url <url>', 'doctor ']
  ]
  for (const [args, message, help] of calls) {
    const { code, stdout, stderr } = await runCommand(empty, args.split(' '), { DATABASE_URL: '' })
    t.strictSame([code, stdout], [2, ''], args)
    t.equal(stderr.startsWith(message), true, `${args}: ${stderr}`)
    t.equal(stderr.endsWith(`\n\nfastify-prisma-commons ${help}--help tells how it is used\n`), true, args)
  }
})

await t.test('doctor prints what it finds, and ends with 1 when something is wrong', async t => {
  const args = ['doctor', '--schema', 'prisma/schema.prisma']
  const env = { DATABASE_URL: connectionString }
  const well = await runCommand(root, args, env)
  t.match(well, { code: 0, stderr: '' })
  t.match(
    well.stdout,
    /^note {2}model Document\n {2}The unique constraint code holds for deleted rows too.*\n {4}DROP INDEX "Document_code_key";\n.*\n\nno problems, 2 notes\n$/s
  )

  await query('DROP INDEX articles_slug_key')
  const ill = await runCommand(root, [...args, '--url', connectionString], { DATABASE_URL: 'postgres://other' })
  t.match(ill, { code: 1, stderr: '' })
  t.equal(
    ill.stdout.slice(0, ill.stdout.indexOf('\n\n')),
    `problem  model Article
  The unique constraint slug (slug) has no index "articles_slug_key"
  Create it in a migration:
    CREATE UNIQUE INDEX "articles_slug_key" ON "articles" ("slug") WHERE "deleted_at" IS NULL;`
  )
  t.match(ill.stdout, /\n\n1 problem, 2 notes\n$/)
})

await t.test('the zone of the command’s own session is no problem of the server', async t => {
  await query(
    "DO $$ BEGIN EXECUTE 'ALTER DATABASE \"' || current_database() || '\" SET TimeZone = ''Europe/Rome'''; END $$"
  )
  const { stdout } = await runCommand(root, ['doctor', '--schema', 'prisma/schema.prisma'], {
    DATABASE_URL: connectionString
  })
  await query("DO $$ BEGIN EXECUTE 'ALTER DATABASE \"' || current_database() || '\" RESET TimeZone'; END $$")
  t.match(
    stdout,
    process.env.DATABASE_URL
      ? /\nnote {2}the database\n {2}The session is in the time zone Europe\/Rome.*\n1 problem, 3 notes\n$/s
      : /\n1 problem, 2 notes\n$/
  )
})

await t.test('doctor says why it cannot look, and never the password', async t => {
  const head = 'datasource db {\n  provider = "postgresql"\n}\n'
  const folder = t.testdir({
    'syntax.prisma': `${head}model A {\n  id Itn @id\n}\n`,
    'annotation.prisma': `${head}/// @commons.verson\nmodel A {\n  id Int @id\n}\n`,
    'sqlite.prisma': 'datasource db {\n  provider = "sqlite"\n}\nmodel A {\n  id Int @id\n}\n'
  })
  const own = 'prisma/schema.prisma'
  const calls: ReadonlyArray<readonly [schema: string, url: string, message: string | RegExp]> = [
    [own, 'postgres://me:s3cret@127.0.0.1:1/x', 'The database is not available: nothing answers at 127.0.0.1:1\n'],
    [own, 'postgres://me:s3 cret@:x', /^The URL of the database cannot be read\. /],
    ['no.prisma', connectionString, 'No Prisma schema: no.prisma does not exist\n'],
    [
      join(folder, 'syntax.prisma'),
      connectionString,
      /^Prisma cannot read the schema\.\n\nerror: Type "Itn" is neither.*syntax\.prisma:5\n/s
    ],
    [
      join(folder, 'annotation.prisma'),
      connectionString,
      /^1 problem.*annotation\.prisma:4 {2}model A {2}@commons\.verson\n {2}Unknown annotation/s
    ],
    [
      join(folder, 'sqlite.prisma'),
      connectionString,
      'The doctor knows databases of the provider "postgresql", not "sqlite"\n'
    ]
  ]
  for (const [path, url, message] of calls) {
    const { code, stdout, stderr } = await runCommand(root, ['doctor', '--schema', path, '--url', url])
    t.strictSame([code, stdout], [1, ''], url)
    t.match(stderr, message)
    t.notMatch(stderr, /s3/)
  }
})

await t.test('doctor needs the adapter of the project it runs in', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'commons-'))
  t.after(() => rm(folder, { recursive: true }))
  const { code, stderr } = await runCommand(folder, [
    'doctor',
    '--schema',
    `${root}prisma/schema.prisma`,
    '--url',
    connectionString
  ])
  t.strictSame(
    [code, stderr],
    [
      1,
      'The doctor connects through @prisma/adapter-pg, which is not installed here: npm install @prisma/adapter-pg\n'
    ]
  )
})
