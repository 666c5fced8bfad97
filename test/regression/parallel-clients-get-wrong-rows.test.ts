import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { buildApp } from '../../examples/app.js'
import { createDatabase } from '../helpers/database.js'

const seconds = 20
const clients = 50

interface Contract {
  id: number
  contractNumber: string
  year: number
  amount: string
  note: string | null
  tags: Array<{ slug: string }>
}
interface Body {
  data?: (Contract & { count: number; results: Contract[] }) | Contract[]
}

const database = await createDatabase(t)
const app = await buildApp({ database })
const [first, second] = await database.query<{ id: number; slug: string }>(
  "INSERT INTO tags (slug, name) VALUES ('first', 'First'), ('second', 'Second') RETURNING id, slug"
)
const url = await app.listen({ host: '127.0.0.1', port: 0 })

const wrong: string[] = []
const statuses = new Map<number, number>()

async function send (method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(`${url}/api/contracts${path}`, { method, ...init })
  statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
  const text = await response.text()
  if (response.status >= 500) wrong.push(`${method} ${path}: ${response.status} ${text}`)
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Body) }
}

/** One client with contracts of its own: whatever it does, it is answered with its own rows, as it wrote them. */
async function work (client: number, until: number): Promise<void> {
  const own = new Map<number, string>()
  for (let round = 0; Date.now() < until; round++) {
    const contractNumber = `client-${client}`
    const key = `${contractNumber}/${round}`
    const expect = (what: string, actual: unknown, expected: unknown): void => {
      if (!isDeepStrictEqual(actual, expected)) {
        wrong.push(`${what} of ${key}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`)
      }
    }
    const shown = (row: Contract | undefined): unknown => [
      row?.contractNumber,
      row?.year,
      row?.note,
      row?.tags.map(({ slug }) => slug).join()
    ]

    const created = (
      await send('POST', '', { contractNumber, year: round, amount: '1', note: 'new', tags: [first!.id] })
    ).body.data as Contract
    expect('created row', shown(created), [contractNumber, round, 'new', 'first'])
    const { id } = created
    expect('row by id', shown((await send('GET', `/${id}`)).body.data as Contract), [
      contractNumber,
      round,
      'new',
      'first'
    ])
    const changed = (await send('PATCH', `/${id}`, { note: key, tags: [first!.id, second!.id] })).body.data as Contract
    expect(
      'changed row',
      [changed.id, ...(shown(changed) as unknown[])],
      [id, contractNumber, round, key, 'first,second']
    )
    own.set(id, key)

    const upserts = [round, round + 100_000].map(year => ({ contractNumber, year, amount: '2', note: `${key} again` }))
    const upserted = (await send('POST', '?unique_fields=contractNumber,year', upserts)).body.data as Contract[]
    expect(
      'upserted rows',
      upserted.map(row => [...(shown(row) as unknown[]), row.amount]),
      upserts.map(({ year, note }) => [contractNumber, year, note, year === round ? 'first,second' : '', '2.00'])
    )
    own.set(id, `${key} again`)
    const removed = await send('DELETE', `/${upserted[1]!.id}`)
    expect('status of the deletion', removed.status, 200)
    expect('status of the deleted row', (await send('GET', `/${upserted[1]!.id}`)).status, 404)

    const { results, count } = (await send('GET', `?contractNumber=${contractNumber}&page_size=100&ordering=id`)).body
      .data as { results: Contract[]; count: number }
    expect('number of rows', count, own.size)
    expect(
      'rows of the list',
      results.map(row => [row.id, row.contractNumber, row.note]),
      [...own].slice(0, 100).map(([id, note]) => [id, contractNumber, note])
    )
  }
}

await t.test(
  `${clients} parallel clients are answered with the rows that they asked for`,
  { timeout: 110_000 },
  async t => {
    const until = Date.now() + seconds * 1000
    await Promise.all(Array.from({ length: clients }, async (_, client) => await work(client, until)))
    await app.close()
    t.comment(Object.fromEntries(statuses))
    t.strictSame(wrong.slice(0, 10), [])
    t.ok((statuses.get(201) ?? 0) >= clients)
  }
)
