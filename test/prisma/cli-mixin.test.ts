import { execFile } from 'node:child_process'
import {
  appendFile,
  chmod,
  cp,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { runCommand } from '../helpers/command-line.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)
const prisma = async (...args: readonly string[]) =>
  await run(process.execPath, ['node_modules/prisma/build/index.js', ...args], {
    cwd: root,
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: './package.json', NO_COLOR: '1' }
  })

const head = `generator commons {
  provider = "node build/prisma/cli/bin.js"
  output   = "./generated"
}

datasource db {
  provider = "postgresql"
}
`

const user = `
model User {
  id   String @id @default(uuid(7)) @db.Uuid
  name String // "model Article {" is below
}
`

const article = `
/* model Article {
} */

/// An article.
model Article {
  id    Int    @id
  title String @default("} // {") // }
  /// What it is about.
  text  String

  // the table
  @@map("articles")
}
`

const features = ['audit', 'softDelete', 'version', 'slug', '--from', 'title', '--model', 'Article']

const columns = `  createdAt   DateTime  @default(now())
  updatedAt   DateTime  @default(now()) @updatedAt
  createdById String?
  updatedById String?
  deletedAt   DateTime?
  deletionId  String?
  version     Int       @default(1)
  /// @commons.slug(from: "title")
  slug        String    @unique

`

/** The model of `article` with all of the features. */
const mixed = article
  .replace('/// An article.\n', '/// An article.\n/// @commons.audit\n/// @commons.softDelete\n/// @commons.version\n')
  .replace('  // the table\n', `${columns}  // the table\n`)

const diff = `--- a/schema.prisma
+++ b/schema.prisma
@@ -16,11 +16,24 @@
 } */
 
 /// An article.
+/// @commons.audit
+/// @commons.softDelete
+/// @commons.version
 model Article {
   id    Int    @id
   title String @default("} // {") // }
   /// What it is about.
   text  String
+
${columns.trimEnd().replaceAll(/^/gm, '+')}
 
   // the table
   @@map("articles")
`

const schemaIn = (folder: string) => readFile(join(folder, 'schema.prisma'), 'utf8')

await t.test('features bring their annotations and columns, and everything else stays', async t => {
  const folder = t.testdir({ 'schema.prisma': head + user + article })
  const file = join(folder, 'schema.prisma')
  await chmod(file, 0o640)
  const first = await runCommand(folder, ['mixin', ...features])
  t.strictSame(first, {
    code: 0,
    stdout: `${diff}
Model Article in schema.prisma has audit, softDelete, version and slug now.

Next:
  npx prisma migrate dev --create-only
  npx prisma generate

Rows that exist have no value for slug: in the migration, add the column without NOT NULL, fill it, then set NOT NULL.
`,
    stderr: ''
  })
  const written = await schemaIn(folder)
  t.equal(written, head + user + mixed)
  t.equal((await stat(file)).mode & 0o777, 0o640, 'the file has its mode')
  t.strictSame(await readdir(folder), ['schema.prisma'], 'no draft is left')

  t.strictSame(await runCommand(folder, ['mixin', ...features]), {
    code: 0,
    stdout: 'Nothing to do: model Article in schema.prisma has audit, softDelete, version and slug already\n',
    stderr: ''
  })
  t.match(await runCommand(folder, ['mixin', 'slug', '--model', 'Article']), { code: 0, stdout: /^Nothing to do/ })
  t.equal(await schemaIn(folder), written)
})

await t.test('the result is formatted as prisma format would, and prisma generate takes it', async t => {
  const plain = article.slice(article.indexOf('\n/// An'))
  const folder = t.testdir({ 'schema.prisma': head + user + plain })
  await runCommand(folder, ['mixin', ...features, '--all'])
  const written = await schemaIn(folder)
  t.not(written, head + user + plain)
  await prisma('format', '--schema', join(folder, 'schema.prisma'))
  t.equal(await schemaIn(folder), written)
  t.match(
    (await prisma('generate', '--schema', join(folder, 'schema.prisma'))).stdout,
    /✔ Generated fastify-prisma-commons metadata/
  )
  const metadata = await readFile(join(folder, 'generated/metadata.ts'), 'utf8')
  for (const feature of [
    "deletedBy: 'deletedById'",
    "restoredBy: 'restoredById'",
    "softDelete: { deletedAt: 'deletedAt', isActive: 'isActive', deletionId: 'deletionId' }",
    "version: { field: 'version', revisionNotes: 'revisionNotes' }",
    "{ field: 'slug', from: ['title'] }"
  ]) {
    t.ok(metadata.includes(feature), feature)
  }
})

