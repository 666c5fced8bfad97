import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { crud, defineResource } from 'fastify-prisma-commons/crud'
import type { ResourceOptions } from 'fastify-prisma-commons/crud'
import { CommonsError } from 'fastify-prisma-commons/errors'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import { bulkAnswer, bulkDatabase, contract, counts, refused, sender, serve } from '../helpers/bulk-app.js'
import { timestamp, wrapped } from '../helpers/envelope-app.js'

const database = await bulkDatabase(t)
const { client, prisma, query, statements } = database
const app = await serve(
  t,
  database,
  {
    '/contracts': { model: 'Contract' },
    '/customers': { model: 'Customer' },
    '/tags': { model: 'Tag' },
    '/memberships': { model: 'Membership' },
    '/specimens': { model: 'Specimen' },
    '/tokens': { model: 'Token' }
  },
  { crud: true }
)
const send = sender(app)

t.beforeEach(async () => {
  await query(
    'TRUNCATE contracts, customers, tags, badges, "org memberships", specimens, tokens RESTART IDENTITY CASCADE'
  )
  await query("INSERT INTO tags (slug, name) SELECT 't' || i, 'T' || i FROM generate_series(1, 45) i")
  statements.length = 0
})

const tag = (id: number): object => ({ id, slug: `t${id}`, name: `T${id}` })
const tags = (from: number, to: number): object[] => Array.from({ length: to - from + 1 }, (_, i) => tag(from + i))

/** The whole answer to a request for a row that is not there. */
function notFound (model: string, value: string, key = 'id'): object {
  const message = `No ${model} with ${key} ${value}`
  return {
    ...refused('object_not_found', message, [{ code: 'object_not_found', message, params: { model, key, value } }]),
    errors: {}
  }
}

async function newContract (): Promise<void> {
  await send('POST', '/contracts', { contractNumber: 'N-1', year: 2026, amount: 10 })
}

await t.test('the list gives page after page in the order of the keys, by one statement', async t => {
  const { status, body } = await send('GET', '/tags')
  t.strictSame(
    [status, body],
    [
      200,
      wrapped(
        { count: 45, next: '/tags?page=2&page_size=20', previous: null, results: tags(1, 20) },
        'Tags retrieved successfully'
      )
    ]
  )
  t.equal(statements.length, 1)
  t.strictSame((await send('GET', '/tags/?page=2')).body.data, {
    count: 45,
    next: '/tags/?page=3&page_size=20',
    previous: '/tags/?page=1&page_size=20',
    results: tags(21, 40)
  })
  t.strictSame((await send('GET', '/tags?page_size=40&page=2')).body.data, {
    count: 45,
    next: null,
    previous: '/tags?page_size=40&page=1',
    results: tags(41, 45)
  })
  t.strictSame((await send('GET', '/tags?page_size=45')).body.data, {
    count: 45,
    next: null,
    previous: null,
    results: tags(1, 45)
  })
  t.strictSame((await send('GET', '/customers')).body.data, { count: 0, next: null, previous: null, results: [] })

  const beyond = await send('GET', '/tags?page=4')
  t.strictSame([beyond.status, beyond.body], [404, { ...refused('not_found', 'There is no page 4', []), errors: {} }])
  t.equal((await send('GET', '/tags?page=2147483647&page_size=100')).status, 404)
})

await t.test('a page has at most 100 rows, however many are asked for', async t => {
  await query("INSERT INTO tags (slug, name) SELECT 't' || i, 'T' || i FROM generate_series(46, 130) i")
  for (const size of ['100', '101', '99999999999999999999']) {
    const { results, next } = (await send('GET', `/tags?page_size=${size}`)).body.data as {
      results: unknown[]
      next: string
    }
    t.strictSame([results.length, next], [100, '/tags?page_size=100&page=2'], size)
  }
  const small = sender(
    await serve(
      t,
      database,
      {
        '/tags': { model: 'Tag', list: { pageSize: 2, maxPageSize: 3 } },
        '/more': { model: 'Tag', list: { maxPageSize: 5 } }
      },
      { crud: true }
    )
  )
  const length = async (url: string): Promise<number> =>
    ((await small('GET', url)).body.data as { results: unknown[] }).results.length
  t.strictSame([await length('/tags'), await length('/tags?page_size=9'), await length('/more')], [2, 3, 5])
})

