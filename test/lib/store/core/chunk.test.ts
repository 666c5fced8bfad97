import t from 'tap'
import { chunksOf, partOf, type Chunk } from '../../../../lib/store/core/chunk.js'
import type { WriteContext } from '../../../../lib/store/core/write-context.js'
import { ItemErrors } from '../../../../lib/store/core/item-errors.js'
import { CommonsError } from '../../../../lib/errors.js'
import type { SqlRunner } from '../../../../lib/sql/port/runner.js'
import { writeChunks } from '../../../../lib/store/write/write-chunks.js'

const rows = [...'abcdefg'].map(name => ({ name }))
const names = (chunk: Chunk): string => chunk.rows.map(row => row['name']).join('')

await t.test('chunks keep the places of their items, in the order of the writing', t => {
  t.strictSame(
    chunksOf(rows, 3).map(chunk => [names(chunk), chunk.indexes.join('')]),
    [
      ['abc', '012'],
      ['def', '345'],
      ['g', '6']
    ]
  )
  t.strictSame(
    chunksOf(rows, 2, [6, 0, 3]).map(chunk => [names(chunk), chunk.indexes.join('')]),
    [
      ['ga', '60'],
      ['d', '3']
    ],
    'items that are left out make no chunk'
  )
  t.strictSame([chunksOf([], 3), chunksOf(rows, 3, [])], [[], []])
  const [chunk] = chunksOf(rows, 4, [6, 5, 4, 3])
  t.strictSame(
    partOf(chunk!, position => position % 2 === 1),
    { rows: [{ name: 'f' }, { name: 'd' }], indexes: [5, 3] }
  )
  t.end()
})

/** Runs chunks of two against a database that fails as told; gives what happened, step by step. */
async function run (options: {
  readonly inTransaction?: boolean
  /** Milliseconds. Default: 5000. */
  readonly retryTimeout?: number
  readonly count?: number
  readonly mayUndo?: boolean
  /** Errors of the first writes. */
  readonly failures?: unknown[]
  readonly faulty?: string
  readonly settle?: (results: readonly string[]) => void
}): Promise<{ steps: string[]; outcome: unknown }> {
  const {
    inTransaction = false,
    retryTimeout = 5000,
    count = 3,
    mayUndo = false,
    failures = [],
    faulty = '',
    settle
  } = options
  const steps: string[] = []
  const runner: SqlRunner = {
    inTransaction,
    query: async () => [],
    async transaction (work) {
      steps.push('begin')
      try {
        const result = await work(runner)
        steps.push('commit')
        return result
      } catch (error) {
        steps.push('rollback')
        throw error
      }
    }
  }
  const itemErrors = new ItemErrors()
  const chunks = chunksOf(rows.slice(0, count), 2)
  const outcome = await writeChunks(
    { runner, retryTimeout, model: { name: 'Item' } } as unknown as WriteContext,
    chunks,
    itemErrors,
    {
      prepare (chunk) {
        steps.push(`prepare ${names(chunk)}`)
        chunk.rows.forEach((row, i) => {
          if (faulty.includes(String(row['name']))) itemErrors.add('required', chunk.indexes[i]!, 'name')
        })
        return names(chunk)
      },
      async write (name) {
        steps.push(`write ${name}`)
        await new Promise(resolve => {
          setImmediate(() => setImmediate(resolve))
        })
        if (failures.length > 0) {
          const failure = failures.shift()
          if (failure !== undefined) throw failure
        }
        steps.push(`written ${name}`)
        return name
      },
      unordered: null,
      mayUndo: () => mayUndo,
      ...(settle === undefined ? {} : { settle })
    }
  ).catch((error: unknown) =>
    error instanceof CommonsError ? [error.code, ...error.details.map(detail => detail.index)].join(' ') : error
  )
  return { steps, outcome }
}

const conflict = (): CommonsError => new CommonsError('write_conflict')

await t.test('a lone chunk needs no transaction, several share one', async t => {
  t.strictSame(await run({ count: 2 }), { steps: ['prepare ab', 'write ab', 'written ab'], outcome: ['ab'] })
  t.strictSame(await run({ count: 2, mayUndo: true }), {
    steps: ['prepare ab', 'begin', 'write ab', 'written ab', 'commit'],
    outcome: ['ab']
  })
  t.strictSame(await run({ count: 0 }), { steps: [], outcome: [] })
})

await t.test('the next chunk is prepared while the present one is written', async t => {
  t.strictSame((await run({ count: 5 })).steps, [
    'prepare ab',
    'begin',
    'write ab',
    'prepare cd',
    'written ab',
    'write cd',
    'prepare e',
    'written cd',
    'write e',
    'written e',
    'commit'
  ])
})

await t.test('after a fault the other chunks are only prepared', async t => {
  t.strictSame(await run({ count: 5, faulty: 'be' }), {
    steps: ['prepare ab', 'prepare cd', 'prepare e'],
    outcome: 'required 1 4'
  })
  t.strictSame(await run({ count: 5, faulty: 'de' }), {
    steps: ['prepare ab', 'begin', 'write ab', 'prepare cd', 'prepare e', 'written ab', 'rollback'],
    outcome: 'required 3 4'
  })
})

await t.test('what settles the whole comes last, and can undo it', async t => {
  const settle = (results: readonly string[]): void => {
    throw new Error(results.join())
  }
  const { steps, outcome } = await run({ settle })
  t.strictSame(steps.slice(-2), ['written c', 'rollback'])
  t.match(outcome, new Error('ab,c'))
})

await t.test('a conflict with another transaction begins anew, any other failure does not', async t => {
  t.strictSame(await run({ count: 2, failures: [conflict()] }), {
    steps: ['prepare ab', 'write ab', 'write ab', 'written ab'],
    outcome: ['ab']
  })
  t.strictSame((await run({ failures: [undefined, conflict()] })).steps, [
    'prepare ab',
    'begin',
    'write ab',
    'prepare c',
    'written ab',
    'write c',
    'rollback',
    'begin',
    'write ab',
    'prepare c',
    'written ab',
    'write c',
    'written c',
    'commit'
  ])
  t.strictSame(await run({ count: 2, failures: [new CommonsError('database_unavailable')] }), {
    steps: ['prepare ab', 'write ab'],
    outcome: 'database_unavailable'
  })
  t.strictSame(
    await run({ count: 2, retryTimeout: 0, failures: [conflict()] }),
    { steps: ['prepare ab', 'write ab'], outcome: 'write_conflict' },
    'no time is left'
  )
})

await t.test("inside the caller's transaction only what has a savepoint of its own begins anew", async t => {
  t.strictSame(await run({ count: 2, inTransaction: true, failures: [conflict()] }), {
    steps: ['prepare ab', 'write ab'],
    outcome: 'write_conflict'
  })
  t.strictSame((await run({ inTransaction: true, failures: [conflict()] })).outcome, ['ab', 'c'])
})
