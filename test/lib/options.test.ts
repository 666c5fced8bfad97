import t from 'tap'
import { check, checkOptions } from '../../lib/options.js'
import type { OptionTable } from '../../lib/options.js'

interface Options {
  readonly model: string
  readonly maxItems?: number
  readonly percent?: number
  readonly atomic?: boolean
  readonly hook?: 'early' | 'late'
  readonly onItem?: () => void
  readonly client?: object
}

const table: OptionTable<Options> = {
  model: check.required(check.string),
  maxItems: check.integer(1),
  percent: check.integer(0, 100),
  atomic: check.boolean,
  hook: check.oneOf('early', 'late'),
  onItem: check.function,
  client: check.withMethods('a client', '$connect', '$disconnect')
}

/** The messages that a call with these options gives. */
function problems (options: object): string[] {
  try {
    checkOptions('bulk', options as Options, table)
    return []
  } catch (error) {
    return error instanceof TypeError ? error.message.split('\n') : [`no TypeError: ${String(error)}`]
  }
}

await t.test('every legal value passes', async t => {
  const client = Object.assign(() => {}, { $connect () {}, $disconnect () {} })
  t.strictSame(problems({ model: 'Contract' }), [])
  t.strictSame(
    problems({ model: 'Contract', maxItems: 1, percent: 100, atomic: false, hook: 'late', onItem: () => {}, client }),
    []
  )
  t.strictSame(problems({ model: 'Contract', client: { $connect () {}, $disconnect () {} } }), [])
  t.strictSame(problems({ model: 'Contract', maxItems: undefined, hook: undefined }), [])
})

await t.test('an unknown option fails with a suggestion, or with the list', async t => {
  t.strictSame(problems({ model: 'Contract', maxItem: 3, zzzzzzzz: 1 }), [
    'bulk: unknown option "maxItem". Did you mean "maxItems"?',
    'bulk: unknown option "zzzzzzzz". Known: model, maxItems, percent, atomic, hook, onItem, client'
  ])
  t.strictSame(
    problems({ model: 'Contract', toString: 1 }),
    ['bulk: unknown option "toString". Known: model, maxItems, percent, atomic, hook, onItem, client'],
    'a name that every object inherits is no option'
  )
})

await t.test('a wrong value is named together with what it must be, all problems at once', async t => {
  t.strictSame(
    problems({ maxItems: 0, percent: 101, atomic: 'yes', hook: 'later', onItem: null, client: { $connect () {} } }),
    [
      'bulk: option "model" is required: a string that is not empty',
      'bulk: option "maxItems" must be an integer of at least 1, not 0',
      'bulk: option "percent" must be an integer from 0 to 100, not 101',
      'bulk: option "atomic" must be true or false, not "yes"',
      'bulk: option "hook" must be one of "early", "late", not "later"',
      'bulk: option "onItem" must be a function, not null',
      'bulk: option "client" must be a client (with $connect, $disconnect), not an object'
    ]
  )
  t.strictSame(
    problems({ model: '', maxItems: 1.5, percent: '7', atomic: 1, hook: ['early'], onItem: {}, client: () => {} }),
    [
      'bulk: option "model" must be a string that is not empty, not ""',
      'bulk: option "maxItems" must be an integer of at least 1, not 1.5',
      'bulk: option "percent" must be an integer from 0 to 100, not "7"',
      'bulk: option "atomic" must be true or false, not 1',
      'bulk: option "hook" must be one of "early", "late", not an array',
      'bulk: option "onItem" must be a function, not an object',
      'bulk: option "client" must be a client (with $connect, $disconnect), not a function'
    ]
  )
})
