import { createWriteStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { runAs, type Actor, type ActorId } from '../../lib/actor.js'
import { failedBytes } from '../../lib/import/http/failed-bytes.js'
import { FailedRowsStore } from '../../lib/import/http/failed-rows-store.js'
import { ImportActions, type ImportResult } from '../../lib/import/http/import-actions.js'
import { isNone } from '../../lib/import/write/run.js'
import type { Caller } from '../../lib/resource/write/caller.js'
import { readArguments } from './arguments.js'
import { CommandError, print, printProblem, UsageError, type Command } from './command.js'
import { importReport } from './import-report.js'
import { withImport, type ImportTarget } from './import-target.js'
import { duration, ProgressDisplay, rate } from './progress.js'
import { moduleHelp } from './project.js'
import { scopeOption } from './scope-option.js'

const options = {
  replace: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  as: { type: 'string' },
  scope: { type: 'string', multiple: true },
  sheet: { type: 'string' },
  'failed-rows': { type: 'string' },
  module: { type: 'string' }
} as const

const help = `Usage: fastify-prisma-commons import <resource> <file> [options]

Imports a CSV file or an XLSX workbook into a resource, as its import over HTTP does: the limits of the resource hold,
rows that cannot be stored keep no others from it. Nobody is asked for permission, and no hook runs.
The exit code is 0 when all rows are stored, 1 when some are not or none is.

Options:
  --replace             Delete the rows that are there first; nothing changes unless every row can be stored
  --dry-run             Tell what would become of the rows, and store nothing
  --as <user id>        Who is kept as the one who made and changed the rows. Default: nobody
  --scope <field=value> Whose rows they are, for each field of the resource's scope
  --sheet <name>        The sheet of a workbook. Default: the first visible one that has the columns
  --failed-rows <path>  Write the failed rows to a file, .csv or .xlsx, with the reasons in a further column
  --module <path>       The module that has the resources

${moduleHelp}`

/** Imports a file. */
export const importFile: Command = { help, run }

async function run (args: readonly string[]): Promise<number> {
  const {
    values,
    positionals: [name, path, ...others]
  } = readArguments(args, options)
  if (name === undefined) throw new UsageError('Which resource, which file? Name them: import <resource> <file>')
  if (path === undefined) throw new UsageError(`Which file? Name it: import ${name} <file>`)
  if (others.length > 0) throw new UsageError(`import takes one file, not "${others[0]}" as well`)
  if ((await stat(path).catch(() => null))?.isFile() !== true) throw new CommandError(`${path} is no file`)
  if (values['failed-rows'] !== undefined) await checkPlace(values['failed-rows'], path)

  return await withImport(name, values.module, async target => {
    const caller: Caller = { action: 'import', request: null, scope: scopeOption(target.resource, values.scope) }
    const actor = values.as === undefined ? null : actorOf(values.as, target)
    return await runAs(actor, async () => await importInto(target, path, caller, values))
  })
}

interface Wanted {
  readonly replace?: boolean | undefined
  readonly 'dry-run'?: boolean | undefined
  readonly sheet?: string | undefined
  readonly 'failed-rows'?: string | undefined
}

async function importInto (
  { resource, plan, store }: ImportTarget,
  path: string,
  caller: Caller,
  { replace = false, 'dry-run': dryRun = false, sheet, 'failed-rows': failedPath }: Wanted
): Promise<number> {
  const failedRows = new FailedRowsStore({
    onLost: error =>
      printProblem(`The failed rows could not be kept: ${error instanceof Error ? error.message : String(error)}`)
  })
  const display = new ProgressDisplay(process.stderr)
  try {
    const actions = new ImportActions(resource, plan, store, failedRows)
    const result = await actions
      .run(path, { mode: replace ? 'replace' : 'append', dryRun, sheet, caller, onProgress: display.tell })
      .finally(() => {
        display.end()
      })
    const { report } = result
    const { total, stopped } = report
    const isUndone = replace && isNone(report)
    const { seconds } = display
    print(
      [
        `${resource.plural} from ${path}: ${seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds)}, ` +
          `${rate(total, seconds)} rows/s`,
        ...(dryRun
          ? ['A dry run: nothing was stored']
          : isUndone
            ? [`Nothing was changed: a replacement needs ${total === 0 ? 'rows' : 'every row'}`]
            : []),
        '',
        importReport(result)
      ].join('\n')
    )
    if (stopped !== undefined) printProblem(`The file was not read to its end: ${stopped.message}`)
    if (failedPath !== undefined && result.failures !== null) {
      await writeFailures(actions, result.failures, caller, failedPath)
      print(`\nThe failed rows are in ${failedPath}`)
    }
    return isUndone ? 1 : exitCode(result)
  } finally {
    await failedRows.close()
  }
}

function exitCode ({ report: { failed, stopped } }: ImportResult): number {
  return failed === 0 && stopped === undefined ? 0 : 1
}

async function writeFailures (actions: ImportActions, name: string, caller: Caller, path: string): Promise<void> {
  const failures = (await actions.failures(name, caller))!
  const format = extname(path).toLowerCase() === '.xlsx' ? 'xlsx' : 'csv'
  await pipeline(failedBytes(actions.resource.plural, { ...failures, format }, actions.plan), createWriteStream(path))
}

/**
 * The rows of the file are not lost for those that failed, and its folder is known to be there before the import
 * begins.
 */
async function checkPlace (path: string, source: string): Promise<void> {
  if ((await stat(dirname(path)).catch(() => null))?.isDirectory() !== true) {
    throw new CommandError(`${path} cannot be written: there is no folder ${dirname(path)}`)
  }
  if ((await realpath(path).catch(() => null)) === (await realpath(source))) {
    throw new UsageError('--failed-rows cannot be the file that is imported')
  }
}

/** The id in the type of the columns that keep it. */
function actorOf (text: string, { plan: { steps } }: ImportTarget): Actor {
  const types = steps.flatMap(({ model }) => {
    const { audit, currentUser = [] } = model.meta.features
    return [audit?.createdBy, audit?.updatedBy, ...currentUser.map(({ field }) => field)].flatMap(name =>
      name === null || name === undefined ? [] : [model.ownField(name).type]
    )
  })
  const isNumber = types.includes('Int') || types.includes('BigInt')
  if (isNumber && !/^-?\d{1,19}$/.test(text)) throw new UsageError(`--as must be an integer, not "${text}"`)
  return { id: (types.includes('Int') ? Number(text) : types.includes('BigInt') ? BigInt(text) : text) as ActorId }
}
