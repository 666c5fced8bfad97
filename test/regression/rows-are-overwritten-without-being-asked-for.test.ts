import t from 'tap'
import { flexible, manyIdToData } from 'fastify-prisma-commons/resource'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const rounds = 100

const database = await bulkDatabase(t)
const { query, kind } = database
/** What another program does between the question and the write. */
let meanwhile = async (): Promise<unknown> => null

const app = await serve(t, database, {
  '/contracts': {
    model: 'Contract',
    relations: { tags: manyIdToData() },
    // Everyone writes rows of their own only.
    authorize: async ({ headers }, _action, items) => {
      const isAllowed = items.every(
        ({ current }) => current === null || current['note'] === (headers['x-user'] ?? 'mine')
      )
      await meanwhile()
      return isAllowed
    }
  }
})
const send = sender(app)
const alone = { skip: kind === 'pglite' && 'PGlite has one session: nothing happens meanwhile', timeout: 110_000 }

const items = (count: number, more: object): object[] =>
  Array.from({ length: count }, (_, year) => ({ contractNumber: 'C', year, amount: '1', note: 'mine', ...more }))

t.beforeEach(async () => {
  meanwhile = async () => null
  await query('TRUNCATE contracts, tags RESTART IDENTITY CASCADE')
})

/** Another program makes the row of one item, once. */
function appear (note: string): void {
  meanwhile = async () => {
    meanwhile = async () => null
    await query(
      "INSERT INTO contracts (contract_number, year, amount, note, updated_at) VALUES ('C', 1, 7, $1, now())",
      [note]
    )
  }
}

for (const [name, path, more] of [
  ['an upsert', '', {}],
  ['a lenient upsert', '&partial_success=true', {}],
  ['an upsert with related rows', '', { tags: [] }]
] as const) {
  await t.test(`a row that appears between question and write of ${name} is asked for`, alone, async t => {
    appear('theirs')
    const refused = await send('POST', `/contracts?unique_fields=contractNumber,year${path}`, items(3, more))
    t.equal(refused.status, 403)
    t.strictSame(await query('SELECT year, note FROM contracts'), [{ year: 1, note: 'theirs' }])
    await query('DELETE FROM contracts')
    appear('mine')
    const { status } = await send('POST', `/contracts?unique_fields=contractNumber,year${path}`, items(3, more))
    t.ok(status < 300, `${status}`)
    t.strictSame(
      await query('SELECT year, amount FROM contracts ORDER BY year'),
      [0, 1, 2].map(year => ({ year, amount: '1.00' }))
    )
  })
}

await t.test('a related row that appears between question and write is asked for', alone, async t => {
  const asked: unknown[] = []
  const nested = sender(
    await serve(t, database, {
      '/nested': {
        model: 'Contract',
        relations: { customer: flexible({ lookup: 'code', updateIfExists: true }) },
        authorize: async (_request, _action, [item]) => {
          const name = item!.related['customer']![0]!.current?.['name'] ?? null
          asked.push(name)
          await meanwhile()
          return name === null || name === 'mine'
        }
      }
    })
  )
  meanwhile = async () => {
    meanwhile = async () => null
    await query("INSERT INTO customers (code, name, updated_at) VALUES ('N-1', 'theirs', now())")
  }
  const { status } = await nested('POST', '/nested', {
    contractNumber: 'C',
    year: 1,
    amount: 1,
    customer: { code: 'N-1', name: 'mine' }
  })
  t.strictSame([status, asked], [403, [null, 'theirs']])
  t.strictSame(await query("SELECT name FROM customers WHERE code = 'N-1'"), [{ name: 'theirs' }])
  t.strictSame(await query('SELECT 1 FROM contracts'), [])
})

await t.test(
  `of two users who make the same rows side by side none overwrites the other's, in ${rounds} rounds`,
  alone,
  async t => {
    const wrong: unknown[] = []
    for (let round = 0; round < rounds; round++) {
      const answers = await Promise.all(
        ['mine', 'theirs'].map(async note => {
          const { status } = await send(
            'POST',
            '/contracts?unique_fields=contractNumber,year',
            items(10, { contractNumber: `R${round}`, note }),
            { 'x-user': note }
          )
          return [note, status] as const
        })
      )
      const [{ notes }] = (await query<{ notes: string[] }>(
        'SELECT array_agg(DISTINCT note) AS notes FROM contracts WHERE contract_number = $1',
        [`R${round}`]
      )) as [{ notes: string[] }]
      // One has made all rows, and the other was refused.
      if (notes.length !== 1 || answers.some(([note, status]) => status !== (note === notes[0] ? 200 : 403))) {
        wrong.push([notes, answers])
      }
    }
    t.strictSame(wrong, [])
    t.equal((await query('SELECT 1 FROM contracts')).length, rounds * 10)
  }
)
