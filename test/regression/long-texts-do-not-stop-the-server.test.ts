import t, { type Test } from 'tap'
import { keyText } from '../../lib/sql/postgres/values/key-text.js'
import { attachment } from '../../lib/http/disposition.js'
import { buildApp } from '../../examples/app.js'
import { sender } from '../helpers/bulk-app.js'
import { createDatabase } from '../helpers/database.js'
import { csv, form } from '../helpers/import-app.js'
import { loopDelay } from '../helpers/loop-delay.js'
import { workbookParts, zipOf } from '../helpers/workbook-file.js'

/** Milliseconds that one request may stop all others. */
const budget = 300

const app = await buildApp({ database: await createDatabase(t) })
t.after(() => app.close())
const send = sender(app)
const digits = `${'1'.repeat(60_000)}x`

/** Sends a request several times; checks its status, and that others were not stopped. */
async function refused (
  t: Test,
  title: string,
  request: () => Promise<{ readonly status: number; readonly body?: unknown }>,
  status: number
): Promise<void> {
  t.equal((await request()).status, status, title)
  const delay = await loopDelay(request, budget)
  t.ok(delay < budget, `${title}: the loop stood still for ${Math.round(delay)} ms`)
}

await t.test('a long text in place of a number is refused without stopping the server', async t => {
  const create = async (): Promise<{ status: number }> =>
    await send('POST', '/api/contracts', { contractNumber: 'N', year: 1, amount: digits })
  await refused(t, 'a new row', create, 400)
  await refused(
    t,
    'a filter in a body',
    async () => await send('POST', '/api/contracts/query', { filters: { amount: digits } }),
    400
  )
  await refused(
    t,
    'a filter in the query',
    async () => await send('GET', `/api/contracts?amount=${digits.slice(-14_000)}`),
    400
  )
  await refused(
    t,
    'a date in the query',
    async () => await send('GET', `/api/contracts?createdAt=1${'T'.repeat(14_000)}`),
    400
  )
  const employee = { firstName: 'A', lastName: 'B', email: 'a@b.de', latitude: digits }
  await refused(t, 'a float', async () => await send('POST', '/api/employees', employee), 400)
})

await t.test('a number whose digits end in many zeros is compared without stopping the server', async t => {
  const as = { authorization: 'Bearer alice' }
  const lineItem = { description: 'd', quantity: 1, unitPrice: '1.00' }
  const made = await send(
    'POST',
    '/api/invoices',
    { number: 'I-1', issuedOn: '2026-01-01', lineItems: [lineItem] },
    as
  )
  t.equal(made.status, 201)
  const { id, lineItems } = made.body.data as {
    readonly id: number
    readonly lineItems: readonly { readonly id: number }[]
  }
  const change = async (unitPrice: string): Promise<{ status: number }> =>
    await send('PATCH', `/api/invoices/${id}`, { lineItems: [{ ...lineItem, id: lineItems[0]!.id, unitPrice }] }, as)
  const delay = await loopDelay(async () => await change(`0.1${'0'.repeat(60_000)}1`), budget)
  t.ok(delay < budget, `the loop stood still for ${Math.round(delay)} ms`)
})

await t.test('long cells of files are refused without stopping the server', async t => {
  const upload = async (url: string, file: string | Buffer): Promise<{ status: number }> => {
    const answer = await app.inject({
      method: 'POST',
      url: `${url}/import-from-file?dry_run=true`,
      ...form({ append_data: 'true' }, file)
    })
    return { status: answer.statusCode }
  }
  const cell = `${'1'.repeat(32_000)}x`
  const rows = Array.from({ length: 5 }, (_, i) => `N-${i},2026,${cell}`)
  await refused(t, 'CSV', async () => await upload('/api/contracts', csv('contractNumber,year,amount', ...rows)), 200)
  const header = ['contractNumber', 'year', 'amount'].map(name => `<c t="str"><v>${name}</v></c>`).join('')
  const book = await zipOf(
    workbookParts({
      rows: `<row>${header}</row><row><c t="str"><v>N</v></c><c><v>1</v></c><c><v>${digits}</v></c></row>`
    })
  )
  await refused(t, 'XLSX', async () => await upload('/api/contracts', book), 200)
  const address = `a@${'.'.repeat(30_000)}@`
  const people = csv('name,code,first_name,last_name,email,department_code', `,,A,B,${address},`)
  await refused(t, 'an e-mail address', async () => await upload('/api/employees', people), 200)
})

await t.test('keys and names of files end in many blanks, zeros or dots', async t => {
  const field = {
    name: 'code',
    column: 'code',
    kind: 'scalar',
    list: false,
    required: true,
    default: null,
    updatedAt: false
  } as const
  const work = async (): Promise<void> => {
    keyText({ ...field, type: 'String', native: ['Char', '9'] }, `${' '.repeat(60_000)}x`)
    keyText({ ...field, type: 'Decimal', native: null }, `${'0'.repeat(60_000)}1`)
    attachment(`${'. '.repeat(30_000)}x`)
  }
  const delay = await loopDelay(work, budget)
  t.ok(delay < budget, `the loop stood still for ${Math.round(delay)} ms`)
  t.equal(
    keyText({ ...field, type: 'Decimal', native: null }, '01.50'),
    keyText({ ...field, type: 'Decimal', native: null }, '15e-1')
  )
  t.equal(keyText({ ...field, type: 'String', native: ['Char', '9'] }, 'a b  '), 'a b')
  t.equal(attachment(' ..a.csv. '), 'attachment; filename=a.csv')
})
