import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { currentActor, hasContext, requireActor, runAs } from 'fastify-prisma-commons/actor'
import { runWithHolder, toActor, type Holder } from '../../lib/actor-holder.js'
import type { Actor } from 'fastify-prisma-commons/actor'

const alice: Actor = { id: 'alice' }
const bob: Actor = { id: 2n }

/** Starts its work at the first `then`, as the promises of Prisma do. */
function lazy<T> (work: () => T): PromiseLike<T> {
  return { then: (resolve, reject) => turn().then(work).then(resolve, reject) }
}

await t.test('without a context there is nobody, and who needs an actor learns what to wire', async t => {
  t.equal(currentActor(), null)
  t.equal(hasContext(), false)
  t.throws(requireActor, {
    name: 'CommonsError',
    code: 'internal_error',
    message:
      'No actor context: register fastify-prisma-commons/current-user for requests, use runAs(actor, work) elsewhere'
  })
})

await t.test('runAs gives what the work gives, and the run ends with it', async t => {
  t.strictSame(
    runAs(alice, () => [currentActor(), requireActor(), hasContext()]),
    [alice, alice, true]
  )
  t.equal(
    await runAs(bob, async () => {
      await turn()
      return currentActor()
    }),
    bob
  )
  t.equal(hasContext(), false)
})

await t.test('runAs(null) is an anonymous context', async t => {
  runAs(null, () => {
    t.equal(currentActor(), null)
    t.equal(hasContext(), true)
    t.throws(requireActor, { code: 'unauthorized', status: 401 })
  })
})

await t.test('runs nest, interleave and survive errors', async t => {
  const seen = await runAs(alice, async () => {
    const inner = await Promise.all(
      [bob, null, alice].map(actor =>
        runAs(actor, async () => {
          await turn()
          return currentActor()
        })
      )
    )
    t.throws(
      () =>
        runAs(bob, () => {
          throw new Error('sync')
        }),
      { message: 'sync' }
    )
    await t.rejects(
      runAs(bob, async () => {
        throw new Error('async')
      }),
      { message: 'async' }
    )
    return [...inner, currentActor()]
  })
  t.strictSame(seen, [bob, null, alice, alice])
})

await t.test('a lazy promise that is returned without await starts inside the run', async t => {
  t.equal(await runAs(alice, () => lazy(currentActor)), alice)
  t.equal(await runAs(bob, () => runAs(alice, () => lazy(currentActor))), alice)
  await t.rejects(
    runAs(alice, () =>
      lazy(() => {
        throw new Error('refused')
      })
    ),
    { message: 'refused' }
  )
})

await t.test('a holder may be filled after its context was opened', async t => {
  const holder: Holder<Actor> = { actor: null }
  const seen = await runWithHolder(holder, async () => {
    const before = currentActor()
    await turn()
    holder.actor = alice
    return [before, currentActor()]
  })
  t.strictSame(seen, [null, alice])
})

await t.test('what is no actor is refused, not taken for anonymous', async t => {
  t.equal(toActor(undefined, 'here'), null)
  t.equal(toActor(null, 'here'), null)
  t.equal(toActor(bob, 'here'), bob)
  for (const value of ['alice', {}, { id: null }, { id: {} }, 7, true]) {
    t.throws(
      () => toActor(value, 'here'),
      new TypeError('here: an actor is null or an object whose "id" is a string, number or bigint')
    )
  }
  t.throws(() => runAs({ name: 'nobody' } as unknown as Actor, () => {}), { name: 'TypeError' })
})
