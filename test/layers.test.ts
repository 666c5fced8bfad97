import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import ts from 'typescript'

/** Text of a source file by its path from the root. */
type Sources = ReadonlyMap<string, string>

interface Import {
  readonly specifier: string
  /** A relative specifier as a path from the root, any other as it is. */
  readonly target: string
  readonly lazy: boolean
}

interface Layer {
  readonly from: RegExp
  readonly may: RegExp
  /** What may be imported dynamically only: optional peers. */
  readonly mayLazily?: RegExp
  readonly rule: string
}

/** Each storage costs every promise of a server a little. */
const storages: ReadonlySet<string> = new Set(['lib/actor-holder.ts', 'lib/diagnostics/query-scope.ts'])

/** The first row that fits a file holds for it. */
const layers: readonly Layer[] = [
  {
    from: /^lib\/tabular\//,
    may: /^(node:|lib\/(errors|load-peer|tabular\/.*|stream\/.*|http\/.*|text\/.*|suggest)\.ts$)/,
    mayLazily: /^(pdfmake|saxes|yauzl|yazl)(\/|$)/,
    rule: 'tables know no models; libraries that read and write files of a type are loaded when they are needed'
  },
  {
    from: /^lib\/http\/disposition\.ts$/,
    may: /^(lib\/(http|text)\/|content-disposition$)/,
    rule: 'names of files are put into headers by one library'
  },
  {
    from: /^lib\//,
    may: /^(node:|lib\/|@sinclair\/typebox(\/|$)|ajv(-formats$|\/|$))/,
    rule: 'lib imports node built-ins, @sinclair/typebox, ajv and lib'
  },
  {
    from: /^(examples\/|prisma\/seed\.ts$)/,
    may: /^(?!lib\/|plugins\/|prisma\/(?!generated\/|seed\.ts$))/,
    rule: 'the example uses the package through its public paths'
  },
  {
    from: /^prisma\/binding\/client-defaults\.ts$/,
    may: /^(node:|lib\/|@bugsnag\/cuid$|@paralleldrive\/cuid2$|nanoid$|ulid$|uuid$)/,
    rule: 'the defaults of the client come from the libraries that Prisma takes them from'
  },
  {
    from: /^prisma\/binding\/transliterate\.ts$/,
    may: /^any-ascii$/,
    rule: 'what becomes of other scripts is the business of one library'
  },
  {
    from: /^prisma\/cli\/adapter\.ts$/,
    may: /^(node:|prisma\/(?!generated\/|seed\.ts$))/,
    mayLazily: /^@prisma\/adapter-pg$/,
    rule: 'commands connect through the adapter of the project, loaded when it is needed'
  },
  {
    from: /^prisma\/cli\/project\.ts$/,
    may: /^(node:|lib\/|prisma\/(?!generated\/|seed\.ts$))/,
    mayLazily: /^\(computed\)$/,
    rule: 'commands work with a module of the project, which tells where it is'
  },
  {
    from: /^prisma\//,
    may: /^(node:|lib\/|prisma\/(?!generated\/|seed\.ts$)|@prisma\/client\/(extension|runtime\/client)$)/,
    mayLazily: /^@prisma\/get-dmmf$/,
    rule: 'prisma imports node built-ins, lib, prisma, @prisma/client/extension and @prisma/client/runtime/client'
  },
  {
    from: /^plugins\/(index|mount-resource|resource|suite)\.ts$/,
    may: /^(node:|lib\/|plugins\/|prisma\/((binding|observe)\/)?(?!seed\.ts$)[^/]+$|fastify$|fastify-plugin$|@fastify\/)/,
    rule:
      'a composing plugin imports node built-ins, lib, plugins, the top modules of prisma, fastify, ' +
      'fastify-plugin and @fastify/*'
  },
  {
    from: /^plugins\//,
    may: /^(node:|lib\/|plugins\/mount-[a-z]+\.ts$|prisma\/((binding|operations|observe)\/)?(?!seed\.ts$)[^/]+$|fastify$|fastify-plugin$|@fastify\/)/,
    rule:
      'a plugin imports node built-ins, lib, the mounts, the top modules of prisma, fastify, fastify-plugin and ' +
      '@fastify/*'
  }
]

/**
 * Every module that a source names (imports, re-exports, import types, augmentations), and whether it reads the
 * environment.
 */
