import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import { storeOf } from '../../prisma/binding/store.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const { prisma: plain, query } = await createDatabase(t)
let merge: { readonly text: string; readonly values: readonly unknown[] } | undefined
const watched = plain.$extends({
  query: {
    async $queryRawUnsafe ({ args, query }) {
      const [text, ...values] = args as readonly [string, ...unknown[]]
      if (text.includes('added as')) merge = { text, values }
      return await query(args)
    }
  }
})
const store = storeOf(watched.$extends(commons({ metadata, actorContext: 'ignore' })))
const model = store.registry.model('Contract')

await t.test('an upsert with outcomes looks through no part of its work for each of its rows', async t => {
  const on = model.uniqueOf(['contractNumber', 'year'])!
  const items = Array.from({ length: 1000 }, (_, i) => ({ contractNumber: `c${i}`, year: 1, amount: i }))
  await store.create(
    model,
    items.slice(500).map(item => ({ ...item, amount: 0 })),
    { rows: null }
  )
  const { outcomes } = await store.upsert(model, items, {
    rows: null,
    outcomes: true,
    on,
    update: undefined,
    onDuplicate: 'error',
    expected: null
  })
  const countOf = (wanted: string): number => [...outcomes!.values()].filter(outcome => outcome === wanted).length
  t.strictSame([countOf('created'), countOf('updated')], [500, 500])

  const plan = (await query(`EXPLAIN ${merge!.text}`, [...merge!.values])).map(row => String(Object.values(row)[0]))
  // A subplan in a condition runs for each row when the planner takes it for too large to keep. Only writers that raced
  // need one.
  const subplans = plan.filter(line => /^\s*SubPlan \d+/.test(line))
  t.equal(subplans.length <= 1, true, plan.join('\n'))
})
