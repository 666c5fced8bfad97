import { strict as assert } from 'node:assert'
import { runAs } from 'fastify-prisma-commons/actor'
import type { Case, Entry } from '../harness.js'
import { articleAt, articles, changeAt, withoutId } from './articles.js'
import type { Clients } from './clients.js'
import { actor, type ArticleCounts, type ArticleTable } from './table.js'

/** Rows of one `findMany`. */
const pageRows = 100
const preloaded = 1_000

/** One call, made again and again with another index. */
type CallAt = (index: number) => PromiseLike<unknown>

interface SingleCall {
  readonly name: string
  readonly calls: number
  /** The first is what the others are compared with. */
  readonly ways: { readonly [name: string]: CallAt }
  readonly check: (result: unknown) => void
  readonly after: ArticleCounts
}

const untouched: ArticleCounts = { rows: preloaded, marked: 0, changed: 0, signed: 0 }

/** What the features add to single calls of Prisma. Several a run: one is too short for the clock of CPU time. */
export async function * singleCallCases (clients: Clients, table: ArticleTable, smoke: boolean): AsyncGenerator<Case> {
  await table.preload(articles(preloaded))
  for (const { name, calls, ways, check, after } of singleCalls(clients, smoke)) {
    await table.reset()
    const entries = Object.entries(ways).map(([way, callAt]): Entry => ({
      name: way,
      prepare: async () => {
        if (after !== untouched) await table.reset()
      },
      run: () => runAs(actor, () => repeated(calls, callAt)),
      verify: async result => {
        check(result)
        await table.check(after)
      }
    }))
    yield { suite: name, rows: calls, baseline: entries[0]!.name, entries }
  }
}

function singleCalls ({ bare, full }: Clients, smoke: boolean): SingleCall[] {
  const calls = smoke ? 10 : 150
  const pages = smoke ? 2 : 20
  const { id: userId } = actor
  const idAt = (index: number) => ({ id: articleAt(index % preloaded).id })
  const page = { take: pageRows, orderBy: { slug: 'asc' } } as const
  // Each as long as no other is there: the ids of the new rows are made by the clients.
  const newAt = (index: number) => withoutId(articleAt(preloaded + index))
  const live = { deletedAt: null }
  const isFound = (result: unknown) => assert.equal((result as { id: string }).id, idAt(calls - 1).id)
  return [
    {
      name: 'findUnique',
      calls,
      ways: {
        Prisma: index => bare.article.findUnique({ where: idAt(index) }),
        'Prisma, deletedAt: null by hand': index => bare.article.findUnique({ where: { ...idAt(index), ...live } }),
        'commons, all features': index => full.article.findUnique({ where: idAt(index) })
      },
      check: isFound,
      after: untouched
    },
    {
      name: 'findMany 100',
      calls: pages,
      ways: {
        Prisma: () => bare.article.findMany(page),
        'Prisma, deletedAt: null by hand': () => bare.article.findMany({ ...page, where: live }),
        'commons, all features': () => full.article.findMany(page)
      },
      check: result => assert.equal((result as unknown[]).length, pageRows),
      after: untouched
    },
    {
      name: 'create',
      calls,
      ways: {
        'Prisma, same columns by hand': index =>
          bare.article.create({ data: { ...newAt(index), createdById: userId, updatedById: userId } }),
        'commons, all features': index => full.article.create({ data: newAt(index) })
      },
      check: result => assert.equal((result as { slug: string }).slug, newAt(calls - 1).slug),
      after: { ...untouched, rows: preloaded + calls, signed: calls }
    },
    {
      name: 'update',
      calls,
      ways: {
        'Prisma, same columns by hand': index =>
          bare.article.update({
            where: { ...idAt(index), ...live },
            data: { ...changeAt(index), updatedById: userId, version: { increment: 1 } }
          }),
        'commons, all features': index => full.article.update({ where: idAt(index), data: changeAt(index) })
      },
      check: isFound,
      after: { ...untouched, changed: calls, signed: calls }
    }
  ]
}

async function repeated (calls: number, callAt: CallAt): Promise<unknown> {
  let result: unknown
  for (let index = 0; index < calls; index++) result = await callAt(index)
  return result
}