function inspect (file: string, text: string): { imports: readonly Import[]; readsEnvironment: boolean } {
  const imports: Import[] = []
  let readsEnvironment = false
  const add = (node: ts.Node | undefined, lazy = false): void => {
    const specifier = node !== undefined && ts.isStringLiteralLike(node) ? node.text : '(computed)'
    const target = specifier.startsWith('.')
      ? posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')
      : specifier
    imports.push({ specifier, target, lazy })
  }
  const visit = (node: ts.Node): void => {
    // What is erased loads nothing.
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) add(node.moduleSpecifier)
    else if (ts.isExternalModuleReference(node)) add(node.expression)
    else if (ts.isImportTypeNode(node)) add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined)
    else if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name)) add(node.name)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], true)
    } else if (ts.isCallExpression(node) && node.expression.getText() === 'require') add(node.arguments[0], true)
    else if (ts.isIdentifier(node) && node.text === 'process') {
      const { parent } = node
      const member = ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent.name.text : 'env'
      readsEnvironment ||= member === 'env'
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  return { imports, readsEnvironment }
}

/** The first way found to come from a module back to itself, for every group of modules that go round. */
function cycles (edges: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start !== -1) found.push([...path.slice(start), file].join(' -> '))
    if (start !== -1 || done.has(file)) return
    for (const next of edges.get(file) ?? []) walk(next, [...path, file])
    done.add(file)
  }
  for (const file of edges.keys()) walk(file, [])
  return found
}

/**
 * For each folder with rooms in it, which of them import which; files beside the rooms are the room ".". Rooms of a
 * room are its own business: an import counts at the folder where the two paths part.
 */
function roomsOf (edges: ReadonlyMap<string, readonly string[]>): Map<string, Map<string, Set<string>>> {
  const rooms = new Map<string, Map<string, Set<string>>>()
  for (const [file, targets] of edges) {
    const from = file.split('/')
    for (const target of targets.filter(target => edges.has(target))) {
      const to = target.split('/')
      const depth = from.findIndex((part, i) => part !== to[i])
      const roomIn = (path: readonly string[]): string => (depth === path.length - 1 ? '.' : path[depth]!)
      const folder = from.slice(0, depth).join('/')
      // The example is read from its server down, and has few files.
      if (folder === '' || from[0] === 'examples' || roomIn(from) === roomIn(to)) continue
      const inner = rooms.get(folder) ?? new Map<string, Set<string>>()
      rooms.set(folder, inner)
      inner.set(roomIn(from), (inner.get(roomIn(from)) ?? new Set()).add(roomIn(to)))
    }
  }
  return rooms
}

/** The circles of rooms in each folder, and the rooms with more files than a reader can take in. */
function roomProblems (edges: ReadonlyMap<string, readonly string[]>): string[] {
  const circles = [...roomsOf(edges)].flatMap(([folder, inner]) =>
    cycles(new Map([...inner].map(([room, others]) => [room, [...others]]))).map(
      cycle => `${folder}: ${cycle}: rooms do not go round`
    )
  )
  const sizes = new Map<string, number>()
  for (const file of edges.keys()) sizes.set(posix.dirname(file), (sizes.get(posix.dirname(file)) ?? 0) + 1)
  const full = [...sizes].filter(([, size]) => size > 20).map(([folder, size]) => `${folder}: holds ${size} files`)
  return [...circles, ...full]
}

