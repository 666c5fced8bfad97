import { readFileSync } from 'node:fs'
import { errorTable } from 'fastify-prisma-commons/errors'
import { presets } from 'fastify-prisma-commons/resource'
import t from 'tap'
import { docsPages, readPage, root, tableBelow } from '../helpers/docs-pages.js'
import { membersOf } from '../helpers/docs-tables.js'

type Source = readonly [file: string, ...interfaces: string[]]

interface OptionTable {
  readonly page: string
  readonly heading: string
  readonly sources: readonly Source[]
  /** Rows beside the members of the interfaces. */
  readonly also?: readonly string[]
}

/** The tables of options, and the interfaces whose members they explain, in their order. */
const tables: readonly OptionTable[] = [
  { page: 'extension', heading: 'Options', sources: [['prisma/extension/index.ts', 'CommonsOptions']] },
  { page: 'plugins', heading: 'prisma', sources: [['plugins/prisma.ts', 'PrismaOptions']] },
  { page: 'plugins', heading: 'suite', sources: [['plugins/suite.ts', 'SuiteOptions']] },
  {
    page: 'plugins',
    heading: 'resource',
    sources: [['plugins/mount-resource.ts', 'ResourcePluginOptions']],
    also: ['prefix']
  },
  { page: 'envelope', heading: 'Options', sources: [['plugins/envelope.ts', 'EnvelopeOptions']] },
  { page: 'current-user', heading: 'Options', sources: [['plugins/current-user.ts', 'CurrentUserOptions']] },
  {
    page: 'define-resource',
    heading: 'Options',
    sources: [
      ['lib/resource/definition/core-options.ts', 'CoreOptions'],
      ['lib/define/define-resource.ts', 'ResourceOptions']
    ]
  },
  {
    page: 'define-resource',
    heading: 'Section bulk',
    sources: [['lib/resource/write/bulk-options.ts', 'BulkRequestOptions']]
  },
  { page: 'define-resource', heading: 'Rules', sources: [['lib/resource/definition/rules.ts', 'RuleOptions']] },
  { page: 'lists', heading: 'Options', sources: [['lib/resource/list/list-options.ts', 'ListOptions']] },
  {
    page: 'relations',
    heading: 'Options',
    sources: [
      ['lib/items/shape/relation-definition.ts', 'RelationSettings'],
      ['lib/scope/scope-rule.ts', 'ScopeOptions']
    ]
  },
  {
    page: 'write-modes',
    heading: 'Idempotency',
    sources: [['lib/resource/definition/idempotency-options.ts', 'IdempotencyOptions']]
  },
  {
    page: 'export',
    heading: 'Options',
    sources: [
      ['lib/export/export-options.ts', 'ExportOptions'],
      ['lib/tabular/formats.ts', 'FormatSettings']
    ]
  },
  { page: 'export', heading: 'Columns in detail', sources: [['lib/export/export-options.ts', 'ExportField']] },
  {
    page: 'import',
    heading: 'Options',
    sources: [['lib/import/plan/options.ts', 'ImportModelOptions', 'ImportOptions']]
  },
  { page: 'import-files', heading: 'Limits', sources: [['lib/tabular/table/limits.ts', 'FileLimits']] }
]

const code = (text: string): string => `\`${text}\``

for (const { page, heading, sources, also = [] } of tables) {
  await t.test(`the table "${heading}" of docs/${page}.md has each option of the source, in its order`, t => {
    const options = sources.flatMap(([file, ...names]) => names.flatMap(name => membersOf(file, name)))
    t.strictSame(
      tableBelow(readPage(`docs/${page}.md`), heading).map(([cell]) => cell),
      [...options, ...also].map(code)
    )
    t.end()
  })
}

await t.test(
  'the table of errors has the codes, statuses and messages of the source, and an anchor for each code',
  t => {
    t.strictSame(
      tableBelow(readPage('docs/errors.md'), 'Codes').map(cells => cells.slice(0, 3)),
      Object.entries(errorTable).map(([name, { status, message }]) => [
        `<a id="${name}"></a>${code(name)}`,
        String(status),
        message
      ])
    )
    t.end()
  }
)

await t.test('each error code has a line that says what to do', t => {
  t.strictSame(
    tableBelow(readPage('docs/errors.md'), 'Codes').filter(cells => cells.length !== 4 || cells[3] === ''),
    []
  )
  t.end()
})

await t.test('the extension page explains each bulk method', t => {
  t.strictSame(
    tableBelow(readPage('docs/extension.md'), 'Methods').map(([method]) => method),
    membersOfType('prisma/extension/types/methods.ts', 'BulkMethods').map(code)
  )
  t.end()
})

await t.test('the plugins page explains each preset', t => {
  t.strictSame(
    tableBelow(readPage('docs/plugins.md'), 'Presets').map(([preset]) => preset),
    Object.keys(presets).map(name => code(`presets.${name}`))
  )
  t.end()
})

await t.test('each path of the package is on a page', t => {
  const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    readonly name: string
    readonly exports: object
  }
  const text = docsPages()
    .map(page => page.text)
    .join('\n')
  const paths = Object.keys(manifest.exports)
    .filter(path => path !== './package.json')
    .map(path => manifest.name + path.slice(1))
  t.strictSame(
    paths.filter(path => !text.includes(path)),
    []
  )
  t.end()
})

/** Names of the members of a type of methods, one a line. */
function membersOfType (file: string, name: string): string[] {
  const [, body] = readFileSync(root + file, 'utf8').split(new RegExp(`type ${name}\\b[^=]*= {\n`))
  return [...body!.split('\n}')[0]!.matchAll(/readonly (\w+):/g)].map(([, member]) => member!)
}