await t.test('parameters of the list that are malformed or unknown are refused', async t => {
  const integer = (parameter: string): string =>
    `The query parameter "${parameter}" must be ` +
    `${parameter === 'page' ? 'an integer from 1 to 2147483647' : 'a positive integer'}`
  const cases: readonly [url: string, code: string, message: string][] = [
    ...['0', '-1', '1.5', 'x', '', '1e3', ' 1'].flatMap(value =>
      ['page', 'page_size'].map((name): [string, string, string] => [
        `/tags?${name}=${encodeURIComponent(value)}`,
        'invalid_parameter',
        integer(name)
      ])
    ),
    ['/tags?page=2147483648', 'invalid_parameter', integer('page')],
    ['/tags?page=1&page=2', 'invalid_parameter', 'The query parameter "page" stands more than once'],
    ['/tags?pages=1', 'unknown_parameter', 'Unknown query parameter "pages". Did you mean "page"?'],
    [
      '/tags?deleted=only',
      'unknown_parameter',
      'Unknown query parameter "deleted". Known: page, page_size, limit, offset, cursor, paginated, ordering, ids, ' +
        'id, slug, name'
    ],
    ['/tags/1?page=1', 'unknown_parameter', 'Unknown query parameter "page". This route takes none'],
    ['/tags/1?deleted=only', 'unknown_parameter', 'Unknown query parameter "deleted". This route takes none']
  ]
  for (const [url, code, message] of cases) {
    const { status, body } = await send('GET', url)
    t.strictSame([status, body.code, body.message], [400, code, message], url)
  }
  t.strictSame(statements, [])
})

await t.test('a row is read by its id, and shown as bulk answers show it', async t => {
  await newContract()
  statements.length = 0
  const { status, body, headers } = await send('GET', '/contracts/1')
  t.strictSame(
    [status, body, headers['vary']],
    [200, wrapped(contract({}), 'Contract retrieved successfully'), 'Authorization']
  )
  t.equal(statements.length, 1)
  t.equal((await app.inject({ method: 'HEAD', url: '/contracts/1' })).statusCode, 200)

  const specimen = await send('POST', '/specimens', {
    code: 'S',
    big: '9007199254740993',
    decimal: '1.50',
    float: 'NaN',
    bytes: 'AQI=',
    date: '2026-01-01',
    time: '08:30:00',
    json: { a: [1] },
    color: 'BLUE',
    bigs: ['1'],
    decimals: ['1.50'],
    moments: ['2026-01-01']
  })
  const made = specimen.body.data as { id: string }
  t.strictSame((await send('GET', `/specimens/${made.id}`)).body.data, made)
  t.strictSame((await send('GET', `/specimens/${made.id.toUpperCase()}`)).body.data, made)
  t.strictSame((await send('GET', '/specimens')).body.data, { count: 1, next: null, previous: null, results: [made] })
})

await t.test('an id that no key can be names no row', async t => {
  for (const [url, model, value] of [
    ['/tags/99', 'Tag', '99'],
    ['/tags/-1', 'Tag', '-1'],
    ['/tags/x', 'Tag', 'x'],
    ['/tags/1.0', 'Tag', '1.0'],
    ['/tags/1e0', 'Tag', '1e0'],
    ['/tags/2147483648', 'Tag', '2147483648'],
    ['/tags/%20x', 'Tag', ' x'],
    ['/tags/null', 'Tag', 'null'],
    ['/tags/1,2', 'Tag', '1,2'],
    ['/tags/bulk-delete', 'Tag', 'bulk-delete'],
    ["/tags/1'--", 'Tag', "1'--"],
    ['/specimens/1', 'Specimen', '1'],
    ['/specimens/00000000-0000-7000-8000-00000000000a', 'Specimen', '00000000-0000-7000-8000-00000000000a'],
    ['/tokens/a%00b', 'Token', 'a\0b'],
    ['/tokens/__proto__', 'Token', '__proto__']
  ] as const) {
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { name: 'x' }],
      ['DELETE', undefined]
    ] as const) {
      if (method === 'PATCH' && model !== 'Tag') continue
      const answer = await send(method, url, body)
      t.strictSame([answer.status, answer.body], [404, notFound(model, value)], `${method} ${url}`)
    }
  }
  t.equal((await query('SELECT 1 FROM tags')).length, 45)
})