await t.test('every feature can be mixed in, each with its own columns', async t => {
  const folder = t.testdir({ 'schema.prisma': head + user + article })
  const args = [
    'mixin',
    'currentUser',
    '--on',
    'update',
    'meta',
    'identity',
    'address',
    'slug',
    '--from',
    'title',
    '--model',
    'Article'
  ]
  t.match(await runCommand(folder, ['mixin', 'currentUser', '--model', 'Article', '--dry-run']), {
    code: 0,
    stdout: /\n\+ {2}\/\/\/ @commons\.currentUser\n\+ {2}userId String\?\n/
  })
  t.match(await runCommand(folder, ['mixin', 'currentUser', '--on', 'read', '--model', 'Article']), {
    code: 1,
    stdout: '',
    stderr: /The argument "on" must be "create" or "update"\n/
  })
  const { code, stdout } = await runCommand(folder, args)
  t.equal(code, 0)
  t.match(stdout, /Rows that exist have no value for firstName and slug: /)
  t.equal(
    await schemaIn(folder),
    head +
      user +
      article
        .replace(
          '/// An article.\n',
          '/// An article.\n/// @commons.meta\n/// @commons.identity\n/// @commons.address\n'
        )
        .replace(
          '  // the table\n',
          `  /// @commons.currentUser(on: "update")
  userId        String?
  metadata      Json?
  tags          String[]
  notes         String?
  firstName     String
  lastName      String?
  middleName    String?
  email         String?
  phone         String?
  dateOfBirth   DateTime? @db.Date
  birthPlace    String?
  gender        String?
  nationality   String?
  addressLine1  String?
  addressLine2  String?
  city          String?
  stateProvince String?
  postalCode    String?
  country       String?
  latitude      Decimal?  @db.Decimal(10, 8)
  longitude     Decimal?  @db.Decimal(11, 8)
  /// @commons.slug(from: "title")
  slug          String    @unique

  // the table
`
        )
  )
  t.match(await runCommand(folder, args), { code: 0, stdout: /^Nothing to do/ })
})

await t.test('a dry run writes nothing, and its diff is one that git applies', async t => {
  const folder = t.testdir({ 'schema.prisma': head + user + article })
  t.strictSame(await runCommand(folder, ['mixin', ...features, '--dry-run']), { code: 0, stdout: diff, stderr: '' })
  t.equal(await schemaIn(folder), head + user + article)
  const patch = join(folder, 'mixin.patch')
  await writeFile(patch, diff)
  await run('git', ['apply', '--unsafe-paths', `--directory=${folder}`, patch], { cwd: '/' })
  t.equal(await schemaIn(folder), head + user + mixed)
})

await t.test('line ends, links and a last line without an end stay as they are', async t => {
  const crlf = (text: string): string => text.replaceAll('\n', '\r\n')
  const folder = t.testdir({ real: { 'a.prisma': crlf(head + user + article).trimEnd() } })
  await symlink('real/a.prisma', join(folder, 'schema.prisma'))
  t.match(await runCommand(folder, ['mixin', ...features]), { code: 0, stderr: '' })
  t.equal(await readFile(join(folder, 'real/a.prisma'), 'utf8'), crlf(head + user + mixed).trimEnd())
  t.equal((await lstat(join(folder, 'schema.prisma'))).isSymbolicLink(), true)
  t.match(await runCommand(folder, ['mixin', ...features]), { stdout: /^Nothing to do/ })
})

await t.test('changes far apart and at the end of a file make a diff of several hunks', async t => {
  const fields = Array.from({ length: 9 }, (_, i) => `  f${i} Int`).join('\n')
  const text = `model A {\n  id Int @id\n${fields}\n  slug String\n  g Int\n}`
  const folder = t.testdir({ 'schema.prisma': text })
  const { stdout } = await runCommand(folder, [
    'mixin',
    'version',
    'slug',
    '--from',
    'slug',
    '--model',
    'A',
    '--dry-run'
  ])
  t.equal(
    stdout,
    `--- a/schema.prisma
+++ b/schema.prisma
@@ -1,3 +1,4 @@
+/// @commons.version
 model A {
   id Int @id
   f0 Int
@@ -9,6 +10,9 @@
   f6 Int
   f7 Int
   f8 Int
+  /// @commons.slug(from: "slug")
   slug String
   g Int
+
+  version Int @default(1)
 }
\\ No newline at end of file
`
  )
  const patch = join(folder, 'mixin.patch')
  await writeFile(patch, stdout)
  await run('git', ['apply', '--unsafe-paths', `--directory=${folder}`, patch], { cwd: '/' })
  await writeFile(join(folder, 'patched'), await schemaIn(folder))
  await writeFile(join(folder, 'schema.prisma'), text)
  await runCommand(folder, ['mixin', 'version', 'slug', '--from', 'slug', '--model', 'A'])
  t.equal(await schemaIn(folder), await readFile(join(folder, 'patched'), 'utf8'))
})

