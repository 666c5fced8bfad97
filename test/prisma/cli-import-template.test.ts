import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createDatabase } from '../helpers/database.js'
import { exampleManifest, runCommand, type CommandRun } from '../helpers/command-line.js'
import { rowsOf } from '../helpers/csv.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { connectionString } = await createDatabase(t)
const folder = t.testdir({ 'package.json': exampleManifest })
const at = (name: string): string => join(folder, name)

/** Runs a command in a project whose package.json names the module of the example. */
async function run (...args: readonly string[]): Promise<CommandRun> {
  return await runCommand(folder, args, { DATABASE_URL: connectionString })
}

await t.test('a template comes in the wanted format, named after the resource', async t => {
  const { code, stdout, stderr } = await run(
    'import-template',
    'contracts',
    '--filename',
    at('c.csv'),
    '--include-examples',
    '--order-by',
    'alphabetic'
  )
  t.strictSame([code, stdout, stderr], [0, `${at('c.csv')}: 7 columns, 3 of them required\n`, ''])
  t.strictSame(
    (await rowsOf(await readFile(at('c.csv')))).map(({ cells }) => cells.slice(0, 3)),
    [
      ['amount', 'contractNumber', 'customer'],
      ['1.5', 'Contract number 1', 'C-1'],
      ['2.5', 'Contract number 2', 'C-2'],
      ['3.5', 'Contract number 3', 'C-3']
    ]
  )
  t.match(await run('import-template', 'contracts', '--filename', at('c.csv')), {
    code: 1,
    stderr: `${at('c.csv')} is there already: name another file with --filename <path>\n`
  })
  t.match(await run('import-template', 'contracts', '--filename', at('no/c.csv')), {
    code: 1,
    stderr: /cannot be written: ENOENT/
  })

  const own = await runCommand(
    folder,
    ['import-template', 'Contract', '--module', join(root, 'build/examples/commons.js')],
    { DATABASE_URL: connectionString }
  )
  t.match(own, { code: 0, stdout: 'contracts-template.xlsx: 7 columns, 3 of them required\n' })
  t.equal((await readFile(at('contracts-template.xlsx'))).subarray(0, 2).toString(), 'PK')
})

await t.test('a call that is wrong says what is right, and ends with 2', async t => {
  const tags = join(root, 'package.json')
  const calls: ReadonlyArray<readonly [args: readonly string[], message: string]> = [
    [['import'], 'Which resource, which file? Name them: import <resource> <file>'],
    [['import', 'tags'], 'Which file? Name it: import tags <file>'],
    [['import', 'tags', tags, 'more'], 'import takes one file, not "more" as well'],
    [['import', 'tags', tags, '--replcae'], 'Unknown option "--replcae". Did you mean "--replace"?'],
    [['import', 'tgas', tags], 'Unknown resource "tgas". Did you mean "tags"?'],
    [['import', 'contracts', tags, '--as', 'alice'], '--as must be an integer, not "alice"'],
    [['import', 'tags', tags, '--failed-rows', tags], '--failed-rows cannot be the file that is imported'],
    [['import-template'], 'Which resource? Name it: import-template <resource>'],
    [['import-template', 'tags', 'more'], 'import-template takes one resource, not "more" as well'],
    [['import-template', 'tags', '--format', 'xls'], '--format cannot be "xls". Did you mean "xlsx"?'],
    [
      ['import-template', 'tags', '--order-by', 'size'],
      '--order-by cannot be "size". Known: required-first, config, alphabetic'
    ]
  ]
  for (const [args, message] of calls) {
    const { code, stdout, stderr } = await run(...args)
    t.strictSame(
      [code, stdout, stderr],
      [2, '', `${message}\n\nfastify-prisma-commons ${args[0]} --help tells how it is used\n`],
      args.join(' ')
    )
  }
  t.match(await run('import', '--help'), {
    code: 0,
    stdout: /^Usage: fastify-prisma-commons import <resource> <file>.*--failed-rows.*"module": /s
  })
  t.match(await run('import-template', '--help'), {
    code: 0,
    stdout:
      /^Usage: fastify-prisma-commons import-template <resource>.*--order-by required-first\|config\|alphabetic.*"module": /s
  })
})

await t.test('modules that are none are told', async t => {
  const define = `import { defineResource, presets } from ${JSON.stringify(join(root, 'build/lib/define/index.js'))}\n`
  const resources = `${define}export const resources = [defineResource({ model: 'Tag' })]\n`
  const place = t.testdir({
    'throws.mjs': 'throw new Error("no luck")',
    'empty.mjs': 'export const x = 1',
    'other.mjs': 'export const resources = { tags: {} }',
    'plain.mjs': `${resources}export const prisma = {}`,
    'fails.mjs': `${resources}export const prisma = async () => { throw new Error("no database") }`,
    'twice.mjs':
      `${define}export const resources = { '/a': defineResource({ model: 'Tag' }), '/b': ` +
      "defineResource({ model: 'Tag' }) }",
    'broken.mjs':
      `${define}export { prisma, close } from ` +
      `${JSON.stringify(join(root, 'build/examples/commons.js'))}\nexport const resources = { tags: ` +
      "defineResource({ model: 'Tag', import: { fields: ['nmae'] } }), one: defineResource({ model: 'Tag', import: " +
      "{ formats: ['csv'] } }) }",
    'package.json': '{ "fastify-prisma-commons": { "module": "./throws.mjs" } }',
    none: { 'package.json': '{}' }
  })
  const calls: ReadonlyArray<readonly [module: string | null, resource: string, code: number, message: RegExp]> = [
    [null, 'tags', 1, /^The module \.\/throws\.mjs cannot be loaded: no luck\n$/],
    ['gone.mjs', 'tags', 1, /^The module gone\.mjs cannot be loaded: Cannot find module/],
    [
      'empty.mjs',
      'tags',
      1,
      /^The module empty\.mjs must export "resources": an object or a list of what defineResource gives\n$/
    ],
    ['other.mjs', 'tags', 1, /^The module other\.mjs must export "resources"/],
    ['plain.mjs', 'tags', 1, /^The module plain\.mjs must export "prisma": a client extended by/],
    ['fails.mjs', 'Tags', 1, /^"prisma" of the module fails\.mjs gives no client: no database\n$/],
    ['twice.mjs', 'tag', 2, /^There are several resources "tag": \/a, \/b\n/],
    [
      'broken.mjs',
      'tags',
      1,
      /^resource Tag: import: option "fields" names the unknown field "nmae"\. Did you mean "name"\?\n$/
    ]
  ]
  for (const [module, resource, code, message] of calls) {
    const result = await runCommand(
      place,
      ['import-template', resource, ...(module === null ? [] : ['--module', module])],
      { DATABASE_URL: connectionString }
    )
    t.strictSame([result.code, result.stdout], [code, ''], module ?? 'package.json')
    t.match(result.stderr, message)
  }
  t.match(await runCommand(join(place, 'none'), ['import-template', 'tags']), {
    code: 2,
    stderr: /^Which module has the resources\? Name it with --module <path>, or in package\.json/
  })
  t.match(
    await runCommand(place, ['import-template', 'one', '--module', 'broken.mjs', '--format', 'xlsx'], {
      DATABASE_URL: connectionString
    }),
    { code: 1, stderr: 'The import of Tags takes csv only\n' }
  )
  t.equal(existsSync(join(place, 'tags-template.xlsx')), false)
})
