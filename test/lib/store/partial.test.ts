import t from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import type { InputRow } from '../../../lib/store/core/write-context.js'
import { writePartially, type PartialReport } from '../../../lib/store/partial.js'
import { rowsByIndex } from '../../../lib/store/core/report-sum.js'
import type { RowRequest } from '../../../lib/store/core/report.js'
import type { ModelStore } from '../../../lib/store/model-store.js'
import type { UpdateItem } from '../../../lib/store/write/update.js'
import { metadata } from '../../../prisma/generated/metadata.js'
import { storeOf } from '../../../prisma/binding/store.js'
import { createDatabase } from '../../helpers/database.js'
import { failureOf } from '../../helpers/failure.js'
import { watchStatements } from '../../helpers/statements.js'

const { kind, prisma: plain, pool, query } = await createDatabase(t)
const statementsOf = watchStatements(pool)
const prisma = plain.$extends(commons({ metadata }))
const store = storeOf(prisma)
const contracts = store.registry.model('Contract')
const on = contracts.uniqueOf(['contractNumber', 'year'])!
const json: RowRequest = { fields: contracts.meta.fields, form: 'json' }
const contract = (number: number, values: object = {}): InputRow => ({
  contractNumber: `N-${number}`,
  year: 2026,
  amount: '10.00',
  ...values
})
const create =
  (rows: RowRequest | null = null) =>
    async (store: ModelStore, items: readonly InputRow[]) =>
      await store.create(contracts, items, { rows, outcomes: true })
const update = async (store: ModelStore, items: readonly UpdateItem[]) =>
  await store.update(contracts, items, { mode: 'sparse', unmatched: 'error', rows: null, outcomes: true })