await t.test('only what is missing is added, by the names that the annotations give', async t => {
  const before = `/// @commons.audit(createdBy: "authorId", updatedBy: null, deletedBy: "killerId")
model Article {
  id        Int      @id
  name      String
  edition   String
  createdAt DateTime @default(now())
  slug      String
}
`
  const folder = t.testdir({ 'schema.prisma': head + before })
  const { code } = await runCommand(folder, [
    'mixin',
    'audit',
    'slug',
    '--from',
    'name',
    '--from',
    'edition',
    '--model',
    'Article',
    '--id-type',
    'BigInt'
  ])
  t.equal(code, 0)
  t.equal(
    await schemaIn(folder),
    head +
      before
        .replace('  slug ', '  /// @commons.slug(from: ["name", "edition"])\n  slug ')
        .replace(
          /\}\n$/,
          '\n  updatedAt DateTime @default(now()) @updatedAt\n  authorId  BigInt?\n  killerId  BigInt?\n}\n'
        )
  )
})

await t.test('the schema is looked for where Prisma looks', async t => {
  const model = 'model A {\n  id Int @id\n}\n'
  const folder = t.testdir({
    other: { 'a.prisma': model },
    'schema.prisma': model,
    prisma: { 'schema.prisma': model },
    deep: { er: { 'x.prisma': model } }
  })
  const file = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await runCommand(folder, ['mixin', 'version', '--model', 'A', '--dry-run', ...args])
    return /^\+\+\+ b\/(.*)$/m.exec(stdout)?.[1] ?? stderr.trimEnd()
  }
  t.equal(await file('--schema', 'other'), 'other/a.prisma')
  t.equal(await file('--schema', 'other/a.prisma'), 'other/a.prisma')
  t.equal(await file(), 'schema.prisma')
  await rm(join(folder, 'schema.prisma'))
  t.equal(await file(), 'prisma/schema.prisma')
  await writeFile(join(folder, 'package.json'), '{ "prisma": { "schema": "deep/er" } }')
  t.equal(await file(), 'deep/er/x.prisma')
  const config = (schema: string) =>
    writeFile(
      join(folder, 'prisma.config.ts'),
      "// schema: 'no'\nexport default defineConfig({ /* schema: 'no' */ datasource: { url: 'postgres://x' " +
        `}${schema} })\n`
    )
  await config('')
  t.equal(await file(), 'deep/er/x.prisma', 'a configuration without a path')
  await config(", schema: './other'")
  t.equal(await file(), 'other/a.prisma')
  await config(", schema: path.join('deep', 'er', 'x.prisma')")
  t.equal(await file(), 'deep/er/x.prisma')
  await config(", schema: 'gone'")
  t.equal(await file(), 'No Prisma schema: gone does not exist')
  await config(', schema: process.env.SCHEMA')
  t.equal(
    await file(),
    'prisma.config.ts does not say the path of the schema as plain text. Name it with --schema <file or folder>'
  )
  await rm(join(folder, 'prisma.config.ts'))
  await rm(join(folder, 'package.json'))
  await rm(join(folder, 'prisma'), { recursive: true })
  t.equal(
    await file(),
    'No Prisma schema: neither schema.prisma nor prisma/schema.prisma is here. Name it with --schema <file or folder>'
  )
})

