import { readFile } from 'node:fs/promises'
import { didYouMean } from '../../lib/suggest.js'
import { CommandError, print, printProblem, UsageError } from './command.js'
import { commands } from './commands.js'

const width = Math.max(...[...commands.keys()].map(name => name.length))

const help = `Usage: fastify-prisma-commons <command> [options]

Commands:
${[...commands].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

Options:
  --help     Print this help; after a command, its own
  --version  Print the version

Without a command this is a generator of Prisma, and \`prisma generate\` runs it. Add to schema.prisma:

  generator commons {
    provider = "fastify-prisma-commons"
    output   = "./generated"
  }

It writes <output>/metadata.ts, the models as the extension and the plugins read them.
`

/** Runs what the arguments say. Gives the exit code: 0, 1 when the command failed, 2 when it was called wrongly. */
export async function runCommandLine (args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  try {
    if (name === undefined || name === '--help' || name === '-h') {
      print(help)
      return 0
    }
    if (name === '--version' || name === '-v') {
      print(await readVersion())
      return 0
    }
    return await runCommand(name, rest)
  } catch (error) {
    if (error instanceof UsageError) {
      printProblem(
        `${error.message}\n\nfastify-prisma-commons ${commands.has(name ?? '') ? `${name} ` : ''}--help tells how ` +
          'it is used'
      )
      return 2
    }
    if (!(error instanceof CommandError)) throw error
    printProblem(error.message)
    return 1
  }
}

async function runCommand (name: string, args: readonly string[]): Promise<number> {
  const entry = commands.get(name)
  if (entry === undefined) {
    const what = name.startsWith('-') ? 'option' : 'command'
    throw new UsageError(
      `Unknown ${what} "${name}". ${didYouMean(name, what === 'option' ? ['--help', '--version'] : commands.keys())}`
    )
  }
  const command = await entry.load()
  if (args.includes('--help') || args.includes('-h')) {
    print(command.help)
    return 0
  }
  return await command.run(args)
}

async function readVersion (): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return manifest.version
}
