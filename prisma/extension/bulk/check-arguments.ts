import { CommonsError } from '../../../lib/errors.js'
import { isRow } from '../../../lib/store/core/columns.js'
import type { Model } from '../../../lib/model/registry.js'
import { didYouMean } from '../../../lib/suggest.js'

/** What the arguments of a bulk method may be, beside `select`. */
interface Check {
  /** The name of the argument, where it is another than that of the check. */
  readonly name?: string
  readonly expected: string
  readonly accepts: (value: unknown, model: Model) => boolean
  readonly required?: true
}

const list: Check = { expected: 'a list', accepts: Array.isArray, required: true }

const checks: Readonly<Record<string, Check>> = {
  data: list,
  where: list,
  on: { expected: 'the name of a unique constraint', accepts: value => typeof value === 'string', required: true },
  skipDuplicates: { expected: 'true or false', accepts: value => typeof value === 'boolean' },
  selector: { name: 'where', expected: 'a unique selector', accepts: isRow, required: true },
  unmatched: { expected: '"report" or "error"', accepts: value => value === 'report' || value === 'error' },
  olderThan: {
    expected: 'a Date or an age in milliseconds',
    accepts: value =>
      value instanceof Date ? !Number.isNaN(value.getTime()) : Number.isFinite(value) && Number(value) >= 0,
    required: true
  },
  limit: { expected: 'a whole number above 0', accepts: value => Number.isInteger(value) && Number(value) > 0 },
  decimals: { expected: '"exact" or "round"', accepts: value => value === 'exact' || value === 'round' },
  onDuplicate: {
    expected: '"error", "first" or "last"',
    accepts: value => value === 'error' || value === 'first' || value === 'last'
  },
  update: {
    expected: 'a list of fields',
    accepts: (value, model) =>
      Array.isArray(value) && value.every(name => typeof name === 'string' && model.field(name) !== undefined)
  }
}

/**
 * Refuses arguments that would be ignored or misread, as Prisma does with those of its own methods.
 *
 * @param checked names of the checks for the arguments that the method has
 */
export function checkArguments (
  model: Model,
  method: string,
  args: unknown,
  checked: readonly string[],
  hasSelect = true
): void {
  const given = typeof args === 'object' && args !== null ? (args as Readonly<Record<string, unknown>>) : {}
  const refuse = (problem: string): never => {
    throw new CommonsError('validation_failed', { message: `${model.name}.${method}: ${problem}` })
  }
  const names = [...checked.map(name => checks[name]!.name ?? name), ...(hasSelect ? ['select'] : [])]
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) refuse(`unknown argument "${name}". ${didYouMean(name, names)}`)
  }
  checked.forEach((check, i) => {
    const { expected, accepts, required } = checks[check]!
    const name = names[i]!
    const value = given[name]
    if (value === undefined ? required : !accepts(value, model)) {
      refuse(`${name} takes ${expected}${name === 'update' ? ` of ${model.fieldNames.join(', ')}` : ''}`)
    }
  })
}
