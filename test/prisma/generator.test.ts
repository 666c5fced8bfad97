import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { getDMMF } from '@prisma/get-dmmf'
import { resolveMetadata } from 'fastify-prisma-commons/extension'
import t from 'tap'
import ts from 'typescript'
import type { SchemaError } from '../../lib/model/schema-problems.js'
import { locateProblem } from '../../prisma/generator/locate.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

const head = `generator commons {
  provider = "node build/prisma/cli/bin.js"
  output   = "./generated"
}

datasource db {
  provider = "postgresql"
}
`

interface Run {
  readonly code: number
  readonly output: string
}

async function run (args: readonly string[]): Promise<Run> {
  return await new Promise(resolve => {
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: './package.json', NO_COLOR: '1' }
    execFile(process.execPath, args, { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr })
    })
  })
}

const generate = (schema: string) => run(['node_modules/prisma/build/index.js', 'generate', '--schema', schema])

/** The messages of a strict compilation that emits nothing. */
function compile (...files: string[]): string[] {
  const program = ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: []
  })
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

await t.test(
  'prisma generate writes a module that compiles, knows its literals and equals what the parser gives',
  async t => {
    const schema = `${head}
/// Notes \u2028 with a line separator, 'quotes' and a \\ backslash.
/// @commons.version(field: "rev")
/// @commons.unique(name: "it's live", fields: ["title"], where: { text: "\\"a\\\\b\\"", gone: null })
model Note {
  id    Int       @id @default(autoincrement())
  rev   Int       @default(1)
  title String    @default("it's \\"new\\" \\\\ \\n")
  text  String
  gone  DateTime?
  mood  Mood      @default(good)
}

enum Mood {
  good @map("very good")
  bad
}
`
    const folder = t.testdir({
      'schema.prisma': schema,
      'use.ts': `import { metadata } from './generated/metadata.js'
import type { CommonsMetadata } from './generated/metadata.js'
export const field: 'rev' = metadata.models.Note.features.version.field
export type Models = keyof CommonsMetadata['models']
export const name: Models = 'Note'
`,
      'misuse.ts': `import { metadata } from './generated/metadata.js'
export const field = metadata.models.Note.features.softDelete
`
    })
    const first = await generate(join(folder, 'schema.prisma'))
    t.match(first, { code: 0, output: /✔ Generated fastify-prisma-commons metadata to \S+generated in/ })

    const file = join(folder, 'generated/metadata.ts')
    const written = await readFile(file, 'utf8')
    t.strictSame(compile(join(folder, 'use.ts')), [])
    t.match(compile(join(folder, 'misuse.ts')), [/^Property 'softDelete' does not exist/])

    const script = join(folder, 'metadata.mjs')
    await writeFile(
      script,
      ts.transpileModule(written, {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 }
      }).outputText
    )
    const { metadata } = (await import(pathToFileURL(script).href)) as { metadata: unknown }
    const document = getDMMF({ datamodel: schema })
    if ('error' in document) throw document.error
    t.strictSame(metadata, resolveMetadata(document))

    await generate(join(folder, 'schema.prisma'))
    t.equal(await readFile(file, 'utf8'), written, 'a second run writes the same text')
  }
)

