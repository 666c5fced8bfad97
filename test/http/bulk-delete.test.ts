import t from 'tap'
import { bulkAnswer, bulkDatabase, refused, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database
const app = await serve(t, database, {
  '/tags': { model: 'Tag' },
  '/customers': { model: 'Customer' },
  '/articles': { model: 'Article' },
  '/memberships': { model: 'Membership' },
  '/specimens': { model: 'Specimen' }
})
const send = sender(app)

t.beforeEach(async () => {
  await query(
    'TRUNCATE contracts, customers, tags, articles, comments, badges, "org memberships", specimens RESTART ' +
      'IDENTITY CASCADE'
  )
  await query("INSERT INTO tags (slug, name) VALUES ('a', 'A'), ('b', 'B'), ('c', 'C')")
  statements.length = 0
})

async function left (): Promise<unknown[]> {
  return (await query('SELECT id FROM tags ORDER BY id')).map(row => row.id)
}

/** The whole answer to a delete that asked for `requested`. */
function deleted (plural: string, requested: number, count: number, missing: readonly unknown[]): object {
  return bulkAnswer(
    `${plural} deleted successfully`,
    { deleted: count, missing: missing.length },
    {
      requested_count: requested,
      count,
      missing_ids: missing,
      missing_count: missing.length
    }
  )
}

await t.test(
  'ids come as the body, under "ids", or in the query; those without a row are told in the order of the request',
  async t => {
    for (const [url, body] of [
      ['/tags', [9, 3, '1', 7]],
      ['/tags', { ids: [9, 3, 1, 7] }],
      ['/tags?ids=9,%203,1,7', undefined],
      ['/tags?ids=9,3,1,7', null]
    ] as const) {
      await query("INSERT INTO tags VALUES (1, 'a', 'A'), (3, 'c', 'C') ON CONFLICT DO NOTHING")
      statements.length = 0
      const answer = await send('DELETE', url, body)
      t.strictSame(
        [answer.status, answer.body],
        [200, deleted('Tags', 4, 2, [9, 7])],
        `${url} ${JSON.stringify(body)}`
      )
      t.strictSame([await left(), statements.length, answer.headers['vary']], [[2], 1, 'Authorization, Prefer'])
    }
  }
)

await t.test('an id that stands twice counts once', async t => {
  const { status, body } = await send('DELETE', '/tags', [1, '1', 1, 9, '9'])
  t.strictSame([status, body], [200, deleted('Tags', 5, 1, [9])])
})

await t.test('return=minimal leaves out the ids', async t => {
  const { status, body, headers } = await send('DELETE', '/tags', [1, 9], { prefer: 'return=minimal' })
  t.strictSame(
    [status, body],
    [
      200,
      bulkAnswer(
        'Tags deleted successfully',
        { deleted: 1, missing: 1 },
        {
          message: 'Successfully deleted 1 instance',
          requested_count: 2,
          count: 1,
          missing_count: 1,
          serialization_skipped: true
        }
      )
    ]
  )
  t.equal(headers['preference-applied'], 'return=minimal')
})

await t.test('only the rows of the model are counted, not those that went with them', async t => {
  await query('INSERT INTO "org memberships" (org, "userId") VALUES (\'a\', 1)')
  await query("INSERT INTO badges (org, \"userId\", label) VALUES ('a', 1, 'x'), ('a', 1, 'y')")
  t.strictSame(
    (await send('DELETE', '/memberships', [{ org: 'a', userId: 1 }])).body,
    deleted('Memberships', 1, 1, [])
  )
  t.strictSame(await query('SELECT id FROM badges'), [])
})

await t.test('rows of a model with soft deletion are marked', async t => {
  await query(
    "INSERT INTO articles (id, title, slug, content, updated_at) VALUES ('00000000-0000-7000-8000-00000000000a', " +
      "'A', 'a', '', now())"
  )
  await query(
    "INSERT INTO comments (article_id, body, rating) VALUES ('00000000-0000-7000-8000-00000000000a', 'x', 1), " +
      "('00000000-0000-7000-8000-00000000000a', 'y', 1)"
  )
  const { body } = await send(
    'DELETE',
    '/articles?ids=00000000-0000-7000-8000-00000000000A,00000000-0000-7000-8000-00000000000b'
  )
  t.strictSame(body, deleted('Articles', 2, 1, ['00000000-0000-7000-8000-00000000000b']))
  t.strictSame(await query('SELECT is_active FROM articles'), [{ is_active: false }], 'marked')
  t.equal((await query('SELECT id FROM comments')).length, 2, 'what cannot be marked stays')
  const again = await send('DELETE', '/articles', ['00000000-0000-7000-8000-00000000000a'])
  t.strictSame(
    again.body,
    deleted('Articles', 1, 0, ['00000000-0000-7000-8000-00000000000a']),
    'it is not there any more'
  )
})

await t.test('composite keys are objects of their fields', async t => {
  await query('INSERT INTO "org memberships" (org, "userId") VALUES (\'a\', 1), (\'a\', 2)')
  const { status, body } = await send('DELETE', '/memberships', [
    { userId: 2, org: 'a' },
    { org: 'b', userId: '1' }
  ])
  t.strictSame([status, body], [200, deleted('Memberships', 2, 1, [{ org: 'b', userId: 1 }])])
  const expected = 'an object of org, userId'
  const malformed = await send('DELETE', '/memberships', [
    ['a', 1],
    { org: 'a' },
    { org: 'a', userId: 1, title: 'x' },
    { org: 1, userId: 'x' }
  ])
  const integer = 'an integer from -2147483648 to 2147483647'
  t.strictSame(
    [malformed.status, malformed.body],
    [
      400,
      refused('validation_failed', '4 items are not valid; nothing was written', [
        { index: 0, code: 'invalid_type', message: `Expected ${expected}`, params: { expected } },
        { index: 1, field: 'userId', code: 'required', message: 'This field is required' },
        {
          index: 2,
          field: 'title',
          code: 'unknown_field',
          message: 'Unknown field "title". Known: org, userId',
          params: { field: 'title', hint: 'Known: org, userId' }
        },
        {
          index: 3,
          field: 'org',
          code: 'invalid_type',
          message: 'Expected a string',
          params: { expected: 'a string' }
        },
        {
          index: 3,
          field: 'userId',
          code: 'invalid_type',
          message: `Expected ${integer}`,
          params: { expected: integer }
        }
      ])
    ]
  )
  t.equal((await query('SELECT 1 FROM "org memberships"')).length, 1)
})

await t.test('ids of another type are all named, and nothing is deleted', async t => {
  const expected = 'an integer from -2147483648 to 2147483647'
  const wrong = [1.5, '1.0', '0x1', '', ' 1', 2147483648, '99999999999', null, true, {}, [1], 'Infinity']
  const { status, body } = await send('DELETE', '/tags', [1, ...wrong])
  t.strictSame(
    [status, body],
    [
      400,
      refused(
        'validation_failed',
        '12 items are not valid; nothing was written',
        wrong.map((id, i) => ({
          index: i + 1,
          field: 'id',
          pointer: `/${i + 1}`,
          ...(id === null
            ? { code: 'not_null', message: 'This field may not be null' }
            : { code: 'invalid_type', message: `Expected ${expected}`, params: { expected } })
        }))
      )
    ]
  )
  t.strictSame(await left(), [1, 2, 3])
  const uuid = await send('DELETE', '/specimens?ids=1,00000000-0000-7000-8000-00000000000b')
  t.strictSame(
    [uuid.status, uuid.body],
    [
      400,
      refused('invalid_type', '1 item is not valid; nothing was written', [
        {
          index: 0,
          field: 'id',
          pointer: '',
          code: 'invalid_type',
          message: 'Expected a UUID',
          params: { expected: 'a UUID' }
        }
      ])
    ]
  )
})

await t.test('requests that name no ids, or name them twice, are refused', async t => {
  const expected = 'a list of ids as the body, under "ids", or in the query'
  const noList = ['invalid_type', `Expected ${expected}`]
  const cases: readonly [url: string, body: unknown, outcome: readonly string[]][] = [
    ['/tags', undefined, noList],
    ['/tags', {}, noList],
    ['/tags', 1, noList],
    ['/tags', { ids: 1 }, noList],
    ['/tags', { ids: null }, noList],
    ['/tags', { id: [1] }, ['unknown_field', 'Unknown field "id". Did you mean "ids"?']],
    ['/tags', { ids: [1], force: true }, ['unknown_field', 'Unknown field "force". Known: ids']],
    ['/tags', [], ['empty_batch', 'The list of items is empty']],
    ['/tags?ids=', undefined, ['invalid_parameter', 'The query parameter "ids" holds an empty element']],
    ['/tags?ids=1,,2', undefined, ['invalid_parameter', 'The query parameter "ids" holds an empty element']],
    ['/tags?ids=1&ids=2', undefined, ['invalid_parameter', 'The query parameter "ids" stands more than once']],
    ['/tags?ids=1', [2], ['invalid_parameter', 'The query parameter "ids" and a body exclude each other']],
    ['/tags?id=1', undefined, ['unknown_parameter', 'Unknown query parameter "id". Did you mean "ids"?']]
  ]
  for (const [url, body, outcome] of cases) {
    const answer = await send('DELETE', url, body)
    t.strictSame(
      [answer.status, answer.body.code, answer.body.message],
      [400, ...outcome],
      `${url} ${JSON.stringify(body)}`
    )
  }
  t.strictSame([await left(), statements], [[1, 2, 3], []])
})

await t.test('rows that others refer to hold back the whole delete with 409, and are named', async t => {
  await query(
    "INSERT INTO customers (code, name, updated_at) VALUES ('C-1', 'One', now()), ('C-2', 'Two', now()), ('C-3', " +
      "'Three', now())"
  )
  await query(
    "INSERT INTO contracts (contract_number, year, amount, customer_id, updated_at) VALUES ('N', 1, 1, 2, now())"
  )
  const { status, body } = await send('DELETE', '/customers', [1, 2, 3])
  t.strictSame(
    [status, body],
    [
      409,
      refused('foreign_key_restricted', '1 item is not valid; nothing was written', [
        {
          index: 1,
          field: 'id',
          pointer: '/1',
          code: 'foreign_key_restricted',
          message: 'Other rows still refer to this Customer',
          params: { model: 'Customer', referring: 'Contract' }
        }
      ])
    ]
  )
  t.equal((await query('SELECT 1 FROM customers')).length, 3)
})
