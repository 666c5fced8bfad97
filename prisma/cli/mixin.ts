import { formatProblems } from '../../lib/model/schema-problems.js'
import { readSchemaText, type SchemaText } from '../../lib/schema-text/blocks.js'
import { insertionDiff } from '../../lib/schema-text/insertion.js'
import {
  chosenArguments,
  mixableFeatures,
  planMixin,
  type ChosenArgument,
  type MixinPlan
} from '../../lib/schema-text/mixin.js'
import { didYouMean } from '../../lib/suggest.js'
import { locateProblem, type SchemaFile } from '../generator/locate.js'
import { readArguments } from './arguments.js'
import { CommandError, print, UsageError, type Command } from './command.js'
import { installedParser, syntaxProblem } from './parser.js'
import { replaceFile } from './replace-file.js'
import { readSchema } from './schema-location.js'

const chosen = [...new Set(mixableFeatures.flatMap(namesOfChosen))]

const options = {
  model: { type: 'string' },
  schema: { type: 'string' },
  'id-type': { type: 'string' },
  all: { type: 'boolean' },
  'dry-run': { type: 'boolean' }
} as const

const chosenOptions = Object.fromEntries(
  chosen.map(argument => [argument, { type: 'string', multiple: true } as const])
)

const help = `Usage: fastify-prisma-commons mixin <feature…> --model <Model> [options]

Adds features to a model of the Prisma schema: their annotations, and the columns that the model lacks.
Everything else in the file stays as it is, and what is there already is not added again.

Features: ${mixableFeatures.join(', ')}

Options:
  --model <Model>       The model, by its name in the schema
  --schema <path>       The schema's file or folder; default: where Prisma looks for it
${mixableFeatures.flatMap(feature => chosenArguments(feature).map(argument => helpOf(argument, feature))).join('')}\
  --all                 Add the columns that few models want as well
  --id-type <Type>      The type of columns for a user's id; default: that of model User, else Int
  --dry-run             Print the change as a diff and write nothing
`

function namesOfChosen (feature: string): string[] {
  return chosenArguments(feature).map(({ name }) => name)
}

function helpOf ({ name, from }: ChosenArgument, feature: string): string {
  const [value, text] =
    from === 'fields'
      ? ['field', 'A field of the model; may be given several times']
      : [from.join('|'), `Default: ${from[0]}`]
  return `  --${`${name} <${value}>`.padEnd(19)} For ${feature}. ${text}\n`
}

/** Adds annotations and columns of features to a schema file. */
export const mixin: Command = { help, run }

interface Place {
  readonly file: SchemaFile
  readonly text: SchemaText
}

async function run (args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, { ...options, ...chosenOptions })
  const features = featuresOf(positionals)
  const given = chosenOf(values, features)
  if (typeof values.model !== 'string') throw new UsageError('Which model? Name it with --model <Model>')

  const files = await readSchema(values.schema)
  const places = files.map(file => ({ file, text: readSchemaText(file.text) }))
  const { file, text, block } = findModel(places, values.model)
  const plan = planMixin(text, block, modelNames(places), {
    features,
    chosen: given,
    all: values.all === true,
    idType: values['id-type'] ?? idTypeOf(places)
  })
  if (plan.problems.length > 0) refuse(plan, features, given, files)
  if (plan.insertions.length === 0) {
    print(`Nothing to do: model ${values.model} in ${file.path} has ${list(features)} already`)
    return 0
  }
  checkResult(files, file, plan)

  const diff = insertionDiff(file.path.replaceAll('\\', '/'), text.raw, plan.insertions)
  if (values['dry-run'] === true) {
    print(diff)
    return 0
  }
  await replaceFile(file.path, plan.text)
  print(`${diff}\nModel ${values.model} in ${file.path} has ${list(features)} now.\n\n${nextSteps(plan)}`)
  return 0
}

function featuresOf (names: readonly string[]): string[] {
  if (names.length === 0) throw new UsageError(`Which feature? Name one or more: ${mixableFeatures.join(', ')}`)
  const unknown = names.find(name => !mixableFeatures.includes(name))
  if (unknown !== undefined) {
    throw new UsageError(`Unknown feature "${unknown}". ${didYouMean(unknown, mixableFeatures)}`)
  }
  return [...new Set(names)]
}