await t.test('the written module is made to be read', async t => {
  const folder = t.testdir({
    'schema.prisma': `${head}
/// @commons.version
model Tag {
  id      Int    @id
  version Int    @default(1)
  name    String @unique @map("tag_name") @db.VarChar(40)
}
`
  })
  t.match(await generate(join(folder, 'schema.prisma')), { code: 0 })
  t.equal(
    await readFile(join(folder, 'generated/metadata.ts'), 'utf8'),
    `// Written by \`prisma generate\` (generator fastify-prisma-commons). Change schema.prisma, not this file.
/* eslint-disable */
import type { Metadata, ModelFacts } from 'fastify-prisma-commons/extension'

/** What types take from the schema. Declared, not inferred: the declaration file of a large schema stays small. */
export interface CommonsMetadata extends Metadata {
  readonly models: {
    readonly Tag: ModelFacts<{ version: { field: 'version', revisionNotes: null } }>
  }
}

const schema: Metadata = {
  provider: 'postgresql',
  models: {
    Tag: {
      name: 'Tag',
      table: 'Tag',
      schema: null,
      fields: [
        { name: 'id', column: 'id', kind: 'scalar', type: 'Int', list: false, required: true, native: null, default: null, updatedAt: false },
        { name: 'version', column: 'version', kind: 'scalar', type: 'Int', list: false, required: true, native: null, default: { kind: 'value', value: 1 }, updatedAt: false },
        { name: 'name', column: 'tag_name', kind: 'scalar', type: 'String', list: false, required: true, native: ['VarChar', '40'], default: null, updatedAt: false }
      ],
      relations: [],
      uniques: [
        { name: 'id', fields: ['id'], primary: true, index: 'Tag_pkey', where: null },
        { name: 'name', fields: ['name'], primary: false, index: 'Tag_tag_name_key', where: null }
      ],
      features: { version: { field: 'version', revisionNotes: null } }
    }
  },
  enums: {}
}

export const metadata: CommonsMetadata = schema as CommonsMetadata
`
  )
})

await t.test('prisma generate fails with every problem, its line and its cure', async t => {
  const folder = t.testdir({
    'schema.prisma': `${head}
/// An article.
/// @commons.audit
// Not documentation.
/// @commons.verson
model Article {
    id Int @id
  title String /// @commons.slug(from: "titel")
  createdAt DateTime
}
`
  })
  const schema = join(folder, 'schema.prisma')
  const { code, output } = await generate(schema)
  t.equal(code, 1)
  const path = relative(root, schema)
  t.equal(
    output.slice(output.indexOf('Error:') + 'Error:'.length).trim(),
    `3 problems in the @commons annotations of the Prisma schema

${path}:11  model Article  @commons.audit
  Model Article has no field "updatedAt"
  Add \`updatedAt DateTime @updatedAt\` to model Article, or name another field: @commons.audit(updatedAt: "…")

${path}:13  model Article  @commons.verson
  Unknown annotation "verson"
  Did you mean "version"?

${path}:16  Article.title  @commons.slug(from: "titel")
  Model Article has no field "titel"
  Add \`titel String\` to model Article. Did you mean "title"?`
  )
  await t.rejects(readFile(join(folder, 'generated/metadata.ts')), { code: 'ENOENT' }, 'nothing is written')
})

