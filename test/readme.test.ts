import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { getDMMF } from '@prisma/get-dmmf'
import { resolveMetadata } from 'fastify-prisma-commons/extension'
import { errorTable } from 'fastify-prisma-commons/errors'
import t from 'tap'
import ts from 'typescript'
import { seed } from '../prisma/seed.js'
import { createDatabase } from './helpers/database.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')

interface Block {
  readonly language: string
  readonly text: string
}

const blocks = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]): Block => ({
  language: language!,
  text: text!
}))
const sources = blocks.filter(block => block.language === 'ts').map(block => block.text)
const server = sources.find(text => text.includes('app.listen('))!

/** What the pieces of code take for given, and what their augmentations must come to. */
const surroundings = `
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Actor, ActorId } from 'fastify-prisma-commons/actor'
import { commons } from 'fastify-prisma-commons/extension'
import type { Equal, Expect } from '../test/types/expect.js'
import { PrismaClient } from './generated/client/client.js'
import type { Prisma } from './generated/client/client.js'
import { metadata } from './generated/metadata.js'

const extended = (plain: PrismaClient) => plain.$extends(commons({ metadata }))
type Extended = ReturnType<typeof extended>

declare global {
  const app: FastifyInstance
  const client: Extended
  const prisma: Extended
  const data: Prisma.ContractCreateManyInput[]
  const userOfToken: (header: string | undefined) => Promise<Actor | null>
}

export type Augmented = [
  Expect<Equal<FastifyInstance['prisma'], Extended>>,
  Expect<Equal<ActorId, number>>,
  Expect<Equal<NonNullable<FastifyRequest['currentUser']>['role'], 'member' | 'admin' | undefined>>
]
`

/** The cells of the first table below a heading. */
function tableBelow (heading: string): string[][] {
  const [, below] = readme.split(new RegExp(`^#+ ${heading}$`, 'm'))
  return tableIn(below!)
}

function tableIn (text: string): string[][] {
  const lines = /^\|.*\|\n\|[-|]+\|\n((?:\|.*\|\n)*)/m.exec(text)![1]!.trimEnd()
  return lines
    .split('\n')
    .filter(line => line !== '')
    .map(line =>
      line
        .slice(1, -1)
        .split(' | ')
        .map(cell => cell.trim())
    )
}

/** Names of the members of an interface, in their order. */
function membersOf (file: string, name: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(root + file, 'utf8'), ts.ScriptTarget.Latest)
  const found = source.statements.find(
    statement => ts.isInterfaceDeclaration(statement) && statement.name.text === name
  ) as ts.InterfaceDeclaration
  return found.members.map(member => (member.name as ts.Identifier).text)
}

const code = (text: string): string => `\`${text}\``

await t.test('the table of errors is the one in the code', t => {
  t.strictSame(
    tableBelow('Error codes'),
    Object.entries(errorTable).map(([name, { status, message }]) => [code(name), String(status), message])
  )
  t.end()
})

await t.test('every option has its line', t => {
  const firstCells = (table: string[][]): string[] => table.map(([cell]) => cell!)
  const options = (file: string, name: string): string[] => membersOf(file, name).map(code)
  t.strictSame(firstCells(tableBelow('Options')), options('prisma/extension/index.ts', 'CommonsOptions'))
  t.strictSame(firstCells(tableBelow('prisma')), options('plugins/prisma.ts', 'PrismaOptions'))
  t.strictSame(firstCells(tableBelow('envelope')), options('plugins/envelope.ts', 'EnvelopeOptions'))
  t.strictSame(firstCells(tableBelow('currentUser')), options('plugins/current-user.ts', 'CurrentUserOptions'))
  // `prefix` is of every `register`, and worth telling of here.
  t.strictSame(firstCells(tableBelow('bulk')), [
    ...options('plugins/mount-resource.ts', 'ResourcePluginOptions'),
    '`prefix`'
  ])
  t.strictSame(firstCells(tableBelow('crud')), [
    ...options('plugins/mount-resource.ts', 'ResourcePluginOptions'),
    '`prefix`'
  ])
  t.strictSame(firstCells(tableIn(readme.split('`defineResource` takes:')[1]!)), [
    ...options('lib/resource/definition/core-options.ts', 'CoreOptions'),
    ...options('lib/define/define-resource.ts', 'ResourceOptions')
  ])
  t.strictSame(
    firstCells(tableIn(readme.split('The section `bulk` takes:')[1]!)),
    options('lib/resource/write/bulk-options.ts', 'BulkRequestOptions')
  )
  t.strictSame(
    firstCells(tableIn(readme.split('the rules of who may do what:')[1]!)),
    options('lib/resource/definition/rules.ts', 'RuleOptions')
  )
  t.strictSame(firstCells(tableBelow('resource')), [
    ...options('plugins/mount-resource.ts', 'ResourcePluginOptions'),
    '`prefix`'
  ])
  t.strictSame(firstCells(tableBelow('suite')), options('plugins/suite.ts', 'SuiteOptions'))
  t.strictSame(firstCells(tableBelow('Lists')), options('lib/resource/list/list-options.ts', 'ListOptions'))
  t.strictSame(firstCells(tableBelow('export')), [
    ...options('plugins/mount-resource.ts', 'ResourcePluginOptions'),
    '`prefix`'
  ])
  t.strictSame(firstCells(tableBelow('import')), [
    ...options('plugins/mount-resource.ts', 'ResourcePluginOptions'),
    '`prefix`'
  ])
  t.strictSame(firstCells(tableIn(readme.split('The option `export` of `defineResource` says more:')[1]!)), [
    ...options('lib/export/export-options.ts', 'ExportOptions'),
    ...options('lib/tabular/formats.ts', 'FormatSettings')
  ])
  t.strictSame(
    firstCells(tableIn(readme.split('An entry of `fields` takes:')[1]!)),
    options('lib/export/export-options.ts', 'ExportField')
  )
  t.strictSame(firstCells(tableBelow('How an import is declared')), [
    ...options('lib/import/plan/options.ts', 'ImportModelOptions'),
    ...options('lib/import/plan/options.ts', 'ImportOptions')
  ])
  t.strictSame(firstCells(tableBelow('What a file may hold')), options('lib/tabular/table/limits.ts', 'FileLimits'))
  t.end()
})