await t.test('PATCH writes the fields that it names', async t => {
  await newContract()
  const changed = contract({ note: 'x', amount: '1.50', version: 2 })
  const { status, body, headers } = await send('PATCH', '/contracts/1', { note: 'x', amount: 1.5 })
  t.strictSame(
    [status, body, headers['vary']],
    [
      200,
      bulkAnswer('Contract updated successfully', { created: 0, updated: 1, unchanged: 0 }, changed),
      'Authorization, Prefer'
    ]
  )
  const unchanged = bulkAnswer('Contract updated successfully', { created: 0, updated: 0, unchanged: 1 }, changed)
  t.strictSame((await send('PATCH', '/contracts/1', { note: 'x' })).body, unchanged)
  t.strictSame((await send('PATCH', '/contracts/1', {})).body, unchanged)
  t.strictSame((await send('PATCH', '/contracts/1', changed)).body, unchanged, 'what was read can be sent back')
  t.strictSame(
    (await send('PATCH', '/contracts/1', { id: 7, createdById: 7, updatedAt: 'x' })).body,
    unchanged,
    'what nobody writes is read over'
  )
  const relation = await send('PATCH', '/contracts/1', { customer: 7 })
  t.strictSame(
    [relation.status, relation.body],
    [
      400,
      refused('foreign_key_not_found', 'The request is not valid', [
        {
          field: 'customer',
          code: 'foreign_key_not_found',
          message: 'No Customer with id 7',
          params: { model: 'Customer', key: 'id', value: 7 }
        }
      ])
    ]
  )
})

await t.test('PUT asks for all that is required, and resets what it does not name', async t => {
  await newContract()
  await send('PATCH', '/contracts/1', { note: 'x', status: 'closed', externalRef: 'E' })
  const { status, body } = await send('PUT', '/contracts/1', { contractNumber: 'N-2', year: 2026, amount: 3 })
  t.strictSame(
    [status, body],
    [
      200,
      bulkAnswer(
        'Contract replaced successfully',
        { created: 0, updated: 1, unchanged: 0 },
        contract({ contractNumber: 'N-2', amount: '3.00', version: 3 })
      )
    ]
  )
  const faulty = await send('PUT', '/contracts/1', { contractNumber: 'N-2', amount: 'x', yaer: 1 })
  t.strictSame(
    [faulty.status, faulty.body],
    [
      400,
      refused('validation_failed', 'The request is not valid', [
        {
          field: 'amount',
          code: 'invalid_type',
          message: 'Expected a decimal number',
          params: { expected: 'a decimal number' }
        },
        {
          field: 'yaer',
          code: 'unknown_field',
          message: 'Unknown field "yaer". Did you mean "year"?',
          params: { field: 'yaer', hint: 'Did you mean "year"?' }
        },
        { field: 'year', code: 'required', message: 'This field is required' }
      ])
    ]
  )
  t.strictSame((await send('GET', '/contracts/1')).body.data, body.data)
  t.strictSame(
    (await send('PUT', '/contracts/2', { contractNumber: 'N-2', year: 2026, amount: 3 })).body,
    notFound('Contract', '2'),
    'it creates nothing'
  )
})

await t.test('DELETE deletes, and says no more than that', async t => {
  const { status, body } = await send('DELETE', '/tags/1')
  t.strictSame([status, body], [200, wrapped(null, 'Tag deleted successfully')])
  const again = await send('DELETE', '/tags/1')
  t.strictSame([again.status, again.body], [404, notFound('Tag', '1')])
  t.strictSame(await query('SELECT count(*)::int, min(id) FROM tags'), [{ count: 44, min: 2 }])

  await query("INSERT INTO customers (code, name, updated_at) VALUES ('C-1', 'One', now())")
  await send('POST', '/contracts', { contractNumber: 'N-1', year: 2026, amount: 1, customer: 1 })
  const held = await send('DELETE', '/customers/1')
  t.strictSame(
    [held.status, held.body],
    [
      409,
      refused('foreign_key_restricted', 'Other rows still refer to this Customer', [
        {
          field: 'id',
          code: 'foreign_key_restricted',
          message: 'Other rows still refer to this Customer',
          params: { model: 'Customer', referring: 'Contract' }
        }
      ])
    ]
  )
})

