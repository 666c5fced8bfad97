import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { bulk, defineResource } from 'fastify-prisma-commons/bulk'
import type { ResourceOptions } from 'fastify-prisma-commons/bulk'
import { prismaPlugin } from 'fastify-prisma-commons/prisma'
import { BulkError, CommonsError } from 'fastify-prisma-commons/errors'
import { bulkDatabase, refused, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { client, prisma, query } = database

t.beforeEach(async () => {
  await query('TRUNCATE contracts, customers, tags RESTART IDENTITY CASCADE')
})

const tag = (slug: string): object => ({ slug, name: slug.toUpperCase() })
const row = (id: number, slug: string): object => ({ id, ...tag(slug) })

await t.test('the preference is read by its grammar, on every write', async t => {
  const send = sender(await serve(t, database, { '/tags': { model: 'Tag' } }))
  let number = 0
  const outcome = async (prefer: string): Promise<unknown> => {
    const { status, headers, body } = await send('POST', '/tags', [tag(`t${++number}`)], { prefer })
    const { serialization_skipped: skipped = false } = body.data as { serialization_skipped?: boolean }
    return [status, skipped, headers['preference-applied']]
  }
  const minimal = [201, true, 'return=minimal']
  const representation = [201, false, 'return=representation']
  const ignored = [201, false, undefined]
  for (const [prefer, expected] of [
    ['return=minimal', minimal],
    ['Return = minimal', minimal],
    ['RETURN="minimal"', minimal],
    ['respond-async, wait=5, return=minimal; x="y"', minimal],
    ['return=minimal, return=representation', minimal],
    ['return=representation, return=minimal', representation],
    ['return=representation', representation],
    ['return=MINIMAL', ignored],
    ['return="a, return=minimal"', ignored],
    ['foo="return=minimal"', ignored],
    ['xreturn=minimal', ignored],
    ['return', ignored],
    ['', ignored]
  ] as const) {
    t.strictSame(await outcome(prefer), expected, prefer)
  }

  const representationAsked = await send('POST', '/tags?include_results=false', [tag('r')], {
    prefer: 'return=representation'
  })
  t.strictSame(
    [representationAsked.headers['preference-applied'], (representationAsked.body.data as { count?: number }).count],
    [undefined, 1],
    'the query wins, and nothing was applied'
  )

  const prefer = 'return=minimal'
  for (const [method, url, body] of [
    ['POST', '/tags', [tag('a')]],
    ['POST', '/tags', tag('b')],
    ['POST', '/tags?unique_fields=slug', [tag('a')]],
    ['PATCH', '/tags?unique_fields=slug', tag('a')],
    ['PUT', '/tags?unique_fields=slug', [tag('a')]],
    ['PATCH', '/tags', [{ id: 1 }]],
    ['PUT', '/tags', [{ id: 1, ...tag('t1') }]],
    ['DELETE', '/tags', [1]]
  ] as const) {
    const { headers, body: answer } = await send(method, url, body, { prefer })
    t.strictSame(
      [
        headers['preference-applied'],
        headers['vary'],
        (answer.data as { serialization_skipped?: boolean }).serialization_skipped
      ],
      ['return=minimal', 'Authorization, Prefer', true],
      `${method} ${url}`
    )
  }
})

await t.test('Vary keeps what hooks have put there', async t => {
  const app = await serve(
    t,
    database,
    { '/tags': { model: 'Tag' } },
    {
      prepare: app => {
        app.addHook('onRequest', async (_request, reply) => {
          reply.header('vary', 'Origin')
        })
      }
    }
  )
  t.equal((await sender(app)('POST', '/tags', [tag('a')])).headers['vary'], 'Origin, Authorization, Prefer')
  t.equal((await sender(app)('POST', '/tags', [])).headers['vary'], 'Origin, Authorization, Prefer, Accept')
})

await t.test('hooks know the action before it is done: preHandler and all later ones', async t => {
  const seen: [hook: string, action: string | null][] = []
  const app = await serve(
    t,
    database,
    {
      '/tags': { model: 'Tag', bulk: { actionRoutes: true } },
      '/slugged': { model: 'Tag', bulk: { uniqueFields: ['slug'] } }
    },
    {
      prepare: app => {
        app.addHook('onRequest', async request => {
          seen.push(['onRequest', request.action ?? null])
        })
        app.addHook('preHandler', async request => {
          seen.push(['preHandler', request.action])
          if (request.action === 'bulkDelete') throw new CommonsError('forbidden')
        })
        app.addHook('onSend', async request => {
          seen.push(['onSend', request.action])
        })
      }
    }
  )
  const send = sender(app)
  for (const [method, url, body, status, action] of [
    ['POST', '/tags', tag('a'), 201, 'create'],
    ['POST', '/tags', [tag('b')], 201, 'bulkCreate'],
    ['POST', '/tags?unique_fields=slug', [tag('b')], 200, 'bulkUpsert'],
    ['PATCH', '/tags?unique_fields=slug', tag('b'), 200, 'bulkUpsert'],
    ['PATCH', '/tags', [{ id: 1 }], 200, 'bulkUpdate'],
    ['PUT', '/tags', [{ id: 1, ...tag('a') }], 200, 'bulkReplace'],
    ['PATCH', '/slugged', [{ id: 1 }], 200, 'bulkUpdate'],
    ['PATCH', '/slugged', [tag('a')], 200, 'bulkUpsert'],
    ['PUT', '/slugged', tag('a'), 200, 'bulkUpsert'],
    ['POST', '/tags/bulk-create', [tag('c')], 201, 'bulkCreate'],
    ['PATCH', '/tags/bulk-update', [{ id: 1 }], 200, 'bulkUpdate'],
    ['PUT', '/tags/bulk-update', [{ id: 1, ...tag('a') }], 200, 'bulkReplace'],
    ['POST', '/tags', '7', 400, 'create'],
    ['PATCH', '/tags?unique_fields=none', [], 400, 'bulkUpsert'],
    ['DELETE', '/tags', [1], 403, 'bulkDelete'],
    ['DELETE', '/tags/bulk-delete', 'null', 403, 'bulkDelete']
  ] as const) {
    seen.length = 0
    const answer = await send(method, url, body)
    t.strictSame(
      [answer.status, seen],
      [
        status,
        [
          ['onRequest', null],
          ['preHandler', action],
          ['onSend', action]
        ]
      ],
      `${method} ${url}`
    )
  }
  t.strictSame((await query('SELECT id FROM tags ORDER BY id')).length, 3)
})

await t.test('app.bulk checks and writes the same outside of a request', async t => {
  const tags = defineResource({ model: 'Tag' })
  const app = Fastify()
  t.after(() => app.close())
  await app.register(prismaPlugin, { client, connect: false, disconnect: false })
  await app.register(bulk, { prefix: '/tags', resource: tags })
  const report = await app.bulk.of(tags).create([tag('a')], true)
  t.match(report, { created: 1, rows: [row(1, 'a')] })
  const failure = await app.bulk
    .of(tags)
    .create([{ slog: 'b' }], false)
    .catch((error: unknown) => error)
  t.ok(failure instanceof BulkError)
  t.strictSame(
    (failure as BulkError).details.map(({ index, field, code }) => [index, field, code]),
    [
      [0, 'slog', 'unknown_field'],
      [0, 'slug', 'required'],
      [0, 'name', 'required']
    ]
  )
  t.throws(() => app.bulk.of(defineResource({ model: 'Tag' })), {
    message: 'The resource Tag is not registered: await app.register(bulk, { resource })'
  })
})

await t.test(
  'without the envelope rows, counts and errors come bare, whatever the error handler of the scope',
  async t => {
    const app = await serve(
      t,
      database,
      { '/tags': { model: 'Tag', bodyLimit: 1000 } },
      {
        envelope: false,
        prepare: app => {
          app.setErrorHandler((_error, _request, reply) => {
            reply.code(418).send('mine')
          })
          app.addHook('preHandler', async (request, reply) => {
            if (request.headers['x-teapot'] === undefined) return
            reply.code(409)
            throw new Error('secret')
          })
        }
      }
    )
    const send = sender(app)
    const created = await send('POST', '/tags', [tag('a')])
    t.strictSame(
      [created.status, created.headers['content-type'], created.body],
      [201, 'application/json; charset=utf-8', [row(1, 'a')]]
    )
    t.strictSame((await send('POST', '/tags', tag('b'))).body, row(2, 'b'))
    t.strictSame((await send('DELETE', '/tags', [1, 3])).body, {
      requested_count: 2,
      count: 1,
      missing_ids: [3],
      missing_count: 1
    })
    const message = 'Unknown field "slog". Did you mean "slug"?'
    const bare = (body: object): object => {
      const { success, timestamp, data, ...rest } = body as Record<string, unknown>
      return rest
    }
    const required = (field: string): object => ({
      index: 0,
      field,
      code: 'required',
      message: 'This field is required'
    })
    const faulty = await send('POST', '/tags', [{ slog: 'a' }])
    t.strictSame(
      [faulty.status, faulty.headers['content-type'], faulty.body],
      [
        400,
        'application/json; charset=utf-8',
        bare(
          refused('validation_failed', '1 item is not valid; nothing was written', [
            {
              index: 0,
              field: 'slog',
              code: 'unknown_field',
              message,
              params: { field: 'slog', hint: 'Did you mean "slug"?' }
            },
            required('slug'),
            required('name')
          ] as never)
        )
      ]
    )
    const problem = await send('POST', '/tags', [{ id: 1, name: 'x' }], { accept: 'application/problem+json' })
    t.strictSame(
      [problem.status, problem.headers['content-type'], problem.body],
      [
        400,
        'application/problem+json; charset=utf-8',
        {
          type: 'about:blank',
          title: 'Bad Request',
          status: 400,
          detail: '1 item is not valid; nothing was written',
          code: 'required',
          errors: [{ code: 'required', pointer: '/0/slug', message: 'This field is required', index: 0 }]
        }
      ]
    )
    t.strictSame(
      [(await send('POST', '/tags', [tag('a'.repeat(1000))])).status, (await send('POST', '/tags', '[')).body],
      [413, { message: 'The body is not valid JSON', code: 'malformed_body', errors: {}, details: [] }]
    )
    const held = await send('POST', '/tags', [tag('c')], { 'x-teapot': '1' })
    t.strictSame([held.status, held.body.code], [409, 'conflict'], 'the status a hook has set stands')
  }
)

await t.test('registration fails with what is missing or wrong', async t => {
  const register = async (prepare: (app: FastifyInstance) => Promise<unknown>, options: unknown): Promise<string> => {
    const app = Fastify()
    t.after(() => app.close())
    try {
      await prepare(app)
      await app.register(bulk, options as never)
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
  const resource = defineResource({ model: 'Tag' })
  const of = (options: ResourceOptions): object => ({ resource: defineResource(options) })

  t.strictSame(
    {
      'no prisma': await register(async () => {}, { resource }),
      'plain client': await register(plain, { resource }),
      'no resource': await register(extended, {}),
      'a resource of its own making': await register(extended, { resource: { model: 'Tag' } }),
      'unknown option': await register(extended, { resource, maxItem: 1 }),
      'prefix of another type': await register(extended, { resource, prefix: 7 }),
      'unknown model': await register(extended, of({ model: 'Tga' })),
      'unknown field': await register(extended, of({ model: 'Contract', fields: ['id', 'contract_number'] })),
      'unknown read-only field': await register(extended, of({ model: 'Contract', readOnly: ['custmer'] })),
      'unknown unique field': await register(extended, of({ model: 'Contract', bulk: { uniqueFields: ['yaer'] } })),
      'no unique constraint': await register(extended, of({ model: 'Contract', bulk: { uniqueFields: ['year'] } })),
      'a unique constraint that is counted up': await register(
        extended,
        of({ model: 'Contract', bulk: { uniqueFields: ['id'] } })
      ),
      'a unique constraint that is not taken': await register(
        extended,
        of({ model: 'Contract', bulk: { uniqueFields: ['externalRef'] }, readOnly: ['externalRef'] })
      ),
      'what any register takes': await register(extended, {
        resource,
        prefix: '',
        logLevel: 'warn',
        logSerializers: { a: () => '' }
      })
    },
    {
      'no prisma':
        'Error: bulk needs the plugin "fastify-prisma-commons/prisma", which is not registered here: await ' +
        "app.register(import('fastify-prisma-commons/prisma'))",
      'plain client':
        'Error: The Prisma client is not extended: use new PrismaClient(…).$extends(commons({ metadata }))',
      'no resource': 'TypeError: bulk: option "resource" is required: what defineResource gives',
      'a resource of its own making':
        'TypeError: bulk: option "resource" must be what defineResource gives, not an object',
      'unknown option': 'TypeError: bulk: unknown option "maxItem". Known: resource, prefix, logLevel, logSerializers',
      'prefix of another type': 'TypeError: bulk: option "prefix" must be a path, not 7',
      'unknown model': 'TypeError: resource Tga: option "model" names no model of the schema. Did you mean "Tag"?',
      'unknown field':
        'TypeError: resource Contract: option "fields" names the unknown field "contract_number". Did you mean ' +
        '"contractNumber"?',
      'unknown read-only field':
        'TypeError: resource Contract: option "readOnly" names the unknown field "custmer". Did you mean "customer"?',
      'unknown unique field':
        'TypeError: resource Contract: option "bulk.uniqueFields" names the unknown field "yaer". Did you mean "year"?',
      'no unique constraint':
        'TypeError: resource Contract: option "bulk.uniqueFields" is [year], which is not a unique constraint that ' +
        'clients may write. Use one of externalRef; contractNumber, year',
      'a unique constraint that is counted up':
        'TypeError: resource Contract: option "bulk.uniqueFields" is [id], which is not a unique constraint that ' +
        'clients may write. Use one of externalRef; contractNumber, year',
      'a unique constraint that is not taken':
        'TypeError: resource Contract: option "bulk.uniqueFields" is [externalRef], which is not a unique ' +
        'constraint that clients may write. Use one of contractNumber, year',
      'what any register takes': 'no error'
    }
  )
})

await t.test('the collection answers with and without a slash, and to its own methods alone', async t => {
  const app = await serve(t, database, { '/tags': { model: 'Tag' } })
  const send = sender(app)
  t.equal((await send('POST', '/tags/', [tag('a')])).status, 201)
  t.equal((await send('GET', '/tags')).status, 404)
  t.equal((await app.inject({ method: 'OPTIONS', url: '/tags' })).statusCode, 404)
})
