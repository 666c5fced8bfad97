import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import { storeOf } from '../../prisma/store.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const { prisma: plain, query } = await createDatabase(t, { max: 1 })
const prisma = plain.$extends(commons({ metadata, actorContext: 'ignore' }))
const store = storeOf(prisma)
const model = store.registry.model('Contract')
const on = model.uniqueOf(['contractNumber', 'year'])!

/** Milliseconds that an upsert with outcomes takes; half of the rows exist. */
async function timeOf (rows: number): Promise<number> {
  const items = Array.from({ length: rows }, (_, i) => ({ contractNumber: `c${i}`, year: rows, amount: i }))
  await prisma.contract.bulkCreate({ data: items.slice(rows / 2).map(item => ({ ...item, amount: 0 })) })
  const start = performance.now()
  const { outcomes } = await store.upsert(model, items, { rows: null, outcomes: true, on, update: undefined, onDuplicate: 'error', expected: null })
  const took = performance.now() - start
  t.equal([...outcomes!.values()].filter(outcome => outcome === 'updated').length, rows / 2)
  t.equal([...outcomes!.values()].filter(outcome => outcome === 'created').length, rows / 2)
  return took
}

await t.test('an upsert with outcomes takes time in proportion to its rows, also where the planner expects more than fits its memory', async t => {
  await query("SET work_mem = '64kB'")
  await timeOf(1000)
  const [few, many] = [await timeOf(2000), await timeOf(8000)]
  t.comment(`2,000 rows: ${few.toFixed()} ms, 8,000 rows: ${many.toFixed()} ms`)
  // Four times the rows: sixteen times the time where each row looks through all others.
  t.ok(many < few * 10)
})