await t.test('a unique value that is taken gives 409', async t => {
  const { status, body } = await send('PATCH', '/tags/1', { slug: 't2' })
  t.strictSame(
    [status, body],
    [
      409,
      refused('unique_violation', 'Tag with this slug already exists', [
        {
          field: 'slug',
          code: 'unique_violation',
          message: 'Tag with this slug already exists',
          params: { model: 'Tag', fields: ['slug'] }
        }
      ])
    ]
  )
})

await t.test('return=minimal answers with counts, and a delete with nothing', async t => {
  const prefer = 'return=minimal'
  const patched = await send('PATCH', '/tags/1', { name: 'x' }, { prefer })
  t.strictSame(
    [patched.status, patched.body, patched.headers['preference-applied']],
    [200, counts('Tag updated successfully', 'updated', 1, { created: 0, updated: 1, unchanged: 0 }), prefer]
  )
  const put = await send('PUT', '/tags/1', { slug: 't1', name: 'x' }, { prefer })
  t.strictSame(put.body, counts('Tag replaced successfully', 'replaced', 1, { created: 0, updated: 0, unchanged: 1 }))
  const gone = await app.inject({ method: 'DELETE', url: '/tags/1', headers: { prefer } })
  t.strictSame(
    [
      gone.statusCode,
      gone.body,
      gone.headers['preference-applied'],
      gone.headers['vary'],
      gone.headers['content-type']
    ],
    [204, '', prefer, 'Authorization, Prefer', undefined]
  )
  const told = await send('DELETE', '/tags/2', undefined, { prefer: 'return=representation' })
  t.strictSame([told.status, told.headers['preference-applied']], [200, 'return=representation'])
  const missing = await send('DELETE', '/tags/1', undefined, { prefer })
  t.strictSame(
    [missing.status, missing.headers['preference-applied'], missing.headers['vary']],
    [404, undefined, 'Authorization, Prefer, Accept'],
    'an error says nothing of it'
  )
})

await t.test('bodies and parameters that make no sense are refused', async t => {
  const object = 'Expected an object as the body'
  const cases: readonly [
    method: 'PATCH' | 'PUT' | 'DELETE',
    url: string,
    body: unknown,
    status: number,
    message: string
  ][] = [
    ['PATCH', '/tags/1', [{ name: 'x' }], 400, object],
    ['PATCH', '/tags/1', 'null', 400, object],
    ['PATCH', '/tags/1', '7', 400, object],
    ['PUT', '/tags/1', undefined, 400, object],
    ['PATCH', '/tags/1', '{', 400, 'The body is not valid JSON'],
    ['PATCH', '/tags/1', '{"__proto__":{}}', 400, 'The key "__proto__" is not allowed'],
    ['PATCH', '/tags/1?unique_fields=slug', {}, 400, 'Unknown query parameter "unique_fields". Known: dry_run'],
    ['DELETE', '/tags/1?force=true', undefined, 400, 'Unknown query parameter "force". Known: dry_run'],
    ['DELETE', '/tags/1', [2], 400, 'Expected no body'],
    ['DELETE', '/tags/1', { ids: [2] }, 400, 'Expected no body']
  ]
  for (const [method, url, body, status, message] of cases) {
    const answer = await send(method, url, body)
    t.strictSame([answer.status, answer.body.message], [status, message], `${method} ${url} ${JSON.stringify(body)}`)
  }
  const text = await app.inject({
    method: 'PATCH',
    url: '/tags/1',
    headers: { 'content-type': 'text/plain' },
    payload: 'x'
  })
  t.equal(text.statusCode, 415)
  t.strictSame((await send('GET', '/tags/1')).body.data, tag(1))
  t.equal((await send('DELETE', '/tags/1', {})).status, 200, 'an empty body says nothing')
})