await t.test('a schema of several files is read whole, and a problem names the file of its line', async t => {
  const folder = t.testdir({
    schema: {
      'base.prisma': head,
      'enums.prisma': 'enum Size {\n  small\n}\n',
      models: { 'shop.prisma': 'model Shop {\n  id   Int  @id\n  /// @commons.generatd\n  size Size\n}\n' }
    }
  })
  const schema = join(folder, 'schema')
  const shop = join(schema, 'models/shop.prisma')
  const { code, output } = await generate(schema)
  t.equal(code, 1)
  t.match(output, `${relative(root, shop)}:3  Shop.size  @commons.generatd`)
  await writeFile(shop, 'model Shop {\n  id   Int  @id\n  size Size\n}\n')
  t.match(await generate(schema), { code: 0 })
  t.match(await readFile(join(schema, 'generated/metadata.ts'), 'utf8'), /Shop: \{[^]*Size: \{/)
})

await t.test('a feature whose column is gone from the schema says what to add, and where', async t => {
  const folder = t.testdir({
    'schema.prisma': `${head}
/// @commons.audit
model Audited {
  id        Int      @id
  createdAt DateTime @default(now())
}

/// @commons.softDelete
model Marked {
  id Int @id
}

/// @commons.version
model Versioned {
  id Int @id
}

model Slugged {
  id   Int    @id
  /// @commons.slug(from: "title")
  slug String @unique
}

/// @commons.slug(from: "id")
model Slugless {
  id Int @id
}

/// @commons.currentUser(on: "create")
model Owned {
  id Int @id
}

/// @commons.meta
model Described {
  id Int @id
}

/// @commons.identity
model Person {
  id Int @id
}

/// @commons.address
model Place {
  id Int @id
}

/// @commons.unique(fields: ["code"], where: { deletedAt: null })
model Coded {
  id Int @id
}
`
  })
  const { code, output } = await generate(join(folder, 'schema.prisma'))
  t.equal(code, 1)
  const problems = [...output.matchAll(/^\S+schema\.prisma:(\d+) {2}(\S.*)\n {2}(.*)\n {2}(.*)$/gm)].map(
    ([, line, owner, message, hint]) => `${line} ${owner}: ${message} | ${hint}`
  )
  t.strictSame(problems, [
    '10 model Audited  @commons.audit: Model Audited has no field "updatedAt" | Add `updatedAt DateTime ' +
      '@updatedAt` to model Audited, or name another field: @commons.audit(updatedAt: "…")',
    '16 model Marked  @commons.softDelete: Model Marked has no field "deletedAt" | Add `deletedAt DateTime?` to ' +
      'model Marked, or name another field: @commons.softDelete(deletedAt: "…")',
    '21 model Versioned  @commons.version: Model Versioned has no field "version" | Add `version Int @default(1)` ' +
      'to model Versioned, or name another field: @commons.version(field: "…")',
    '28 Slugged.slug  @commons.slug(from: "title"): Model Slugged has no field "title" | Add `title String` to ' +
      'model Slugged. Known: id, slug',
    '32 model Slugless  @commons.slug(from: "id"): @commons.slug belongs to a field of type String, not to a model ' +
      '| Write it above that field',
    '37 model Owned  @commons.currentUser(on: "create"): @commons.currentUser belongs to a field, not to a model | ' +
      'Write it above that field',
    '42 model Described  @commons.meta: Model Described has none of the columns of @commons.meta: metadata, tags, ' +
      'notes | Add one of them, such as `metadata Json?`, or name another field: @commons.meta(metadata: "…")',
    '47 model Person  @commons.identity: Model Person has no field "firstName" | Add `firstName String` to model ' +
      'Person, or name another field: @commons.identity(firstName: "…")',
    '52 model Place  @commons.address: Model Place has none of the columns of @commons.address: addressLine1, ' +
      'addressLine2, city, stateProvince, postalCode, country, latitude, longitude | ' +
      'Add one of them, such as `addressLine1 String?`, or name another field: @commons.address(addressLine1: "…")',
    '57 model Coded  @commons.unique(fields: ["code"], where: { deletedAt: null }): Model Coded has no field ' +
      '"code" | Add it to the model, or name another. Known: id',
    '57 model Coded  @commons.unique(fields: ["code"], where: { deletedAt: null }): Model Coded has no field ' +
      '"deletedAt" | Add it to the model, or name another. Known: id'
  ])
})

await t.test('soft-deletable models that go together need an id of their deletion', async t => {
  const folder = t.testdir({
    'schema.prisma': `${head}
/// @commons.softDelete
model Shelf {
  id        Int       @id
  books     Book[]
  labels    Label[]
  deletedAt DateTime?
}

/// @commons.softDelete(deletionId: null)
model Book {
  id         Int       @id
  shelfId    Int
  shelf      Shelf     @relation(fields: [shelfId], references: [id], onDelete: Cascade)
  partOfId   Int?
  partOf     Book?     @relation("Parts", fields: [partOfId], references: [id], onDelete: Cascade)
  parts      Book[]    @relation("Parts")
  pages      Page[]
  deletedAt  DateTime?
  deletionId String?
}

/// @commons.softDelete
model Page {
  id        Int       @id
  bookId    Int
  book      Book      @relation(fields: [bookId], references: [id], onDelete: Restrict)
  deletedAt DateTime?
}

model Label {
  id      Int   @id
  shelfId Int
  shelf   Shelf @relation(fields: [shelfId], references: [id], onDelete: Cascade)
}
`
  })
  const { code, output } = await generate(join(folder, 'schema.prisma'))
  t.equal(code, 1)
  const path = relative(root, join(folder, 'schema.prisma'))
  t.equal(
    output.slice(output.indexOf('Error:') + 'Error:'.length).trim(),
    `2 problems in the @commons annotations of the Prisma schema

${path}:10  model Shelf  @commons.softDelete
  Deletions cascade along Book.shelf (onDelete: Cascade), and without an id of the deletion a restore cannot tell which rows went together
  Add \`deletionId String?\` to model Shelf, or give the relation another action, such as onDelete: Restrict

${path}:18  model Book  @commons.softDelete(deletionId: null)
  Deletions cascade along Book.shelf, Book.partOf (onDelete: Cascade), and without an id of the deletion a restore cannot tell which rows went together
  Leave \`deletionId: null\` out of the annotation`
  )
})

await t.test('a unique index for some rows of a soft-deletable model has to be described', async t => {
  const schema = (annotations: string): string => `generator client {
  provider        = "prisma-client"
  output          = "./client"
  previewFeatures = ["partialIndexes"]
}

${head}
/// @commons.softDelete
${annotations}model Article {
  id        Int       @id
  code      String
  year      Int       @map("the_year")
  slug      String
  deletedAt DateTime?

  @@unique([code, year])
  @@unique([slug], where: { deletedAt: null }, map: "live_slug")
  @@unique([year, code], where: { deletedAt: null }, map: "live_code")
  @@unique([year], where: { code: "x" }, map: "Article_the_year_key")
}

model Tag {
  id   Int    @id
  name String

  @@unique([name], where: { id: 1 })
}
`
  const problemsOf = (text: string): string[] => {
    const document = getDMMF({ datamodel: text })
    if ('error' in document) throw document.error
    try {
      resolveMetadata(document)
      return []
    } catch (error) {
      return (error as SchemaError).problems.map(({ model, source, hint }) => `${model} ${source}: ${hint}`)
    }
  }
  const annotations = {
    slug: '/// @commons.unique(name: "live_slug", fields: ["slug"], where: { deletedAt: null })',
    code: '/// @commons.unique(name: "live_code", fields: ["year", "code"], where: { deletedAt: null })',
    year: '/// @commons.unique(fields: ["year"], where: { deletedAt: null })'
  }
  const advice = (fields: string, annotation: string): string =>
    `Article @@unique([${fields}], where: …): Repeat its condition above the model, such as \`${annotation}\``
  const all = [
    advice('slug', annotations.slug),
    advice('year, code', annotations.code),
    advice('year', annotations.year)
  ]
  t.strictSame(problemsOf(schema('')), all)
  t.strictSame(
    problemsOf(
      schema(
        '/// @commons.unique(name: "x", fields: ["code", "year"], where: { deletedAt: null ' +
          `})\n${annotations.year.replace('deletedAt: null', 'code: "x"')}\n`
      )
    ),
    [all[0]]
  )
  t.strictSame(problemsOf(schema(`${annotations.slug}\n${annotations.code}\n${annotations.year}\n`)), [])

  const folder = t.testdir({ 'schema.prisma': schema('') })
  t.match(await generate(join(folder, 'schema.prisma')), {
    code: 1,
    output:
      /schema\.prisma:17 {2}model Article {2}@@unique\(\[slug\], where: …\)\n {2}Prisma tells nobody for which rows this unique index holds/
  })
})

await t.test('a schema in several files names the file', async t => {
  const folder = t.testdir({
    'schema.prisma': head,
    models: {
      'a.prisma': 'model A {\n  id Int @id\n}\n\n/// @commons.version\nmodel Aa {\n  id Int @id\n}\n',
      'b.prisma':
        '/// A view of the past.\n/// @commons.softDelete(\n///   deletedAt: "gone"\n/// )\nmodel B {\n  id Int ' +
        '@id\n  /// @commons.slug(from: id)\n  // The owner.\n  slug String?\n}\n'
    }
  })
  const { code, output } = await generate(folder)
  t.equal(code, 1)
  const lines = [...output.matchAll(/^(\S+?):(\d+) {2}(\S.*)$/gm)].map(([, path, line, what]) => [
    relative(folder, join(root, path!)),
    Number(line),
    what
  ])
  t.strictSame(lines, [
    [join('models', 'a.prisma'), 5, 'model Aa  @commons.version'],
    [join('models', 'b.prisma'), 2, 'model B  @commons.softDelete('],
    [join('models', 'b.prisma'), 7, 'B.slug  @commons.slug(from: id)']
  ])
})

await t.test('run by hand the generator tells what it is for', async t => {
  const { code, output } = await run(['build/prisma/cli/bin.js'])
  t.equal(code, 0)
  t.match(
    output,
    /^Usage: fastify-prisma-commons <command>.*this is a generator of Prisma.*provider = "fastify-prisma-commons".*metadata\.ts/s
  )
})

await t.test(
  'a problem is found behind other text, and at its owner when the annotation itself is not found',
  async t => {
    const files = [
      {
        path: 'schema.prisma',
        text:
          '// model A is below\r\nmodel A {\r\n  id Int @id\r\n  title String @default("///") /// ' +
          '@commons.slug(from: "x")\r\n  // kept\r\n}\r\n'
      }
    ]
    const problem = { model: 'A', field: 'title', source: '@commons.slug(from: "x")', message: '', hint: '' }
    t.equal(locateProblem(problem, files), 'schema.prisma:4')
    t.equal(locateProblem({ ...problem, source: '@commons.other' }, files), 'schema.prisma:4')
    t.equal(locateProblem({ ...problem, field: 'gone' }, files), 'schema.prisma:2')
    t.equal(locateProblem({ ...problem, field: null }, files), 'schema.prisma:2')
    t.equal(locateProblem({ ...problem, model: 'B' }, files), null)
  }
)

await t.test('the protocol takes requests in any chunks and answers each, also when one fails', async t => {
  const env = { ...process.env, PRISMA_GENERATOR_INVOCATION: 'true' }
  const generator = spawn(process.execPath, ['build/prisma/cli/bin.js'], { cwd: root, env })
  const folder = t.testdir({ file: 'not a folder' })
  const requests = [
    { jsonrpc: '2.0', id: 1, method: 'getManifest', params: {} },
    { jsonrpc: '2.0', id: 2, method: 'sing\u2028é', params: {} },
    {
      jsonrpc: '2.0',
      id: 3,
      method: 'generate',
      params: {
        dmmf: { datamodel: { models: [], enums: [] } },
        generator: { output: { value: join(folder, 'file') } },
        datasources: [{ activeProvider: 'postgresql' }]
      }
    }
  ]
  let answers = ''
  generator.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    answers += chunk
  })
  const input = Buffer.from(requests.map(request => JSON.stringify(request) + '\n').join(''))
  // A chunk may end anywhere, inside a character too.
  const cut = input.indexOf('é') + 1
  generator.stdin.write(input.subarray(0, cut))
  await once(generator.stderr, 'data')
  generator.stdin.end(input.subarray(cut))
  await once(generator, 'close')
  const lines = answers.trimEnd().split(/[\n\u2028]/)
  t.match(
    lines.map(line => JSON.parse(line) as unknown),
    [
      {
        jsonrpc: '2.0',
        id: 1,
        result: { manifest: { prettyName: 'fastify-prisma-commons metadata', defaultOutput: './generated' } }
      },
      { jsonrpc: '2.0', id: 2, error: { code: -32000, message: 'This generator has no method "sing\u2028é"' } },
      { jsonrpc: '2.0', id: 3, error: { code: -32000, message: /^EEXIST: file already exists, mkdir/ } }
    ]
  )
  t.equal(lines.length, 3)
})
