import { diagnose } from '../../lib/doctor/diagnose.js'
import { formatDiagnosis, type Diagnosis } from '../../lib/doctor/diagnosis.js'
import { CommonsError } from '../../lib/errors.js'
import type { Metadata } from '../../lib/model/meta.js'
import { Registry } from '../../lib/model/registry.js'
import { formatProblems, SchemaError } from '../../lib/model/schema-problems.js'
import { readSchemaText } from '../../lib/schema-text/blocks.js'
import { catalogOf } from '../../lib/sql/catalogs.js'
import { createRunner } from '../binding/bind.js'
import { locateProblem, type SchemaFile } from '../generator/locate.js'
import { metadataFromDatamodel } from '../metadata/from-dmmf.js'
import { connectDatabase } from './adapter.js'
import { readArguments } from './arguments.js'
import { CommandError, print, UsageError, type Command } from './command.js'
import { installedParser, parseFiles } from './parser.js'
import { readSchema } from './schema-location.js'

const options = {
  schema: { type: 'string' },
  url: { type: 'string' }
} as const

const help = `Usage: fastify-prisma-commons doctor [options]

Compares the database with the Prisma schema and its annotations: missing tables and columns, the indexes of
unique constraints that hold for some rows only, the time zone of its sessions. It changes nothing.
The exit code is 1 when there are problems; notes do not count.

Options:
  --schema <path>  The schema's file or folder; default: where Prisma looks for it
  --url <url>      The database; default: the environment variable DATABASE_URL
`

/** Compares a database with a schema. */
export const doctor: Command = { help, run }

async function run (args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  if (positionals.length > 0) throw new UsageError(`doctor takes options only, not "${positionals[0]}"`)
  const url = values.url ?? process.env.DATABASE_URL
  if (url === undefined || url === '') {
    throw new UsageError('Which database? Set DATABASE_URL, or name it with --url <url>')
  }

  const metadata = readMetadata(await readSchema(values.schema))
  if (metadata.provider !== 'postgresql') {
    throw new CommandError(`The doctor knows databases of the provider "postgresql", not "${metadata.provider}"`)
  }
  const diagnosis = await examine(new Registry(metadata), url)
  print(formatDiagnosis(diagnosis))
  return diagnosis.problems.length === 0 ? 0 : 1
}

function readMetadata (files: readonly SchemaFile[]): Metadata {
  const parse = installedParser()
  if (parse === null) {
    throw new CommandError(
      'The doctor reads the schema with @prisma/get-dmmf: npm install --save-dev @prisma/get-dmmf'
    )
  }
  const datamodel = parseFiles(parse, files)
  if (typeof datamodel === 'string') throw new CommandError(`Prisma cannot read the schema.\n\n${datamodel}`)
  try {
    return metadataFromDatamodel(datamodel, providerOf(files))
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    throw new CommandError(
      formatProblems(error.problems, problem => locateProblem(problem, files)),
      { cause: error }
    )
  }
}

function providerOf (files: readonly SchemaFile[]): string {
  for (const { lines, blocks } of files.map(({ text }) => readSchemaText(text))) {
    const datasource = blocks.find(({ keyword }) => keyword === 'datasource')
    if (datasource === undefined) continue
    const provider = lines
      .slice(datasource.start, datasource.end)
      .map(({ code }) => /^provider\s*=\s*"(\w+)"/.exec(code)?.[1])
      .find(name => name !== undefined)
    if (provider !== undefined) return provider === 'postgres' ? 'postgresql' : provider
  }
  throw new CommandError('The schema has no datasource with a provider')
}

async function examine (registry: Registry, url: string): Promise<Diagnosis> {
  const database = await connectDatabase(url)
  try {
    return sessionOfOurs(
      await diagnose(registry, catalogOf(registry.metadata.provider), createRunner(database.client, registry, {}))
    )
  } catch (error) {
    if (!(error instanceof CommonsError)) throw error
    throw new CommandError(`${error.message}: ${reasonOf(error.cause, new URL(url).host)}`, { cause: error })
  } finally {
    await database.close()
  }
}

/** The session is the command's own: the server's pool may well set the zone, as it should. */
function sessionOfOurs ({ problems, notes }: Diagnosis): Diagnosis {
  return {
    problems: problems.filter(({ code }) => code !== 'time_zone'),
    notes: [...notes, ...problems.filter(({ code }) => code === 'time_zone')]
  }
}

/** The driver's words: names of the host, the user and the database may be in them, the password is not. */
function reasonOf (error: unknown, host: string): string {
  const { cause } = error as { readonly cause?: { readonly kind?: string; readonly originalMessage?: string } }
  if (cause?.kind === 'DatabaseNotReachable') return `nothing answers at ${host}`
  return cause?.originalMessage ?? (error instanceof Error ? error.message : String(error))
}
