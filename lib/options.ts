import { didYouMean } from './suggest.js'

/** What one option must be. */
export interface OptionCheck {
  /** Ends the sentence `option "x" must be …`. */
  readonly expected: string
  readonly accepts: (value: unknown) => boolean
  readonly required?: true
}

/** One check for every option of a plugin: the compiler refuses a table that forgets one. */
export type OptionTable<Options> = { readonly [Name in keyof Options]-?: OptionCheck }

/**
 * Refuses options that would be ignored or misread, all at once, when the plugin is registered.
 * An option that is `undefined` counts as not given.
 *
 * @throws TypeError naming the owner, each option and what it must be.
 *
 * @example
 * checkOptions('bulk', options, { maxItems: check.integer(1), model: check.required(check.string) })
 * // TypeError: bulk: unknown option "maxItem". Did you mean "maxItems"?
 */
export function checkOptions<Options extends object> (
  owner: string,
  options: Options,
  table: OptionTable<Options>
): void {
  refuseOptions(owner, optionProblems(options, table))
}

/** @throws TypeError with the problems of all options, when there are any */
export function refuseOptions (owner: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new TypeError(problems.map(problem => `${owner}: ${problem}`).join('\n'))
}

/**
 * What is wrong with some options, a sentence each.
 *
 * @param section the option that holds them, e.g. `list`: problems name them `list.pageSize`
 * @param others names of options that stand in a section of this name
 */
export function optionProblems<Options extends object> (
  options: Options,
  table: OptionTable<Options>,
  section?: string,
  others: ReadonlyMap<string, string> = new Map()
): string[] {
  const full = (name: string): string => (section === undefined ? name : `${section}.${name}`)
  const checks = new Map(Object.entries<OptionCheck>(table))
  const problems: string[] = []
  for (const name of Object.keys(options)) {
    if (checks.has(name)) continue
    const other = others.get(name)
    const hint = other === undefined ? didYouMean(name, checks.keys()) : `Write ${other}: { ${name} }`
    problems.push(`unknown option "${full(name)}". ${hint}`)
  }
  for (const [name, { expected, accepts, required }] of checks) {
    const value: unknown = options[name as keyof Options]
    if (value === undefined) {
      if (required) problems.push(`option "${full(name)}" is required: ${expected}`)
    } else if (!accepts(value)) {
      problems.push(`option "${full(name)}" must be ${expected}, not ${describe(value)}`)
    }
  }
  return problems
}

/** The checks that tables are made of. */
export const check = {
  boolean: { expected: 'true or false', accepts: value => typeof value === 'boolean' },
  string: { expected: 'a string that is not empty', accepts: value => typeof value === 'string' && value !== '' },
  names: {
    expected: 'a list of names',
    accepts: value => Array.isArray(value) && value.every(name => typeof name === 'string' && name !== '')
  },
  /** `expected` in words, e.g. `an object of limits`. */
  object: (expected: string): OptionCheck => ({
    expected,
    accepts: value => typeof value === 'object' && value !== null && !Array.isArray(value)
  }),
  function: { expected: 'a function', accepts: value => typeof value === 'function' },
  integer: (min: number, max = Number.MAX_SAFE_INTEGER): OptionCheck => ({
    expected: `an integer ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}`,
    accepts: value => Number.isInteger(value) && Number(value) >= min && Number(value) <= max
  }),
  oneOf: (...values: readonly string[]): OptionCheck => ({
    expected: `one of ${values.map(value => `"${value}"`).join(', ')}`,
    accepts: value => values.some(one => one === value)
  }),
  /** `expected` in words, e.g. `a Prisma client`. */
  withMethods: (expected: string, ...methods: readonly string[]): OptionCheck => ({
    expected: `${expected} (with ${methods.join(', ')})`,
    accepts: value =>
      (typeof value === 'object' || typeof value === 'function') &&
      value !== null &&
      methods.every(method => typeof (value as Record<string, unknown>)[method] === 'function')
  }),
  required: (one: OptionCheck): OptionCheck => ({ ...one, required: true })
} as const satisfies { readonly [name: string]: OptionCheck | ((...args: never[]) => OptionCheck) }

function describe (value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
