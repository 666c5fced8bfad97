import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { readSchemaFiles, type SchemaFile } from '../generator/locate.js'
import { CommandError } from './command.js'

const extensions = ['.js', '.ts', '.mjs', '.cjs', '.mts', '.cts']
/** In the order in which Prisma looks for them. */
const configs = [
  'prisma7.config',
  '.config/prisma7',
  'prisma.config',
  '.config/prisma',
  '.config/prisma.config'
].flatMap(name => extensions.map(extension => name + extension))
const defaults = ['schema.prisma', 'prisma/schema.prisma']

/**
 * The files of the schema, found as Prisma finds them: the given path, else the one in Prisma's configuration or in
 * package.json, else the usual places. Paths are relative to the working folder.
 *
 * @throws CommandError when there is none
 */
export async function readSchema (given: string | undefined): Promise<SchemaFile[]> {
  const path = given ?? (await configuredPath()) ?? (await packagePath()) ?? defaults.find(isFile)
  if (path === undefined) {
    throw new CommandError(
      `No Prisma schema: neither ${defaults.join(' nor ')} is here. Name it with --schema <file or folder>`
    )
  }
  if (!existsSync(path)) throw new CommandError(`No Prisma schema: ${path} does not exist`)
  const files = await readSchemaFiles(path)
  if (files.length === 0) throw new CommandError(`No Prisma schema: the folder ${path} has no .prisma file`)
  return files
}

/** Prisma's configuration is a program; only a path that stands in it as text can be read without running it. */
async function configuredPath (): Promise<string | undefined> {
  const config = configs.find(isFile)
  if (config === undefined) return undefined
  const code = (await readFile(config, 'utf8')).replaceAll(/\/\*[^]*?(?:\*\/|$)|(?<![:"'`\\])\/\/.*/g, '')
  if (!/\bschema\b\s*[:,}]/.test(code)) return undefined
  const literal = /\bschema\s*:\s*(["'`])([^"'`$]+)\1/.exec(code)?.[2]
  const joined = /\bschema\s*:\s*(?:path\.)?(?:join|resolve)\(\s*((?:["'][^"']+["'](?:\s*,)?\s*)+)\)/.exec(code)?.[1]
  if (literal === undefined && joined === undefined) {
    throw new CommandError(
      `${config} does not say the path of the schema as plain text. Name it with --schema <file or folder>`
    )
  }
  const path = literal ?? join(...[...joined!.matchAll(/["']([^"']+)["']/g)].map(([, part]) => part!))
  return relative(process.cwd(), join(process.cwd(), dirname(config), path))
}

async function packagePath (): Promise<string | undefined> {
  if (!isFile('package.json')) return undefined
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as {
    readonly prisma?: { readonly schema?: unknown }
  } | null
  const path = manifest?.prisma?.schema
  return typeof path === 'string' ? path : undefined
}

function isFile (path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