await t.test('every path of the package is told of, every method, and links lead to headings', t => {
  const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    readonly name: string
    readonly exports: object
  }
  const paths = Object.keys(manifest.exports)
    .filter(path => path !== './package.json')
    .map(path => manifest.name + path.slice(1))
  t.strictSame(
    paths.filter(path => !readme.includes(path)),
    []
  )
  t.strictSame(
    tableBelow('The extension').map(([method]) => method),
    ['bulkCreate', 'bulkUpsert', 'bulkUpdate', 'bulkReplace', 'bulkDelete'].map(code)
  )
  const anchors = [...readme.matchAll(/^#+ (.*)$/gm)].map(
    ([, heading]) =>
      `#${heading!
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-')}`
  )
  t.strictSame(
    [...readme.matchAll(/\]\((#[^)]*)\)/g)].map(([, link]) => link!).filter(link => !anchors.includes(link)),
    []
  )
  t.end()
})

await t.test('the schemas are what the generator takes', t => {
  const [schema, model] = blocks.filter(block => block.language === 'prisma').map(block => block.text)
  for (const [text, name, features] of [
    [schema!, 'Contract', ['audit', 'version']],
    [schema! + model!, 'Author', ['audit', 'softDelete', 'version', 'slug']]
  ] as const) {
    const document = getDMMF({ datamodel: text })
    if (!('datamodel' in document)) throw document.error
    const { models } = resolveMetadata(document.datamodel)
    t.strictSame(Object.keys(models[name]!.features), features)
  }
  t.end()
})

await t.test('the code compiles, and its augmentations do what is said', t => {
  t.equal(server.trimEnd().split('\n').length <= 20, true, 'the server has 20 lines')
  const files = new Map(sources.map((text, i) => [`${root}prisma/readme-${i}.ts`, text]))
  files.set(`${root}prisma/readme-surroundings.ts`, surroundings)
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile) as { readonly config: unknown }
  const { options } = ts.parseJsonConfigFileContent(
    config,
    ts.sys,
    root,
    { noEmit: true, noUnusedLocals: false, moduleDetection: ts.ModuleDetectionKind.Force },
    `${root}tsconfig.json`
  )
  const host = ts.createCompilerHost(options)
  const { readFile, fileExists } = host
  host.readFile = path => files.get(path) ?? readFile(path)
  host.fileExists = path => files.has(path) || fileExists(path)
  const program = ts.createProgram([...files.keys()], options, host)
  const problems = [...files.keys()].flatMap(path => {
    const source = program.getSourceFile(path)!
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ start = 0, messageText }) =>
        `${source.text.slice(start).split('\n')[0]}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    )
  })
  t.strictSame(problems, [])
  t.end()
})

await t.test('the server runs, and answers as it is said', async t => {
  const database = await createDatabase(t)
  await seed(database.prisma)
  const folder = t.testdir({
    'server.js': ts.transpile(server, { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext }),
    generated: t.fixture('symlink', fileURLToPath(new URL('../prisma/generated', import.meta.url)))
  })
  const child = spawn(process.execPath, [`${folder}/server.js`], {
    env: { ...process.env, DATABASE_URL: database.connectionString, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.after(async () => {
    child.kill()
  })
  let url = ''
  for await (const line of createInterface({ input: child.stdout })) {
    url = /Server listening at ([^"\s]+)/.exec(line)?.[1] ?? ''
    if (url !== '') break
  }

  for (const [i, block] of blocks.entries()) {
    if (!block.text.startsWith('curl ')) continue
    const answer = await send(block.text, url)
    t.strictSame(timeless(answer), timeless(blocks[i + 1]!.text), block.text)
  }
})

/** Sends what a curl command says: method, headers, body and the path of its URL. */
async function send (command: string, origin: string): Promise<string> {
  const words = [...command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare!
  )
  const valuesOf = (option: string): string[] => words.flatMap((word, i) => (word === option ? [words[i + 1]!] : []))
  const target = new URL(words.find(word => word.startsWith('http://'))!)
  const response = await fetch(origin + target.pathname + target.search, {
    method: valuesOf('-X')[0]!,
    headers: valuesOf('-H').map(header => header.split(': ') as [string, string]),
    body: valuesOf('-d')[0]!
  })
  return await response.text()
}

function timeless (json: string): unknown {
  return JSON.parse(json.replaceAll(/"timestamp": ?"[^"]+"/g, '"timestamp":"now"'))
}
