import { randomBytes } from 'node:crypto'
import t from 'tap'
import { buildApp } from '../../examples/app.js'
import { createDatabase } from '../helpers/database.js'

const database = await createDatabase(t)
const { query } = database
const app = await buildApp({ database })
t.after(() => app.close())

interface Answer {
  status: number
  retryAfter: unknown
  body: { code: string; errors?: unknown; details: unknown[]; data: { results?: unknown[] } }
}

async function post (url: string, payload: unknown): Promise<Answer> {
  const answer = await app.inject({ method: 'POST', url: `/api${url}`, payload: payload as object })
  return { status: answer.statusCode, retryAfter: answer.headers['retry-after'], body: answer.json() }
}

/** What the states of PostgreSQL, and those that triggers make up, mean for a client. */
const answers: Readonly<Record<string, readonly string[]>> = {
  '400 invalid_value': [
    '22000',
    '22001',
    '22003',
    '22004',
    '22012',
    '22023',
    '22P02',
    '22P05',
    '2200G',
    '54000',
    '54001',
    '54011'
  ],
  '400 check_violation': ['23514', '44000', 'P0001', 'P0002', 'P0004', 'TR001', 'ZZ999', 'A0001'],
  '503 database_unavailable': [
    '08000',
    '08006',
    '08P01',
    '25006',
    '53000',
    '53100',
    '53200',
    '53300',
    '53400',
    '57000',
    '57P01',
    '57P03',
    '58000',
    '58030',
    '58P01'
  ],
  '503 database_timeout': ['55P03', '57014'],
  '500 internal_error': ['0A000', '2F005', '42501', '42703', '42P01', 'XX000', 'XX001', 'F0000']
}

await t.test(
  'each state that a trigger raises is answered by its class; a database that is away says when to come back',
  async t => {
    await query(`CREATE FUNCTION raise () RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'secret' USING ERRCODE = NEW.name; END $$;
    CREATE TRIGGER raise BEFORE INSERT ON tags FOR EACH ROW WHEN (NEW.slug LIKE 'raise%') EXECUTE FUNCTION raise()`)
    for (const [wanted, states] of Object.entries(answers)) {
      for (const state of states) {
        const { status, body, retryAfter } = await post('/tags', { slug: `raise-${state}`, name: state })
        t.equal(`${status} ${body.code}`, wanted, state)
        t.equal(retryAfter, status === 503 ? '1' : undefined)
        t.notMatch(JSON.stringify(body), /secret/)
      }
    }
  }
)

await t.test('a text that no index takes fails its item alone', async t => {
  const long = randomBytes(12_000).toString('base64')
  const items = [
    { contractNumber: 'good', year: 1, amount: 1 },
    { contractNumber: long, year: 1, amount: 1 }
  ]
  const single = await post('/contracts', items[1])
  t.strictSame([single.status, single.body.code], [400, 'invalid_value'])

  const strict = await post('/contracts', items)
  t.equal(strict.status, 400)
  t.match(strict.body.details, [
    {
      code: 'invalid_value',
      index: 1,
      pointer: '/1/contractNumber',
      message: 'The text is too long for the index of its column'
    }
  ])
  t.strictSame(await query('SELECT 1 FROM contracts'), [])

  const lenient = await post('/contracts?partial_success=true', items)
  t.equal(lenient.status, 207)
  t.strictSame(await query('SELECT contract_number FROM contracts'), [{ contract_number: 'good' }])

  const compressible = await post('/contracts', { contractNumber: 'a'.repeat(16_000), year: 2, amount: 1 })
  t.equal(compressible.status, 201, 'what the index can compress is stored')
})

await t.test('a row of a file with such a text fails alone', async t => {
  const boundary = 'xx'
  const rows = [`${randomBytes(12_000).toString('base64')},3,1`, 'kept,3,1']
  const file = ['contractNumber,year,amount', ...rows].join('\r\n')
  const payload =
    `--${boundary}\r\ncontent-disposition: form-data; ` +
    `name="append_data"\r\n\r\ntrue\r\n--${boundary}\r\ncontent-disposition: form-data; name="file"; ` +
    `filename="a.csv"\r\ncontent-type: text/csv\r\n\r\n${file}\r\n--${boundary}--\r\n`
  const answer = await app.inject({
    method: 'POST',
    url: '/api/contracts/import-from-file',
    payload,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, authorization: 'Bearer admin' }
  })
  t.ok(answer.statusCode < 300, answer.body.slice(0, 300))
  t.strictSame(await query('SELECT contract_number FROM contracts WHERE year = 3'), [{ contract_number: 'kept' }])
})
