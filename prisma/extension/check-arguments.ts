import { CommonsError } from '../../lib/errors.js'
import type { Model } from '../../lib/model/registry.js'
import { didYouMean } from '../../lib/suggest.js'

/** What the arguments of a bulk method may be, beside `select`. */
interface Check {
  readonly expected: string
  readonly accepts: (value: unknown, model: Model) => boolean
  readonly required?: true
}

const list: Check = { expected: 'a list', accepts: Array.isArray, required: true }

const checks: Readonly<Record<string, Check>> = {
  data: list,
  where: list,
  on: { expected: 'the name of a unique set', accepts: value => typeof value === 'string', required: true },
  skipDuplicates: { expected: 'true or false', accepts: value => typeof value === 'boolean' },
  onDuplicate: { expected: '"error", "first" or "last"', accepts: value => value === 'error' || value === 'first' || value === 'last' },
  update: { expected: 'a list of fields', accepts: (value, model) => Array.isArray(value) && value.every(name => typeof name === 'string' && model.field(name) !== undefined) }
}

/** Refuses arguments that would be ignored or misread, as Prisma does with those of its own methods. */
export function checkArguments (model: Model, method: string, args: unknown, names: readonly string[]): void {
  const given = typeof args === 'object' && args !== null ? args as Readonly<Record<string, unknown>> : {}
  const refuse = (problem: string): never => {
    throw new CommonsError('validation_failed', { message: `${model.name}.${method}: ${problem}` })
  }
  for (const name of Object.keys(given)) {
    if (name !== 'select' && !names.includes(name)) refuse(`unknown argument "${name}". ${didYouMean(name, [...names, 'select'])}`)
  }
  for (const name of names) {
    const { expected, accepts, required } = checks[name]!
    const value = given[name]
    if (value === undefined ? required : !accepts(value, model)) refuse(`${name} takes ${expected}${name === 'update' ? ` of ${model.fieldNames.join(', ')}` : ''}`)
  }
}
