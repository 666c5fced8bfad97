import { writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { importFormats } from '../../lib/import/plan/options.js'
import { templateOrders } from '../../lib/import/template/template-columns.js'
import { makeTemplate, type TemplateRequest } from '../../lib/import/template/template.js'
import { didYouMean } from '../../lib/suggest.js'
import { readArguments } from './arguments.js'
import { CommandError, print, UsageError, type Command } from './command.js'
import { withImport } from './import-target.js'
import { moduleHelp } from './project.js'
import { scopeOption } from './scope-option.js'

const options = {
  format: { type: 'string' },
  filename: { type: 'string' },
  'include-examples': { type: 'boolean' },
  'order-by': { type: 'string' },
  scope: { type: 'string', multiple: true },
  module: { type: 'string' }
} as const

const help = `Usage: fastify-prisma-commons import-template <resource> [options]

Writes an empty file to fill in and import: required columns come in red, optional ones in green, with lists of what
may be chosen, and a sheet that explains the columns. CSV has the header alone. No file is overwritten.

Options:
  --format xlsx|csv   Default: that of the file's name, else xlsx where the package yazl is installed
  --filename <path>   Default: the plural of the resource, e.g. contracts-template.xlsx, in the working folder
  --include-examples  With three rows of values that can be imported
  --order-by ${templateOrders.join('|')}
                      Order of the columns; config is that of the resource. Default: ${templateOrders[0]}
  --scope <field=value>
                      Whose rows the lists of a workbook show. Default: rows with a scope are not listed
  --module <path>     The module that has the resources

${moduleHelp}`

/** Writes the template of a resource's import. */
export const importTemplate: Command = { help, run }

async function run (args: readonly string[]): Promise<number> {
  const {
    values,
    positionals: [name, ...others]
  } = readArguments(args, options)
  if (name === undefined) throw new UsageError('Which resource? Name it: import-template <resource>')
  if (others.length > 0) throw new UsageError(`import-template takes one resource, not "${others[0]}" as well`)
  const wanted: TemplateRequest = {
    format:
      choice('--format', values.format, importFormats) ??
      importFormats.find(format => extname(values.filename ?? '').toLowerCase() === `.${format}`),
    includeExamples: values['include-examples'] === true,
    order: choice('--order-by', values['order-by'], templateOrders) ?? templateOrders[0]!
  }
  return await withImport(name, values.module, async ({ resource, plan, store }) => {
    if (wanted.format !== undefined && !plan.formats.includes(wanted.format)) {
      throw new CommandError(`The import of ${resource.plural} takes ${plan.formats.join(' and ')} only`)
    }
    const template = await makeTemplate(resource, plan, store, wanted, {
      action: 'importTemplate',
      request: null,
      scope: values.scope === undefined ? null : scopeOption(resource, values.scope)
    })
    const path = values.filename ?? template.name
    await writeFile(path, template.bytes, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
      throw new CommandError(
        cause.code === 'EEXIST'
          ? `${path} is there already: name another file with --filename <path>`
          : `${path} cannot be written: ${cause.message}`,
        { cause }
      )
    })
    const required = template.columns.filter(({ column }) => column.required).length
    print(`${path}: ${template.columns.length} columns, ${required} of them required`)
    return 0
  })
}

function choice<Choice extends string> (
  option: string,
  value: string | undefined,
  choices: readonly Choice[]
): Choice | undefined {
  const found = choices.find(one => one === value)
  if (value === undefined || found !== undefined) return found
  throw new UsageError(`${option} cannot be "${value}". ${didYouMean(value, choices)}`)
}