await t.test('a composite key is a path of its fields, and stays what it is', async t => {
  const row = { org: 'a/b', userId: 1, title: 'member', level: 2 }
  await send('POST', '/memberships', row)
  const url = '/memberships/a%2Fb/1'
  t.strictSame((await send('GET', url)).body.data, row)
  t.strictSame((await send('PATCH', url, { title: 'x' })).body.data, { ...row, title: 'x' })
  t.strictSame((await send('PUT', url, { level: 3 })).body.data, { ...row, level: 3 })
  t.strictSame((await send('PATCH', url, { org: 'a/b', userId: '1', title: 'y' })).body.data, {
    ...row,
    level: 3,
    title: 'y'
  })
  const problem = 'The body names another row than the path'
  const other = await send('PATCH', url, { userId: 2 })
  t.strictSame(
    [other.status, other.body],
    [400, refused('invalid_value', problem, [{ code: 'invalid_value', message: problem, params: { problem } }])]
  )
  const missing = await send('GET', '/memberships/a/x')
  t.strictSame([missing.status, missing.body], [404, notFound('Membership', 'a, x', 'org, userId')])
  t.equal((await send('DELETE', url)).status, 200)
  t.strictSame(await query('SELECT 1 FROM "org memberships"'), [])
})

await t.test('fields limits what is shown and taken', async t => {
  const send = sender(
    await serve(
      t,
      database,
      {
        '/contracts': {
          model: 'Contract',
          actions: ['list', 'retrieve', 'update'],
          fields: ['contractNumber', 'amount']
        }
      },
      { crud: true }
    )
  )
  await newContract()
  const row = { contractNumber: 'N-1', amount: '10.00' }
  t.strictSame((await send('GET', '/contracts/1')).body.data, row)
  t.strictSame((await send('GET', '/contracts')).body.data, { count: 1, next: null, previous: null, results: [row] })
  const patched = await send('PATCH', '/contracts/1', { amount: 2 })
  t.strictSame([patched.body.data, patched.headers['etag']], [{ ...row, amount: '2.00' }, '"2"'])
  const hidden = await send('PATCH', '/contracts/1', { note: 'x' })
  t.strictSame(
    [hidden.status, hidden.body.errors],
    [400, { note: ['Unknown field "note". Known: contractNumber, amount, id'] }]
  )
})

await t.test('hooks know the action before it is done', async t => {
  const seen: [hook: string, action: string | null][] = []
  const app = await serve(
    t,
    database,
    { '/tags': { model: 'Tag' } },
    {
      crud: true,
      prepare: app => {
        app.addHook('onRequest', async request => {
          seen.push(['onRequest', request.action ?? null])
        })
        app.addHook('preHandler', async request => {
          seen.push(['preHandler', request.action])
          if (request.action === 'destroy') throw new CommonsError('forbidden')
        })
      }
    }
  )
  for (const [method, url, body, status, action] of [
    ['GET', '/tags', undefined, 200, 'list'],
    ['GET', '/tags/1', undefined, 200, 'retrieve'],
    ['GET', '/tags/x', undefined, 404, 'retrieve'],
    ['PATCH', '/tags/1', { name: 'x' }, 200, 'update'],
    ['PUT', '/tags/1', { slug: 't1', name: 'x' }, 200, 'replace'],
    ['DELETE', '/tags/1', undefined, 403, 'destroy'],
    ['DELETE', '/tags', [2], 200, 'bulkDelete'],
    ['POST', '/tags', { slug: 'new', name: 'x' }, 201, 'create']
  ] as const) {
    seen.length = 0
    const answer = await sender(app)(method, url, body)
    t.strictSame(
      [answer.status, seen],
      [
        status,
        [
          ['onRequest', null],
          ['preHandler', action]
        ]
      ],
      `${method} ${url}`
    )
  }
  t.equal((await query('SELECT 1 FROM tags WHERE id = 1')).length, 1)
})

