import { strict as assert } from 'node:assert'
import type { Contender, Items, Method, Operation, Outcome } from '../contender.js'
import { openContenders } from '../contenders/index.js'
import { handWritten } from '../contenders/pg.js'
import type { ContractInput } from '../data.js'
import type { ExpectedState } from '../fixture.js'
import type { Case, Entry } from '../harness.js'
import type { Context } from './context.js'

/** A bulk statement on the contracts table: what it finds, what it is given, what it must leave behind. */
export interface StatementSuite<O extends Operation> {
  readonly operation: O
  readonly title: string
  readonly before: readonly ContractInput[]
  readonly items: readonly Items[O][]
  readonly after: ExpectedState
}

/** The statements to measure for a number of rows. */
export type StatementSuites = (rows: number) => readonly StatementSuite<Operation>[]

const sizes = [1, 100, 1_000, 10_000, 100_000]

export async function * statementCases (chosen: readonly StatementSuites[], context: Context): AsyncGenerator<Case> {
  const contenders = openContenders(context.database.url)
  try {
    for (const suites of chosen) {
      for (const rows of context.options.rows ?? sizes) {
        for (const suite of suites(rows)) {
          await context.fixture.preload(suite.before)
          yield { suite: suite.title, rows, baseline: handWritten, entries: entriesOf(suite, contenders, context) }
        }
      }
    }
  } finally {
    await Promise.all(contenders.map(contender => contender.close()))
  }
}

function entriesOf<O extends Operation> (
  suite: StatementSuite<O>,
  contenders: readonly Contender[],
  context: Context
): Entry[] {
  const { fixture, options } = context
  const methods = contenders.flatMap(
    contender => (contender.methods[suite.operation] ?? []) as readonly Method<Items[O]>[]
  )
  const limit = (method: Method<Items[O]>) => (options.full ? method.fullUpTo : undefined) ?? method.upTo ?? Infinity
  return methods
    .filter(method => suite.items.length <= limit(method))
    .map(method => ({
      name: method.name,
      prepare: fixture.reset,
      run: () => method.run(suite.items),
      verify: async result => {
        const touchesUnchanged = method.touchesUnchanged ?? false
        checkOutcome(result as Outcome, suite, touchesUnchanged)
        await fixture.check(suite.after, touchesUnchanged)
      }
    }))
}

function checkOutcome (
  outcome: Outcome,
  { operation, items, before, after }: StatementSuite<Operation>,
  touchesUnchanged: boolean
): void {
  assert.equal(outcome.count, items.length)
  if (operation.startsWith('upsert') && !touchesUnchanged) {
    const { created, updated, unchanged } = outcome
    const expected = { created: items.length - before.length, updated: after.changed, unchanged: after.untouched }
    assert.deepEqual({ created, updated, unchanged }, expected)
  }
  if (operation.endsWith('Rows')) {
    assert.deepEqual(
      outcome.rows?.map(row => row.contractNumber),
      after.contracts.map(contract => contract.contractNumber)
    )
  }
}