/** The options that name columns, each for a feature that takes it. */
function chosenOf (values: Readonly<Record<string, unknown>>, features: readonly string[]): Record<string, string[]> {
  const given = chosen.flatMap(argument =>
    values[argument] === undefined ? [] : [[argument, values[argument] as string[]] as const]
  )
  const taken = features.flatMap(namesOfChosen)
  const idle = given.find(([argument]) => !taken.includes(argument))
  if (idle !== undefined) {
    const takers = mixableFeatures.filter(feature => namesOfChosen(feature).includes(idle[0]))
    throw new UsageError(`The option --${idle[0]} is for ${list(takers)}, which is not among the features`)
  }
  return Object.fromEntries(given)
}

function findModel (places: readonly Place[], name: string) {
  const blocks = places.flatMap(place => place.text.blocks.map(block => ({ ...place, block })))
  const found = blocks.find(({ block }) => block.keyword === 'model' && block.name === name)
  if (found !== undefined) return found
  const other = blocks.find(({ block }) => block.name === name)
  if (other !== undefined) {
    throw new CommandError(
      `${name} in ${other.file.path} is no model, but ${other.block.keyword === 'enum' ? 'an' : 'a'} ` +
        `${other.block.keyword}`
    )
  }
  const models = blocks.filter(({ block }) => block.keyword === 'model').map(({ block }) => block.name)
  const where = list(places.map(({ file }) => file.path))
  throw new CommandError(
    `No model "${name}" in ${where}. ${models.length === 0 ? 'There are no models' : didYouMean(name, models)}`
  )
}

function modelNames (places: readonly Place[]): Set<string> {
  return new Set(
    places.flatMap(({ text }) =>
      text.blocks.filter(({ keyword }) => keyword === 'model' || keyword === 'view').map(({ name }) => name)
    )
  )
}

/** Columns that hold a user's id are of the type of those ids. */
function idTypeOf (places: readonly Place[]): string {
  for (const { text } of places) {
    const user = text.blocks.find(({ keyword, name }) => keyword === 'model' && name === 'User')
    if (user === undefined) continue
    const id = text.lines.slice(user.start, user.end).find(({ code }) => /\s@id\b/.test(code))
    return id?.code.split(/\s+/)[1] ?? 'Int'
  }
  return 'Int'
}

function refuse (
  plan: MixinPlan,
  features: readonly string[],
  given: Readonly<Record<string, unknown>>,
  files: readonly SchemaFile[]
): never {
  for (const feature of features) {
    const missing = chosenArguments(feature).find(({ name, from }) => from === 'fields' && given[name] === undefined)
    if (missing !== undefined) throw new UsageError(`The feature ${feature} needs --${missing.name} <field>`)
  }
  throw new CommandError(
    `Nothing was written: ${formatProblems(plan.problems, problem => locateProblem(problem, files))}`
  )
}

/** With Prisma's parser at hand, nothing is written that it would not read. */
function checkResult (files: readonly SchemaFile[], edited: SchemaFile, plan: MixinPlan): void {
  const parse = installedParser()
  if (parse === null) return
  const problem = syntaxProblem(
    parse,
    files.map(file => (file === edited ? { ...file, text: plan.text } : file))
  )
  if (problem !== null) {
    throw new CommandError(`Nothing was written: Prisma could not read the schema then.\n\n${problem}`)
  }
}

function nextSteps ({ columns, unfilled }: MixinPlan): string {
  const steps = ['npx prisma generate']
  if (columns.length > 0) {
    steps.unshift(unfilled.length === 0 ? 'npx prisma migrate dev' : 'npx prisma migrate dev --create-only')
  }
  const fill =
    unfilled.length === 0
      ? ''
      : `\nRows that exist have no value for ${list(unfilled)}: in the migration, add the column without NOT NULL, ` +
        'fill it, then set NOT NULL.\n'
  return `Next:\n${steps.map(step => `  ${step}\n`).join('')}${fill}`
}

function list (words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