await t.test('without the envelope rows and errors come bare', async t => {
  const send = sender(await serve(t, database, { '/tags': { model: 'Tag' } }, { crud: true, envelope: false }))
  t.strictSame((await send('GET', '/tags?page_size=1')).body, {
    count: 45,
    next: '/tags?page_size=1&page=2',
    previous: null,
    results: [tag(1)]
  })
  t.strictSame((await send('GET', '/tags/1')).body, tag(1))
  t.strictSame((await send('PATCH', '/tags/1', { name: 'x' })).body, { ...tag(1), name: 'x' })
  const { success, timestamp: time, data, ...bare } = notFound('Tag', '99') as Record<string, unknown>
  t.strictSame([success, time, data], [false, timestamp, null])
  const missing = await send('GET', '/tags/99')
  t.strictSame([missing.status, missing.body], [404, bare])
  const problem = await send('GET', '/tags/99', undefined, { accept: 'application/problem+json' })
  t.strictSame(
    [problem.status, problem.headers['content-type'], problem.body.code],
    [404, 'application/problem+json; charset=utf-8', 'object_not_found']
  )
  t.equal((await send('DELETE', '/tags/1')).status, 200)
})

await t.test('registration fails with what is missing or wrong', async t => {
  const register = async (prepare: (app: FastifyInstance) => Promise<unknown>, options: unknown): Promise<string> => {
    const app = Fastify()
    t.after(() => app.close())
    try {
      await prepare(app)
      await app.register(crud, options as never)
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`
    }
    return 'no error'
  }
  const extended = async (app: FastifyInstance): Promise<void> => {
    await app.register(prismaPlugin, { client, connect: false, disconnect: false })
  }
  const plain = async (app: FastifyInstance): Promise<void> => {
    await app.register(prismaPlugin, { client: prisma, connect: false, disconnect: false })
  }
  const of = (options: ResourceOptions): object => ({ resource: defineResource(options) })
  t.strictSame(
    {
      'no prisma': await register(async () => {}, of({ model: 'Tag' })),
      'plain client': await register(plain, of({ model: 'Tag' })),
      'no resource': await register(extended, {}),
      'unknown option': await register(extended, { ...of({ model: 'Tag' }), prefx: '/' }),
      'a version that is not there': await register(extended, of({ model: 'Tag', requireIfMatch: true })),
      'marks that are not there': await register(extended, of({ model: 'Contract', canSeeDeleted: () => true })),
      'sizes that do not fit': await register(extended, of({ model: 'Tag', list: { pageSize: 101 } })),
      'what any register takes': await register(extended, { ...of({ model: 'Tag' }), prefix: '', logLevel: 'warn' })
    },
    {
      'no prisma':
        'Error: crud needs the plugin "fastify-prisma-commons/prisma", which is not registered here: await ' +
        "app.register(import('fastify-prisma-commons/prisma'))",
      'plain client':
        'Error: The Prisma client is not extended: use new PrismaClient(…).$extends(commons({ metadata }))',
      'no resource': 'TypeError: crud: option "resource" is required: what defineResource gives',
      'unknown option': 'TypeError: crud: unknown option "prefx". Did you mean "prefix"?',
      'a version that is not there':
        'TypeError: resource Tag: option "requireIfMatch" needs the feature version: add "/// @commons.version" to ' +
        'the model',
      'marks that are not there':
        'TypeError: resource Contract: option "canSeeDeleted" needs the feature softDelete: add "/// ' +
        '@commons.softDelete" to the model',
      'sizes that do not fit':
        'TypeError: resource Tag: option "list.pageSize" is 101, which is more than "list.maxPageSize", 100',
      'what any register takes': 'no error'
    }
  )
  t.throws(
    () =>
      defineResource({
        model: 'Tag',
        list: { pageSize: 0, maxPageSize: 1.5 },
        requireIfMatch: 1,
        canSeeDeleted: true
      } as never),
    {
      message: [
        'option "requireIfMatch" must be true or false, not 1',
        'option "canSeeDeleted" must be a function, not true',
        'option "list.pageSize" must be an integer of at least 1, not 0',
        'option "list.maxPageSize" must be an integer of at least 1, not 1.5'
      ]
        .map(problem => `resource Tag: ${problem}`)
        .join('\n')
    }
  )
})
