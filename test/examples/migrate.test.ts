import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import t from 'tap'
import { migrate, readMigrations } from '../../examples/database/migrate.js'
import { createDatabase } from '../helpers/database.js'

const { pool, query } = await createDatabase(t, { empty: true })

async function tables (): Promise<string[]> {
  const rows = await query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
  )
  return rows.map(row => row.name)
}

/** Writes a folder of migrations: name → SQL. */
async function folderOf (migrations: Record<string, string>): Promise<string> {
  const folder = t.testdir()
  for (const [name, sql] of Object.entries(migrations)) {
    await mkdir(`${folder}/${name}`, { recursive: true })
    await writeFile(`${folder}/${name}/migration.sql`, sql)
  }
  await writeFile(`${folder}/migration_lock.toml`, 'provider = "postgresql"\n')
  return folder
}

t.beforeEach(async () => {
  await query('DROP SCHEMA public CASCADE')
  await query('CREATE SCHEMA public')
})

await t.test('the migrations of the package apply once, also when several start together', async t => {
  const migrations = await readMigrations()
  const names = migrations.map(migration => migration.name)
  const runs = await Promise.all([migrate(pool), migrate(pool), migrate(pool)])
  // Each is applied in its turn, by whoever gets to it first.
  t.strictSame(runs.flat().sort(), names)
  t.strictSame(
    (
      await query<{ name: string }>(
        'SELECT migration_name AS name FROM _prisma_migrations ORDER BY started_at, finished_at'
      )
    ).map(({ name }) => name),
    names
  )
  t.strictSame(await migrate(pool), [])
  t.strictSame(
    (await tables()).filter(name => ['contracts', 'line_items', 'org memberships'].includes(name)),
    ['contracts', 'line_items', 'org memberships']
  )
  t.strictSame(
    await query('SELECT migration_name, checksum FROM _prisma_migrations ORDER BY 1'),
    migrations.map(({ name, checksum }) => ({ migration_name: name, checksum }))
  )
})

await t.test('the rows are those of prisma migrate deploy', async t => {
  const sql =
    "-- a comment; with a semicolon\nCREATE TABLE one (a text DEFAULT 'x;y');\nCREATE FUNCTION two() RETURNS int " +
    'LANGUAGE sql AS $$ SELECT 2; $$;\n'
  const folder = await folderOf({ '2_second': 'ALTER TABLE one ADD COLUMN b int;', '1_first': sql })
  t.strictSame(await migrate(pool, folder), ['1_first', '2_second'])
  const columns = await query(
    'SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns WHERE table_name = ' +
      "'_prisma_migrations' ORDER BY ordinal_position"
  )
  t.strictSame(columns, [
    { column_name: 'id', data_type: 'character varying', is_nullable: 'NO', column_default: null },
    { column_name: 'checksum', data_type: 'character varying', is_nullable: 'NO', column_default: null },
    { column_name: 'finished_at', data_type: 'timestamp with time zone', is_nullable: 'YES', column_default: null },
    { column_name: 'migration_name', data_type: 'character varying', is_nullable: 'NO', column_default: null },
    { column_name: 'logs', data_type: 'text', is_nullable: 'YES', column_default: null },
    { column_name: 'rolled_back_at', data_type: 'timestamp with time zone', is_nullable: 'YES', column_default: null },
    { column_name: 'started_at', data_type: 'timestamp with time zone', is_nullable: 'NO', column_default: 'now()' },
    { column_name: 'applied_steps_count', data_type: 'integer', is_nullable: 'NO', column_default: '0' }
  ])
  const [row] = await query(`
    SELECT length(id) AS id, checksum, finished_at >= started_at AS finished, migration_name, logs, rolled_back_at, applied_steps_count
    FROM _prisma_migrations WHERE migration_name = '1_first'`)
  t.strictSame(row, {
    id: 36,
    checksum: createHash('sha256').update(sql).digest('hex'),
    finished: true,
    migration_name: '1_first',
    logs: null,
    rolled_back_at: null,
    applied_steps_count: 1
  })
})

await t.test('a failing migration leaves nothing and stops the ones after it', async t => {
  const good = 'CREATE TABLE one (a int);'
  const folder = await folderOf({
    '1_good': good,
    '2_bad': 'CREATE TABLE two (a int); INSERT INTO one VALUES (1); SELECT nonsense;',
    '3_late': 'CREATE TABLE three (a int);'
  })
  await t.rejects(migrate(pool, folder), {
    message: 'Migration 2_bad failed and was rolled back: column "nonsense" does not exist'
  })
  t.strictSame(await tables(), ['_prisma_migrations', 'one'])
  t.strictSame(await query('SELECT * FROM one'), [])

  await writeFile(`${folder}/2_bad/migration.sql`, 'CREATE TABLE two (a int);')
  t.strictSame(await migrate(pool, folder), ['2_bad', '3_late'], 'the repaired migration applies')
  t.strictSame(pool.idleCount, pool.totalCount, 'every connection went back to the pool')
})

await t.test('an applied migration that was edited is refused', async t => {
  const folder = await folderOf({ '1_first': 'CREATE TABLE one (a int);' })
  await migrate(pool, folder)
  const [{ checksum } = { checksum: '' }] = await readMigrations(folder)
  await folderOf({ '1_first': 'CREATE TABLE one (a bigint);', '2_second': 'CREATE TABLE two (a int);' })
  const [{ checksum: edited } = { checksum: '' }] = await readMigrations(folder)
  await t.rejects(migrate(pool, folder), {
    message:
      `Migration 1_first was edited after it was applied: its checksum is ${edited}, the database has ` + `${checksum}`
  })
  t.strictSame(await tables(), ['_prisma_migrations', 'one'])
})

await t.test('what Prisma left half done is refused, what it rolled back is applied again', async t => {
  const folder = await folderOf({ '1_first': 'CREATE TABLE one (a int);' })
  await migrate(pool, folder)
  await query('UPDATE _prisma_migrations SET finished_at = NULL')
  await t.rejects(migrate(pool, folder), {
    message: 'Migration 1_first was started and never finished: repair it with "prisma migrate resolve"'
  })

  await query('DROP TABLE one')
  await query('UPDATE _prisma_migrations SET rolled_back_at = now()')
  t.strictSame(await migrate(pool, folder), ['1_first'])
})
