import { strict as assert } from 'node:assert'
import type { Database } from '../database.js'
import type { ArticleInput } from './articles.js'
import type { Clients } from './clients.js'

/** Who acts in all measured calls. */
export const actor = { id: 1 }

/** What the articles are after a run. */
export interface ArticleCounts {
  readonly rows: number
  /** Rows that are marked as deleted. */
  readonly marked: number
  /** Rows whose version is 2. */
  readonly changed: number
  /** Rows that name who created or changed them. */
  readonly signed: number
}

/** The articles of the scratch database. */
export interface ArticleTable {
  /** Remembers the rows that `reset` puts into the table. */
  preload: (articles: readonly ArticleInput[]) => Promise<void>
  reset: () => Promise<void>
  /** Throws when the table holds anything else. */
  check: (expected: ArticleCounts) => Promise<void>
}

export async function createArticleTable ({ pool }: Database, { plain }: Clients): Promise<ArticleTable> {
  await pool.query(`
    insert into users (id, name) values (${actor.id}, 'Author') on conflict do nothing;
    alter table articles set (autovacuum_enabled = false);
    create unlogged table preloaded_articles (like articles)`)
  return {
    preload: async articles => {
      await pool.query('truncate articles, preloaded_articles cascade')
      await plain.article.bulkCreate({ data: [...articles] })
      await pool.query('insert into preloaded_articles select * from articles')
    },
    reset: async () => {
      await pool.query('truncate articles cascade')
      await pool.query('insert into articles select * from preloaded_articles')
      await pool.query('analyze articles')
      await pool.query('checkpoint')
    },
    check: async expected => {
      const {
        rows: [counts]
      } = await pool.query<ArticleCounts>(countQuery)
      assert.deepEqual(counts, expected)
    }
  }
}

const countQuery = `
  select count(*)::int as rows,
    (count(*) filter (where deleted_at is not null and not is_active))::int as marked,
    (count(*) filter (where version = 2))::int as changed,
    (count(*) filter (where coalesce(created_by_id, updated_by_id) = ${actor.id}))::int as signed
  from articles`
