import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fastify from 'fastify'
import type { FastifyPluginAsync } from 'fastify'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import t from 'tap'
import { packedPackage } from './helpers/packed-package.js'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | Readonly<Record<'types' | 'default', string>>>>
}

interface SourceMap {
  readonly sourcesContent?: readonly string[]
}

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const { tarball, files, project, directory } = await packedPackage(t)
const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest
const names = Object.keys(manifest.exports)
  .filter(path => path !== './package.json')
  .map(path => manifest.name + path.slice(1))

await t.test('the package holds compiled code, its maps, its types and its documentation, nothing else', async t => {
  const wanted =
    /^(LICENSE|README\.md|CHANGELOG\.md|package\.json|docs\/[\w-]+\.md|build\/(lib|plugins|prisma)\/.+\.(js|js\.map|d\.ts))$/
  const unwanted = /^build\/prisma\/(generated\/|seed\.)|\.test\./
  t.strictSame(
    files.filter(file => !wanted.test(file) || unwanted.test(file)),
    []
  )
  t.ok(files.includes('LICENSE'))
})

await t.test('packing a fresh clone builds every source file, with a map that holds its text', async t => {
  const sources = (
    await Promise.all(
      ['lib', 'plugins', 'prisma'].map(
        async folder => await readdir(join(root, folder), { recursive: true, withFileTypes: true })
      )
    )
  )
    .flat()
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
    .filter(file => file.endsWith('.ts') && !/^prisma\/(generated\/|seed\.ts|prisma\.config\.ts)/.test(file))
  t.ok(sources.length > 300, 'the sources were read')

  const compiled = sources.map(file => `build/${file.slice(0, -'.ts'.length)}`)
  const missing = compiled
    .flatMap(file => [`${file}.js`, `${file}.js.map`, `${file}.d.ts`])
    .filter(file => !files.includes(file))
  t.strictSame(missing, [])

  const mapOf = (file: string): SourceMap =>
    JSON.parse(readFileSync(join(directory, `${file}.js.map`), 'utf8')) as SourceMap
  t.strictSame(
    compiled.filter(file => typeof mapOf(file).sourcesContent?.[0] !== 'string'),
    []
  )
})

await t.test('the source map comment of every packed file names a packed file', async t => {
  const commented = files.filter(file => /\.(js|d\.ts)$/.test(file))
  const dangling = commented.filter(file => {
    const [, map] = /^\/\/# sourceMappingURL=(.+)$/m.exec(readFileSync(join(directory, file), 'utf8')) ?? []
    return map !== undefined && !files.includes(join(file, '..', map))
  })
  t.strictSame(dangling, [])
})

await t.test('every path of package.json is packed', async t => {
  const text = JSON.stringify({ ...manifest, files: [], scripts: {} })
  const paths: readonly string[] = text.match(/(?<=")\.\/[^"]+\.[^"]+(?=")/g) ?? []
  t.ok(paths.includes(manifest.bin[manifest.name]!), 'the paths were read')
  t.strictSame(
    paths.filter(path => !files.includes(path.slice('./'.length))),
    []
  )
})

await t.test('publint has nothing to say', async t => {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball)
  const { messages, pkg } = await publint({
    strict: true,
    pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer }
  })
  t.strictSame(
    messages.map(message => formatMessage(message, pkg!, { color: false })),
    []
  )
})

await t.test('the types of every path resolve', async t => {
  const attw = join(root, 'node_modules/.bin/attw')
  const report = await run(attw, [
    tarball,
    '--profile',
    'esm-only',
    '--no-definitely-typed',
    '--format',
    'ascii',
    '--no-color',
    '--no-emoji'
  ]).then(
    () => 'clean',
    (error: { readonly stdout: string }) => error.stdout
  )
  t.equal(report, 'clean')
})

/** Runs a script in the project that has the tarball installed, and gives what it printed. */
async function runInProject (file: string, text: string): Promise<unknown> {
  await writeFile(join(project, file), text)
  const { stdout } = await run(process.execPath, [file], { cwd: project })
  return JSON.parse(stdout) as unknown
}

/** A server with a plugin of the package, and what it answers. */
const server = `
  const app = fastify()
  await app.register(envelope)
  app.get('/', async () => ({ id: 1 }))
  const { success, data } = (await app.inject('/')).json()
  return { success, data }`
const answer = { success: true, data: { id: 1 } }

await t.test('the installed tarball works from ES modules, without the optional peers', async t => {
  const printed = await runInProject(
    'esm.mjs',
    `import fastify from 'fastify'
import envelope from 'fastify-prisma-commons/envelope'
const empty = []
for (const name of ${JSON.stringify(names)}) {
  if (Object.keys(await import(name)).length === 0) empty.push(name)
}
const serve = async () => {${server}}
console.log(JSON.stringify({ empty, answer: await serve() }))`
  )
  t.strictSame(printed, { empty: [], answer })
})

await t.test('the installed tarball works from CommonJS', async t => {
  const printed = await runInProject(
    'commonjs.cjs',
    `const fastify = require('fastify')
const envelope = require('fastify-prisma-commons/envelope')
const empty = ${JSON.stringify(names)}.filter(name => Object.keys(require(name)).length === 0)
const serve = async () => {${server}}
serve().then(answer => console.log(JSON.stringify({ empty, answer })))`
  )
  t.strictSame(printed, { empty: [], answer })
})

await t.test('the command of the installed tarball runs', async t => {
  const bin = join(directory, manifest.bin[manifest.name]!)
  const { stdout } = await run(process.execPath, [bin, '--version'], { cwd: project })
  t.match(stdout, manifest.version)
})

await t.test('every path can be imported by its name', async t => {
  for (const name of names) {
    const module = (await import(name)) as object
    t.not(Object.keys(module).length, 0, `${name} exports something`)
  }
})

await t.test('a plugin can be required and its namespace registered', async t => {
  const require = createRequire(import.meta.url)
  const app = fastify()
  t.after(() => app.close())
  await app.register(require('fastify-prisma-commons/current-user') as FastifyPluginAsync)
  t.ok(app.hasPlugin('fastify-prisma-commons/current-user'))
  t.equal((require('fastify-prisma-commons/package.json') as Manifest).name, manifest.name)
})
