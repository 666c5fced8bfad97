import t from 'tap'
import { setImmediate } from 'node:timers/promises'
import { Semaphore } from '../../../lib/stream/semaphore.js'

const never = new AbortController().signal

await t.test('so many run at once, the others in their turns', async t => {
  const turns = new Semaphore(2)
  const log: string[] = []
  const ends: (() => void)[] = []
  const runs = [0, 1, 2, 3].map(i =>
    turns.run(async () => {
      log.push(`start ${i}`)
      await new Promise<void>(resolve => {
        ends[i] = resolve
      })
      log.push(`end ${i}`)
      return i
    }, never)
  )
  await setImmediate()
  t.strictSame(log, ['start 0', 'start 1'])
  ends[1]!()
  await setImmediate()
  t.strictSame(log, ['start 0', 'start 1', 'end 1', 'start 2'])
  ends[0]!()
  ends[2]!()
  await setImmediate()
  ends[3]!()
  t.strictSame(await Promise.all(runs), [0, 1, 2, 3])
})

await t.test('a failure and a turn that is given up hold up nobody', async t => {
  const turns = new Semaphore(1)
  const failing = turns.run(async () => {
    await setImmediate()
    throw new Error('broken')
  }, never)
  const leaving = new AbortController()
  const left = turns.run(async () => 'left', leaving.signal)
  const last = turns.run(async () => 'last', never)
  leaving.abort(new Error('gone'))
  t.match(await Promise.allSettled([failing, left, last]), [
    { reason: { message: 'broken' } },
    { reason: { message: 'gone' } },
    { value: 'last' }
  ])
  await t.rejects(
    turns.run(async () => 'late', leaving.signal),
    { message: 'gone' }
  )
  t.equal(await turns.run(async () => 'free', never), 'free')
})
