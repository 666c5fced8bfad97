import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fastify from 'fastify'
import type { FastifyPluginAsync } from 'fastify'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import t from 'tap'

interface Manifest {
  readonly name: string
  readonly scripts: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | Readonly<Record<'types' | 'default', string>>>>
}

interface SourceMap {
  readonly sourcesContent?: readonly string[]
}

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
const directory = t.testdir()
const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], {
  cwd: root,
  maxBuffer: 64 * 1024 * 1024
})
const [packed] = JSON.parse(stdout) as [
  { readonly filename: string; readonly files: ReadonlyArray<{ readonly path: string }> }
]
const tarball = join(directory, packed.filename)
const files = packed.files.map(({ path }) => path)

await t.test('the package holds compiled code, its maps, its types and its papers, nothing else', async t => {
  const wanted =
    /^(LICENSE|README\.md|CHANGELOG\.md|package\.json|build\/(lib|plugins|prisma)\/.+\.(js|js\.map|d\.ts))$/
  const unwanted = /^build\/prisma\/(generated\/|seed\.)|\.test\./
  t.strictSame(
    files.filter(file => !wanted.test(file) || unwanted.test(file)),
    []
  )
  t.ok(files.includes('LICENSE'))
})

await t.test('packing builds first, so that a package made in a fresh clone is not empty', async t => {
  t.equal(manifest.scripts['prepack'], 'npm run build')
})

await t.test('every source file is packed in its compiled form, with a map that holds its text', async t => {
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
    JSON.parse(readFileSync(join(root, `${file}.js.map`), 'utf8')) as SourceMap
  t.strictSame(
    compiled.filter(file => typeof mapOf(file).sourcesContent?.[0] !== 'string'),
    []
  )
})

await t.test('every path of the exports map and of bin is packed', async t => {
  const targets = [
    ...Object.values(manifest.exports).flatMap(target =>
      typeof target === 'string' ? [target] : [target.types, target.default]
    ),
    ...Object.values(manifest.bin)
  ].map(path => path.replace('./', ''))
  t.strictSame(
    targets.filter(path => !files.includes(path)),
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

await t.test('every path can be imported by its name', async t => {
  for (const path of Object.keys(manifest.exports)) {
    if (path === './package.json') continue
    const module = (await import(manifest.name + path.slice(1))) as object
    t.not(Object.keys(module).length, 0, `${path} exports something`)
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
