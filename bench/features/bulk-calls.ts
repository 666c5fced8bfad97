import { strict as assert } from 'node:assert'
import { runAs } from 'fastify-prisma-commons/actor'
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
  readonly run: () => Promise<{ readonly count: number }>
  readonly after: Partial<ArticleCounts>
}

const without = 'commons, no features'
const featured = 'commons, all features'

/** What the features add to bulk calls: the same rows, for a client that knows of no feature and for one that does. */
export async function * bulkCallCases (clients: Clients, table: ArticleTable, sizes: readonly number[]): AsyncGenerator<Case> {
  for (const rows of sizes) {
    for (const { name, before, ways } of bulkCalls(clients, rows)) {
      await table.preload(before)
      const entries = ways.map(({ name, run, after }): Entry => ({
        name,
        prepare: table.reset,
        run: () => runAs(actor, run),
        verify: async result => {
          assert.equal((result as { count: number }).count, rows)
          await table.check({ rows, marked: 0, changed: 0, signed: 0, ...after })
        }
      }))
      yield { suite: name, rows, baseline: without, entries }
    }
  }
}

function bulkCalls ({ plain, full }: Clients, rows: number): BulkCall[] {
  const all = articles(rows)
  const data = all.map(withoutId)
  const unnamed = data.map(({ slug: _slug, ...article }) => article)
  const existing = existingArticles(rows)
  const changes = all.map(({ id }, index) => ({ where: { id }, data: changeAt(index) }))
  const where = all.map(({ id }) => ({ id }))
  return [
    {
      name: 'bulkCreate',
      before: [],
      ways: [
        { name: without, run: () => plain.article.bulkCreate({ data }), after: {} },
        { name: featured, run: () => full.article.bulkCreate({ data }), after: { signed: rows } },
        { name: `${featured}, slugs generated`, run: () => full.article.bulkCreate({ data: unnamed }), after: { signed: rows } }
      ]
    },
    {
      name: 'bulkUpsert',
      before: existing,
      ways: [
        { name: without, run: () => plain.article.bulkUpsert({ data, on: 'slug' }), after: {} },
        {
          name: featured,
          run: () => full.article.bulkUpsert({ data, on: 'slug' }),
          after: { changed: existing.length - Math.floor(existing.length / 10), signed: rows - Math.floor(existing.length / 10) }
        }
      ]
    },
    {
      name: 'bulkUpdate',
      before: all,
      ways: [
        { name: without, run: () => plain.article.bulkUpdate({ data: changes }), after: {} },
        { name: featured, run: () => full.article.bulkUpdate({ data: changes }), after: { changed: rows, signed: rows } }
      ]
    },
    {
      name: 'bulkDelete',
      before: all,
      ways: [
        { name: without, run: () => plain.article.bulkDelete({ where }), after: { rows: 0 } },
        { name: featured, run: () => full.article.bulkDelete({ where }), after: { marked: rows, changed: rows, signed: rows } }
      ]
    }
  ]
}