await t.test('in a schema of several files the right one is edited', async t => {
  const folder = t.testdir({
    prisma: {
      'main.prisma': head + user,
      models: { 'article.prisma': article, 'z.prisma': 'enum Mood {\n  good\n}\n' }
    }
  })
  const { code, stdout } = await runCommand(folder, ['mixin', ...features, '--schema', 'prisma'])
  t.equal(code, 0)
  t.match(stdout, /^--- a\/prisma\/models\/article\.prisma\n\+\+\+ b\/prisma\/models\/article\.prisma\n/)
  t.equal(
    await readFile(join(folder, 'prisma/models/article.prisma'), 'utf8'),
    mixed,
    'the id of User, in another file, gives the type'
  )
  t.equal(await readFile(join(folder, 'prisma/main.prisma'), 'utf8'), head + user)
  await appendFile(join(folder, 'prisma/models/z.prisma'), '\nview Seen {\n  id Int @unique\n}\n')
  for (const [model, message] of [
    [
      'Artcle',
      'No model "Artcle" in prisma/main.prisma, prisma/models/article.prisma and prisma/models/z.prisma. Did you ' +
        'mean "Article"?'
    ],
    ['Mood', 'Mood in prisma/models/z.prisma is no model, but an enum'],
    ['Seen', 'Seen in prisma/models/z.prisma is no model, but a view']
  ] as const) {
    t.strictSame(await runCommand(folder, ['mixin', 'version', '--model', model, '--schema', 'prisma']), {
      code: 1,
      stdout: '',
      stderr: `${message}\n`
    })
  }
})

await t.test('what the generator would refuse is refused, in its words, and nothing is written', async t => {
  const text = `${head}
/// @commons.verson
model Article {
  id        Int     @id
  title     String
  version   String
  authorId  String?
  author    User?   @relation(fields: [authorId], references: [id])
  deletedAt User[]
  /// @commons.slug(from: "title")
  slug      String
}
${user}`
  const folder = t.testdir({ 'schema.prisma': text })
  const problem = (line: number, place: string, ...lines: readonly string[]): string =>
    `Nothing was written: 1 problem in the @commons annotations of the Prisma schema\n\nschema.prisma:${line}  ` +
    `${place}\n${lines.map(line => `  ${line}\n`).join('')}`
  const calls: ReadonlyArray<readonly [args: string, message: string]> = [
    [
      'version',
      problem(
        11,
        'model Article  @commons.version',
        'The field "version" is String without a default, but must be a required Int with a literal default',
        'Write `version Int @default(1)` in model Article'
      )
    ],
    [
      'softDelete',
      problem(11, 'model Article  @commons.softDelete', '"deletedAt" is a relation of model Article, not a column')
    ],
    [
      'slug --from titel',
      problem(
        18,
        'Article.slug  @commons.slug(from: "title")',
        'The field "slug" has this annotation already, with other arguments',
        'To change it, write `/// @commons.slug(from: "titel")` above the field'
      )
    ],
    ['version --model B', 'No model "B" in schema.prisma. Known: Article, User\n']
  ]
  for (const [args, message] of calls) {
    t.strictSame(
      await runCommand(folder, ['mixin', '--model', 'Article', ...args.split(' ')]),
      { code: 1, stdout: '', stderr: message },
      args
    )
  }
  t.match(await runCommand(folder, ['mixin', 'slug', '--from', 'titel', '--model', 'User']), {
    code: 1,
    stderr: /Model User has no field "titel"\n/
  })
  t.strictSame(await runCommand(folder, ['mixin', 'slug', '--model', 'User']), {
    code: 2,
    stdout: '',
    stderr: 'The feature slug needs --from <field>\n\nfastify-prisma-commons mixin --help tells how it is used\n'
  })
  t.equal(await schemaIn(folder), text)
})

await t.test('nothing is written that Prisma could not read; without its parser the rest still works', async t => {
  const text = `${head}\nmodel A {\n  id Itn @id\n}\n`
  const folder = t.testdir({ 'schema.prisma': text })
  const { code, stdout, stderr } = await runCommand(folder, ['mixin', 'version', '--model', 'A'])
  t.strictSame([code, stdout], [1, ''])
  t.match(
    stderr,
    /^Nothing was written: Prisma could not read the schema then\.\n\nerror: Type "Itn" is neither.*schema\.prisma:12\n/s
  )
  t.equal(await schemaIn(folder), text)

  // The compiled files, where no node_modules can be found.
  const alone = await mkdtemp(join(tmpdir(), 'commons-'))
  t.after(() => rm(alone, { recursive: true }))
  for (const part of ['lib', 'prisma/cli', 'prisma/generator', 'prisma/metadata']) {
    await cp(join(root, 'build', part), join(alone, 'build', part), { recursive: true })
  }
  await writeFile(join(alone, 'package.json'), '{ "type": "module", "version": "9.9.9" }')
  await run(process.execPath, [join(alone, 'build/prisma/cli/bin.js'), 'mixin', 'version', '--model', 'A'], {
    cwd: folder
  })
  t.equal(
    await schemaIn(folder),
    text
      .replace('\nmodel A', '\n/// @commons.version\nmodel A')
      .replace(/@id\n\}\n$/, '@id\n\n  version Int @default(1)\n}\n')
  )
})
