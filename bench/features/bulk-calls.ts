import { strict as assert } from 'node:assert'
import { runAs } from 'fastify-prisma-commons/actor'
import { inChunks } from '../data.js'
import type { Case, Entry } from '../harness.js'
import { articles, changeAt, existingArticles, withoutId, type ArticleInput } from './articles.js'
import type { Clients } from './clients.js'
import { actor, type ArticleCounts, type ArticleTable } from './table.js'

/** A bulk call on a table of articles, with and without what the features do. */
interface BulkCall {
  readonly name: string
  readonly before: readonly ArticleInput[]
  readonly ways: readonly Way[]
}

interface Way {
  readonly name: string
  /** The call at `index`, with rows of its own. */
  readonly callAt: (index: number) => Promise<{ readonly count: number }>
  readonly after: Partial<ArticleCounts>
}

const without = 'commons, no features'
const featured = 'commons, all features'

/** Systems count CPU time in steps of some milliseconds: small calls are made again, up to so many rows and times. */
const measuredRows = 10_000
const mostCalls = 10

/** What the features add to bulk calls: the same rows, for a client that knows of no feature and for one that does. */
export async function * bulkCallCases (
  clients: Clients,
  table: ArticleTable,
  sizes: readonly number[]
): AsyncGenerator<Case> {
  for (const rows of sizes) {
    const calls = Math.min(Math.ceil(measuredRows / rows), mostCalls)
    const total = rows * calls
    for (const { name, before, ways } of bulkCalls(clients, rows, total)) {
      await table.preload(before)
      const entries = ways.map(({ name, callAt, after }): Entry => ({
        name,
        prepare: table.reset,
        run: () =>
          runAs(actor, async () => {
            let count = 0
            for (let index = 0; index < calls; index++) count += (await callAt(index)).count
            return count
          }),
        verify: async count => {
          assert.equal(count, total)
          await table.check({ rows: total, marked: 0, changed: 0, signed: 0, ...after })
        }
      }))
      yield { suite: calls === 1 ? name : `${name} ×${calls}`, rows, baseline: without, entries }
    }
  }
}

/** @param rows of one call; all calls together write `total` */
function bulkCalls ({ plain, full }: Clients, rows: number, total: number): BulkCall[] {
  const all = articles(total)
  const ofCall = <Item>(items: readonly Item[]): Item[][] => inChunks(items, rows).map(chunk => [...chunk])
  const named = all.map(withoutId)
  const data = ofCall(named)
  const unnamed = ofCall(named.map(({ slug: _slug, ...article }) => article))
  const existing = existingArticles(total)
  const changes = ofCall(all.map(({ id }, index) => ({ where: { id }, data: changeAt(index) })))
  const where = ofCall(all.map(({ id }) => ({ id })))
  const written = existing.length - Math.floor(existing.length / 10)
  return [
    {
      name: 'bulkCreate',
      before: [],
      ways: [
        { name: without, callAt: index => plain.article.bulkCreate({ data: data[index]! }), after: {} },
        { name: featured, callAt: index => full.article.bulkCreate({ data: data[index]! }), after: { signed: total } },
        {
          name: `${featured}, slugs generated`,
          callAt: index => full.article.bulkCreate({ data: unnamed[index]! }),
          after: { signed: total }
        }
      ]
    },
    {
      name: 'bulkUpsert',
      before: existing,
      ways: [
        { name: without, callAt: index => plain.article.bulkUpsert({ data: data[index]!, on: 'slug' }), after: {} },
        {
          name: featured,
          callAt: index => full.article.bulkUpsert({ data: data[index]!, on: 'slug' }),
          after: { changed: written, signed: total - existing.length + written }
        }
      ]
    },
    {
      name: 'bulkUpdate',
      before: all,
      ways: [
        { name: without, callAt: index => plain.article.bulkUpdate({ data: changes[index]! }), after: {} },
        {
          name: featured,
          callAt: index => full.article.bulkUpdate({ data: changes[index]! }),
          after: { changed: total, signed: total }
        }
      ]
    },
    {
      name: 'bulkDelete',
      before: all,
      ways: [
        { name: without, callAt: index => plain.article.bulkDelete({ where: where[index]! }), after: { rows: 0 } },
        {
          name: featured,
          callAt: index => full.article.bulkDelete({ where: where[index]! }),
          after: { marked: total, changed: total, signed: total }
        }
      ]
    }
  ]
}