await query('ALTER TABLE contracts ADD CONSTRAINT contracts_amount_check CHECK (amount >= 0)')
await query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.note = 'refused' THEN RAISE EXCEPTION 'not this one'; END IF;
  IF NEW.note = 'broken' THEN PERFORM 1 FROM nowhere; END IF;
  RETURN NEW; END $$`)
await query('CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON contracts FOR EACH ROW EXECUTE FUNCTION refuse()')
await query(
  'ALTER TABLE contracts ALTER COLUMN note SET STORAGE plain, ADD CONSTRAINT short_note CHECK (length(note) < 50)'
)

t.beforeEach(async () => {
  await query('TRUNCATE users, customers, contracts, tags, articles RESTART IDENTITY CASCADE')
})

/** What failed, as `position field code`. */
function failed ({ failures }: PartialReport): string[] {
  return [...failures]
    .sort(([a], [b]) => a - b)
    .flatMap(([position, details]) =>
      details.map(({ index, pointer, field, code }) => {
        if (index !== position || !pointer.startsWith(`/${index}`)) {
          throw new Error(`${pointer} and ${index} are not ${position}`)
        }
        return [position, field ?? '-', code].join(' ')
      })
    )
}

async function stored (): Promise<string[]> {
  return (await query<{ n: string }>('SELECT contract_number AS n FROM contracts ORDER BY id')).map(row => row.n)
}

await t.test(
  'of 1000 items the 10 that break different rules fail, each with its field and code, and 990 are stored',
  async t => {
    await query(
      "INSERT INTO contracts (contract_number, year, amount, external_ref, updated_at) VALUES ('N-100', 2026, 1, " +
        "null, now()), ('X', 1, 1, 'taken', now())"
    )
    const items = Array.from({ length: 1000 }, (_, i) => contract(i))
    items[7] = contract(7, { customerId: 99 })
    items[100] = contract(100)
    items[200] = contract(200, { amount: '-1' })
    items[300] = contract(301)
    items[400] = contract(400, { externalRef: 'taken' })
    items[500] = contract(500, { amount: 'ten' })
    items[600] = contract(600, { year: 2 ** 40 })
    items[700] = contract(700, { amount: '12345678901.00' })
    items[999] = { contractNumber: 'N-999', year: 2026 }
    let report: PartialReport | undefined
    const statements = await statementsOf(async () => {
      report = await writePartially(store, contracts, items, create(json))
    })
    t.strictSame(failed(report!), [
      '7 customerId foreign_key_not_found',
      '100 - unique_violation',
      '200 amount check_violation',
      '300 - duplicate_key',
      '301 - duplicate_key',
      '400 externalRef unique_violation',
      '500 amount invalid_value',
      '600 year invalid_value',
      '700 amount invalid_value',
      '999 amount required'
    ])
    t.equal(report!.outcomes.size, 990)
    t.equal(report!.created, 990)
    t.equal(report!.rows?.length, 990)
    t.match(rowsByIndex(report!).get(998), { contractNumber: 'N-998' }, 'rows stand at the positions of their items')
    t.equal((await stored()).length, 992)
    t.ok(statements.length <= 60, `${statements.length} statements`)
  }
)

await t.test('missing rows and stale versions fail alone', async t => {
  await writePartially(store, contracts, [contract(1), contract(2), contract(3)], create())
  const change = (id: number, note: string | null, version = 1): UpdateItem => ({
    where: { id },
    data: { note },
    version
  })
  const report = await writePartially(
    store,
    contracts,
    [change(1, 'a'), change(9, 'b'), change(2, 'c', 7), change(3, null), change(2, 'refused')].slice(0, 4),
    update
  )
  t.strictSame(failed(report), ['1 id object_not_found', '2 version version_conflict'])
  t.strictSame(
    [...report.outcomes],
    [
      [0, 'updated'],
      [3, 'unchanged']
    ]
  )
})

await t.test('items that no error names are found wherever they stand, and however many there are', async t => {
  const places: readonly number[][] = [
    [0],
    [99],
    [0, 99],
    [49, 50],
    [...Array(100).keys()],
    [...Array(50).keys()].map(i => 2 * i),
    [...Array(99).keys()]
  ]
  for (const bad of places) {
    await query('TRUNCATE contracts CASCADE')
    const items = Array.from({ length: 100 }, (_, i) => contract(i, bad.includes(i) ? { note: 'refused' } : {}))
    const report = await writePartially(store, contracts, items, create(json))
    t.strictSame(
      failed(report),
      bad.map(i => `${i} - check_violation`)
    )
    t.strictSame(
      await stored(),
      items.filter((_, i) => !bad.includes(i)).map(item => item['contractNumber'])
    )
    t.strictSame(
      [...report.outcomes.keys()].sort((a, b) => a - b),
      [...items.keys()].filter(i => !bad.includes(i))
    )
    for (const [position, row] of rowsByIndex(report)) t.match(row, { contractNumber: `N-${position}` })
  }
})

await t.test('all items of a repeated key fail, also beside items that no error names', async t => {
  const tokens = store.registry.model('Token')
  await query("ALTER TABLE tokens ADD CONSTRAINT plain CHECK (label <> 'bad')")
  const items = Array.from({ length: 20 }, (_, i) => ({ email: `${i}@x`, ...(i === 12 ? { label: 'bad' } : {}) }))
  items[3] = { email: '17@x' }
  const report = await writePartially(
    store,
    tokens,
    items,
    async (store, items) => await store.create(tokens, items, { rows: null, outcomes: true })
  )
  t.strictSame(failed(report), ['3 email duplicate_key', '12 - check_violation', '17 email duplicate_key'])
  t.equal(report.failures.get(17)![0]!.message, 'Duplicate email at indexes 3, 17')
})

await t.test('more failures than one error tells of', async t => {
  await writePartially(
    store,
    contracts,
    Array.from({ length: 2500 }, (_, i) => contract(i)),
    create()
  )
  const report = await writePartially(
    store,
    contracts,
    Array.from({ length: 2600 }, (_, i) => contract(i)),
    create()
  )
  t.equal(report.failures.size, 2500)
  t.equal(report.outcomes.size, 100)
})

await t.test('every kind of write tells what became of its items', async t => {
  const upsert = async (store: ModelStore, items: readonly InputRow[]) =>
    await store.upsert(contracts, items, {
      on,
      update: undefined,
      onDuplicate: 'error',
      expected: null,
      rows: null,
      outcomes: true
    })
  const first = await writePartially(
    store,
    contracts,
    [contract(1), contract(2), contract(3, { amount: '-1' })],
    upsert
  )
  t.strictSame(
    [...first.outcomes],
    [
      [0, 'created'],
      [1, 'created']
    ]
  )
  const again = await writePartially(
    store,
    contracts,
    [contract(4), contract(1), contract(2, { note: 'x' }), contract(2)],
    upsert
  )
  t.strictSame(
    [...again.outcomes],
    [
      [0, 'created'],
      [1, 'unchanged']
    ]
  )
  t.strictSame(failed(again), ['2 - duplicate_key', '3 - duplicate_key'])
  const ids = (await query<{ id: number }>('SELECT id FROM contracts ORDER BY id')).map(({ id }) => ({ id }))
  const gone = await writePartially(
    store,
    contracts,
    [...ids, { id: 999 }, ids[0]!],
    async (store, items) => await store.delete(contracts, items, { rows: null, outcomes: true })
  )
  t.strictSame(
    [...gone.outcomes],
    [
      [0, 'deleted'],
      [1, 'deleted'],
      [2, 'deleted']
    ]
  )
  t.strictSame(gone.missing, [{ index: 3, where: { id: 999 } }])
})

await t.test('outcomes are told by every operation of the store, and by none that is not asked', async t => {
  const told = { rows: null, outcomes: true }
  const list = ({ outcomes }: { readonly outcomes?: ReadonlyMap<number, string> }) =>
    [...(outcomes ?? [])].sort(([a], [b]) => a - b)
  t.strictSame(list(await store.create(contracts, [contract(1), contract(2)], told)), [
    [0, 'created'],
    [1, 'created']
  ])
  t.strictSame(
    list(
      await store.create(contracts, [contract(3), contract(1), contract(4), contract(3)], {
        ...told,
        skipDuplicates: true
      })
    ),
    [
      [0, 'created'],
      [2, 'created']
    ]
  )
  t.strictSame(
    list(
      await store.upsert(
        contracts,
        [contract(1), contract(5), contract(2, { note: 'x' }), contract(5, { note: 'y' })],
        { ...told, on, update: undefined, onDuplicate: 'last', expected: null }
      )
    ),
    [
      [0, 'unchanged'],
      [2, 'updated'],
      [3, 'created']
    ]
  )
  t.strictSame(
    list(
      await store.upsert(contracts, [contract(2), contract(6)], {
        ...told,
        rows: json,
        on,
        update: [],
        onDuplicate: 'error',
        expected: null
      })
    ),
    [
      [0, 'unchanged'],
      [1, 'created']
    ]
  )
  const shelves = store.registry.model('Shelf')
  await query('TRUNCATE "Shelf" RESTART IDENTITY CASCADE')
  await store.create(shelves, [{ name: 'a' }, { name: 'b' }], { rows: null })
  t.strictSame(
    list(
      await store.update(
        shelves,
        [
          { where: { id: 2 }, data: { name: 'c' } },
          { where: { id: 9 }, data: { name: 'c' } },
          { where: { id: 1 }, data: { name: 'a' } }
        ],
        { ...told, mode: 'sparse', unmatched: 'report' }
      )
    ),
    [
      [0, 'updated'],
      [2, 'unchanged']
    ]
  )
  t.strictSame(list(await store.softDelete(shelves, [{ id: 1 }, { id: 9 }, { id: 1 }], told)), [[0, 'deleted']])
  t.strictSame(list(await store.softDelete(shelves, [{ id: 2 }, { id: 1 }], told)), [
    [0, 'deleted'],
    [1, 'unchanged']
  ])
  t.strictSame(list(await store.restore(shelves, [{ id: 1 }], told)), [[0, 'restored']])
  t.strictSame(list(await store.restore(shelves, [{ id: 1 }, { id: 2 }], told)), [
    [0, 'unchanged'],
    [1, 'restored']
  ])
  t.strictSame(list(await store.delete(shelves, [{ id: 1 }], told)), [[0, 'deleted']])
  t.notOk('outcomes' in (await store.create(contracts, [contract(9)], { rows: null })))
})

await t.test('what a broken server fails with is no fault of an item: nothing is stored', async t => {
  const failure = await failureOf(
    writePartially(store, contracts, [contract(1), contract(2, { note: 'broken' })], create())
  )
  t.equal(failure.status, 500)
  t.strictSame(await stored(), [])
})

await t.test('inside a transaction the write is a savepoint of it', async t => {
  await store.transaction(async inner => {
    await inner.create(contracts, [contract(1)], { rows: null })
    const report = await writePartially(
      inner,
      contracts,
      [contract(1), contract(2), contract(3, { note: 'refused' })],
      create()
    )
    t.strictSame(failed(report), ['0 - unique_violation', '2 - check_violation'])
    await inner.create(contracts, [contract(5)], { rows: null })
  })
  t.strictSame(await stored(), ['N-1', 'N-2', 'N-5'])
})

await t.test('a write of several operations is undone for the items that fail', async t => {
  const customers = store.registry.model('Customer')
  const write = async (store: ModelStore, items: readonly InputRow[]) =>
    await store.isolated(async inner => {
      await inner.create(
        customers,
        items.map(item => ({ code: item['contractNumber'], name: 'x' })),
        { rows: null }
      )
      return await inner.create(contracts, items, { rows: null, outcomes: true })
    })
  const report = await writePartially(
    store,
    contracts,
    [contract(1), contract(2, { note: 'refused' }), contract(3, { customerId: 99 }), contract(4)],
    write
  )
  t.strictSame(failed(report), ['1 - check_violation', '2 customerId foreign_key_not_found'])
  t.strictSame(
    (await query('SELECT code FROM customers ORDER BY code')).map(row => row['code']),
    ['N-1', 'N-4']
  )
})

await t.test(
  'parallel writers of the same keys: each key is stored once, and told of as stored once',
  { skip: kind === 'pglite' },
  async t => {
    const items = Array.from({ length: 50 }, (_, i) => contract(i, i === 20 ? { note: 'refused' } : {}))
    const reports = await Promise.all(
      Array.from({ length: 6 }, () => writePartially(store, contracts, items, create()))
    )
    t.equal(
      reports.reduce((sum, { outcomes }) => sum + outcomes.size, 0),
      49
    )
    t.equal((await stored()).length, 49)
    for (const { outcomes, failures } of reports) t.equal(outcomes.size + failures.size, 50)
  }
)
