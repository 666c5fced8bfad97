import t from 'tap'
import { setImmediate } from 'node:timers/promises'
import { prefetch } from '../../../lib/stream/prefetch.js'

async function * counted (log: string[], count: number, failing = -1): AsyncGenerator<number> {
  try {
    for (let i = 0; i < count; i++) {
      log.push(`make ${i}`)
      if (i === failing) throw new Error('broken')
      yield i
    }
  } finally {
    log.push('end')
  }
}

await t.test('the next item is made while the present one is worked on, and no further one', async t => {
  const log: string[] = []
  for await (const i of prefetch(counted(log, 3))) {
    await setImmediate()
    log.push(`done ${i}`)
  }
  t.strictSame(log, ['make 0', 'make 1', 'done 0', 'make 2', 'done 1', 'end', 'done 2'])
})

await t.test('a failure comes up in its turn', async t => {
  const log: string[] = []
  const seen: number[] = []
  await t.rejects(
    async () => {
      for await (const i of prefetch(counted(log, 3, 1))) {
        await setImmediate()
        seen.push(i)
      }
    },
    { message: 'broken' }
  )
  t.strictSame(seen, [0])
})

await t.test('an iteration that is ended early ends the source', async t => {
  const log: string[] = []
  for await (const i of prefetch(counted(log, 5))) if (i === 1) break
  t.strictSame(log, ['make 0', 'make 1', 'make 2', 'end'])
})