/** Everything in the sources that breaks the table of layers, one line each. */
function violations (sources: Sources): string[] {
  const found: string[] = []
  const edges = new Map<string, readonly string[]>()
  for (const [file, text] of sources) {
    const { imports, readsEnvironment } = inspect(file, text)
    const layer = layers.find(({ from }) => from.test(file))
    for (const { specifier, target, lazy } of imports) {
      if (target === 'node:async_hooks' && !storages.has(file)) {
        found.push(`${file}: "${specifier}": AsyncLocalStorage is used in ${[...storages].join(' and ')} only`)
      } else if (layer === undefined) {
        found.push(`${file}: is in no layer`)
      } else if (!layer.may.test(target) && !(lazy && layer.mayLazily?.test(target) === true)) {
        found.push(`${file}: "${specifier}": ${layer.rule}`)
      }
    }
    if (readsEnvironment && /^(lib|plugins)\//.test(file) && file !== 'lib/environment.ts') found.push(`${file}: process.env: settings come as options`)
    edges.set(
      file,
      imports.map(({ target }) => target)
    )
  }
  return [...found, ...cycles(edges).map(cycle => `${cycle}: modules do not go round`), ...roomProblems(edges)]
}

function readSources (): Sources {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const files = ['lib', 'prisma', 'plugins', 'examples'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(file =>
      posix.join(folder, file.replaceAll('\\', '/'))
    )
  )
  // The generated client is made by Prisma; the configuration belongs to its command line and is not compiled.
  const own = files.filter(file => file.endsWith('.ts') && !/^prisma\/(generated\/|prisma\.config\.ts$)/.test(file))
  return new Map(own.map(file => [file, readFileSync(join(root, file), 'utf8')]))
}

await t.test('the sources keep to the layers', async t => {
  const sources = readSources()
  t.ok(sources.has('lib/actor.ts') && sources.has('plugins/current-user.ts'), 'the sources were read')
  t.strictSame(violations(sources), [])
})

await t.test('each rule finds what breaks it', async t => {
  const lib = 'lib imports node built-ins, @sinclair/typebox, ajv and lib'
  const prisma =
    'prisma imports node built-ins, lib, prisma, @prisma/client/extension and @prisma/client/runtime/client'
  const plugin =
    'a plugin imports node built-ins, lib, the mounts, the top modules of prisma, fastify, fastify-plugin and @fastify/*'
  const storage = 'AsyncLocalStorage is used in lib/actor-holder.ts and lib/diagnostics/query-scope.ts only'
  const example = 'the example uses the package through its public paths'
  const environment = 'process.env: settings come as options'
  const bad: ReadonlyArray<readonly [file: string, text: string, ...found: readonly string[]]> = [
    ['lib/a.ts', "import fastify from 'fastify'", `lib/a.ts: "fastify": ${lib}`],
    ['lib/a.ts', "import type { A } from '@prisma/client/extension'", `lib/a.ts: "@prisma/client/extension": ${lib}`],
    ['lib/sql/a.ts', "export { b } from '../../prisma/b.js'", `lib/sql/a.ts: "../../prisma/b.js": ${lib}`],
    ['lib/a.ts', "export * from '../plugins/b.js'", `lib/a.ts: "../plugins/b.js": ${lib}`],
    ['lib/a.ts', "const b = await import('exceljs')", `lib/a.ts: "exceljs": ${lib}`],
    ['lib/a.ts', 'const b = await import(name)', `lib/a.ts: "(computed)": ${lib}`],
    ['lib/a.ts', "type B = import('fastify').FastifyInstance", `lib/a.ts: "fastify": ${lib}`],
    ['lib/a.ts', "declare module 'fastify' {}", `lib/a.ts: "fastify": ${lib}`],
    ['lib/a.ts', "import fs = require('fs')", `lib/a.ts: "fs": ${lib}`],
    ['lib/a.ts', "const b = require('pg')", `lib/a.ts: "pg": ${lib}`],
    ['lib/a.ts', "import 'node:async_hooks'", `lib/a.ts: "node:async_hooks": ${storage}`],
    ['lib/a.ts', 'const url = process.env.DATABASE_URL', `lib/a.ts: ${environment}`],
    ['plugins/a.ts', "const url = process['env']", `plugins/a.ts: ${environment}`],
    ['plugins/a.ts', 'const { env } = process', `plugins/a.ts: ${environment}`],
    ['prisma/a.ts', "import { Prisma } from '@prisma/client'", `prisma/a.ts: "@prisma/client": ${prisma}`],
    [
      'prisma/extension/a.ts',
      "import type { A } from '../generated/client/client.js'",
      `prisma/extension/a.ts: "../generated/client/client.js": ${prisma}`
    ],
    ['prisma/a.ts', "import { seed } from './seed.js'", `prisma/a.ts: "./seed.js": ${prisma}`],
    ['prisma/a.ts', "import { getDMMF } from '@prisma/get-dmmf'", `prisma/a.ts: "@prisma/get-dmmf": ${prisma}`],
    [
      'prisma/cli/adapter.ts',
      "import { PrismaPg } from '@prisma/adapter-pg'",
      'prisma/cli/adapter.ts: "@prisma/adapter-pg": commands connect through the adapter of the project, loaded ' +
        'when it is needed'
    ],
    [
      'prisma/cli/a.ts',
      "const adapter = await import('@prisma/adapter-pg')",
      `prisma/cli/a.ts: "@prisma/adapter-pg": ${prisma}`
    ],
    ['prisma/cli/a.ts', 'const project = await import(path)', `prisma/cli/a.ts: "(computed)": ${prisma}`],
    ['prisma/a.ts', "import fastify from 'fastify'", `prisma/a.ts: "fastify": ${prisma}`],
    ['prisma/a.ts', "import anyAscii from 'any-ascii'", `prisma/a.ts: "any-ascii": ${prisma}`],
    [
      'prisma/a.ts',
      "import { AsyncLocalStorage } from 'node:async_hooks'",
      `prisma/a.ts: "node:async_hooks": ${storage}`
    ],
    ['plugins/a.ts', "import b from './b.js'", `plugins/a.ts: "./b.js": ${plugin}`],
    [
      'plugins/a.ts',
      "import { b } from '../prisma/extension/b.js'",
      `plugins/a.ts: "../prisma/extension/b.js": ${plugin}`
    ],
    [
      'plugins/a.ts',
      "import { b } from '../prisma/generated/metadata.js'",
      `plugins/a.ts: "../prisma/generated/metadata.js": ${plugin}`
    ],
    ['plugins/a.ts', "import pg from 'pg'", `plugins/a.ts: "pg": ${plugin}`],
    [
      'plugins/a.ts',
      "import { AsyncResource } from 'node:async_hooks'",
      `plugins/a.ts: "node:async_hooks": ${storage}`
    ],
    ['examples/a.ts', "import { b } from '../lib/b.js'", `examples/a.ts: "../lib/b.js": ${example}`],
    ['prisma/seed.ts', "import { b } from '../plugins/b.js'", `prisma/seed.ts: "../plugins/b.js": ${example}`],
    ['tools/a.ts', "import 'node:fs'", 'tools/a.ts: is in no layer'],
    ['lib/a.ts', "import './a.js'", 'lib/a.ts -> lib/a.ts: modules do not go round']
  ]
  for (const [file, text, ...found] of bad) {
    t.strictSame(violations(new Map([[file, text]])), found, `${file}: ${text}`)
  }
  t.strictSame(
    violations(
      new Map([
        ['lib/a.ts', "import './b.js'"],
        ['lib/b.ts', "import './c.js'"],
        ['lib/c.ts', "import type { B } from './b.js'"]
      ])
    ),
    ['lib/b.ts -> lib/c.ts -> lib/b.ts: modules do not go round']
  )
  t.strictSame(
    violations(
      new Map([
        ['lib/a/a.ts', "import '../b/b.js'"],
        ['lib/b/b.ts', "import '../c.js'"],
        ['lib/b/d/d.ts', "import '../b.js'"],
        ['lib/c.ts', "import './a/e.js'"],
        ['lib/a/e.ts', '']
      ])
    ),
    ['lib: a -> b -> . -> a: rooms do not go round'],
    'rooms whose files do not go round'
  )
  const many = Array.from({ length: 21 }, (_, i) => [`lib/a/${i}.ts`, ''] as const)
  t.strictSame(violations(new Map(many)), ['lib/a: holds 21 files'])
})

await t.test('what the layers allow passes', async t => {
  t.strictSame(
    violations(
      new Map([
        ['lib/actor-holder.ts', "import { AsyncLocalStorage } from 'node:async_hooks'"],
        [
          'lib/a.ts',
          "// import 'fastify' and process.env in a comment\nimport { Type } from '@sinclair/typebox'\nimport " +
            "'./b.js'\nprocess.cwd()\nconst text = \"import('fastify')\""
        ],
        ['lib/b.ts', "import { Value } from '@sinclair/typebox/value'\nimport 'node:crypto'"],
        [
          'prisma/index.ts',
          "import { Prisma } from '@prisma/client/extension'\nexport * from './extension/a.js'\nconst dmmf = await " +
            "import('@prisma/get-dmmf')"
        ],
        ['prisma/extension/a.ts', "import { Decimal } from '@prisma/client/runtime/client'\nimport '../../lib/a.js'"],
        ['prisma/binding/transliterate.ts', "import anyAscii from 'any-ascii'"],
        ['prisma/cli/adapter.ts', "const { PrismaPg } = require('@prisma/adapter-pg')"],
        ['prisma/cli/project.ts', 'const project = await import(path)'],
        ['prisma/seed.ts', "import { PrismaClient } from './generated/client/client.js'"],
        [
          'plugins/a.ts',
          "import fp from 'fastify-plugin'\nimport type { A } from 'fastify'\nimport '@fastify/multipart'\nimport " +
            "'../lib/a.js'\nimport '../prisma/index.js'\nimport 'node:stream'"
        ],
        ['plugins/suite.ts', "import a from './a.js'"],
        ['plugins/index.ts', "export { default as a } from './a.js'"],
        [
          'examples/server.ts',
          "import 'fastify-prisma-commons'\nimport '../prisma/seed.js'\nimport './config.js'\nconst url = " +
            'process.env.DATABASE_URL'
        ]
      ])
    ),
    []
  )
})
