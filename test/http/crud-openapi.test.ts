import swagger from '@fastify/swagger'
import t from 'tap'
import { count } from 'fastify-prisma-commons/crud'
import { bulkDatabase, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)

interface Schema {
  readonly $ref?: string
  readonly type?: string | string[]
  readonly properties?: Record<string, Schema>
  readonly required?: string[]
  readonly enum?: unknown[]
}

interface Operation {
  readonly operationId: string
  readonly tags: string[]
  readonly parameters?: {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> }
  readonly responses: Record<
    string,
    {
      readonly description: string
      readonly headers?: Record<string, { readonly description: string }>
      readonly content?: Record<string, { readonly schema: Schema }>
    }
  >
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

const resources: Parameters<typeof serve>[2] = {
  '/contracts': { model: 'Contract' },
  '/articles': { model: 'Article', requireIfMatch: true, list: { pageSize: 5, maxPageSize: 7 } },
  '/tags': { model: 'Tag' },
  '/memberships': { model: 'Membership' }
}

async function documentOf (t: Parameters<typeof serve>[0], envelope: boolean, served = resources): Promise<Paths> {
  const app = await serve(t, database, served, {
    crud: true,
    envelope,
    prepare: async app => {
      await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
    }
  })
  await app.ready()
  return app.swagger().paths as never
}

const parameters = ({ parameters = [] }: Operation): string[] =>
  parameters.map(({ name, in: place, required = false }) => `${place} ${name}${required ? '' : '?'}`)
const statuses = ({ responses }: Operation): string[] => Object.keys(responses)

const idsOf = (paths: Paths): Record<string, Record<string, string>> =>
  Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path,
      Object.fromEntries(Object.entries(methods).map(([method, { operationId }]) => [method, operationId]))
    ])
  )

await t.test('the OpenAPI document tells of every route of both plugins', async t => {
  const paths = await documentOf(t, true)
  t.strictSame(idsOf(paths), {
    '/contracts': {
      get: 'listContracts',
      post: 'createContracts',
      put: 'replaceContracts',
      patch: 'updateContracts',
      delete: 'deleteContracts'
    },
    '/contracts/query': { post: 'queryContracts' },
    '/contracts/{id}': {
      get: 'retrieveContract',
      put: 'replaceContract',
      patch: 'updateContract',
      delete: 'destroyContract'
    },
    '/articles': {
      get: 'listArticles',
      post: 'createArticles',
      put: 'replaceArticles',
      patch: 'updateArticles',
      delete: 'deleteArticles'
    },
    '/articles/query': { post: 'queryArticles' },
    '/articles/{id}': {
      get: 'retrieveArticle',
      put: 'replaceArticle',
      patch: 'updateArticle',
      delete: 'destroyArticle'
    },
    '/articles/{id}/restore': { post: 'restoreArticle' },
    '/articles/bulk-soft-delete': { delete: 'bulkSoftDeleteArticles' },
    '/articles/bulk-restore': { post: 'bulkRestoreArticles' },
    '/tags': { get: 'listTags', post: 'createTags', put: 'replaceTags', patch: 'updateTags', delete: 'deleteTags' },
    '/tags/query': { post: 'queryTags' },
    '/tags/{id}': { get: 'retrieveTag', put: 'replaceTag', patch: 'updateTag', delete: 'destroyTag' },
    '/memberships': {
      get: 'listMemberships',
      post: 'createMemberships',
      put: 'replaceMemberships',
      patch: 'updateMemberships',
      delete: 'deleteMemberships'
    },
    '/memberships/query': { post: 'queryMemberships' },
    '/memberships/{org}/{userId}': {
      get: 'retrieveMembership',
      put: 'replaceMembership',
      patch: 'updateMembership',
      delete: 'destroyMembership'
    }
  })
  const operations = Object.values(paths).flatMap(path => Object.values(path))
  t.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length)
  for (const { operationId, responses } of operations) {
    for (const [status, { description, content }] of Object.entries(responses)) {
      t.not(description, 'Default Response', `${operationId} ${status}`)
      if (status === '204' || status === '304') t.equal(content, undefined, `${operationId} ${status}`)
      else if (!status.startsWith('2')) {
        t.equal(content!['application/json']!.schema.$ref, '#/components/schemas/def-0', `${operationId} ${status}`)
      } else {
        t.strictSame(
          content!['application/json']!.schema.properties!['success']!.enum,
          status === '207' ? undefined : [true],
          `${operationId} ${status}`
        )
      }
    }
  }
})

await t.test(
  'conditions and tags are told of where rows have versions, deleted rows where they are marked',
  async t => {
    const paths = await documentOf(t, true)
    const article = paths['/articles/{id}']!
    t.strictSame(
      {
        list: [parameters(paths['/articles']!['get']!).slice(0, 8), statuses(paths['/articles']!['get']!)],
        retrieve: [parameters(article['get']!), statuses(article['get']!)],
        update: [parameters(article['patch']!), statuses(article['patch']!)],
        replace: [parameters(article['put']!), statuses(article['put']!)],
        destroy: [parameters(article['delete']!), statuses(article['delete']!)],
        restore: [
          parameters(paths['/articles/{id}/restore']!['post']!),
          statuses(paths['/articles/{id}/restore']!['post']!)
        ]
      },
      {
        list: [
          [
            'query page?',
            'query page_size?',
            'query limit?',
            'query offset?',
            'query cursor?',
            'query ordering?',
            'query ids?',
            'query deleted?'
          ],
          ['200', '400', '403', '404', '413', '503']
        ],
        retrieve: [
          ['query deleted?', 'path id', 'header if-none-match?', 'header if-match?'],
          ['200', '304', '400', '403', '404', '412', '503']
        ],
        update: [
          ['query dry_run?', 'path id', 'header prefer?', 'header if-match'],
          ['200', '400', '404', '409', '412', '413', '415', '428', '503']
        ],
        replace: [
          ['query dry_run?', 'path id', 'header prefer?', 'header if-match'],
          ['200', '400', '404', '409', '412', '413', '415', '428', '503']
        ],
        destroy: [
          ['query dry_run?', 'path id', 'header prefer?', 'header if-match'],
          ['200', '204', '400', '404', '409', '412', '428', '503']
        ],
        restore: [
          ['query dry_run?', 'path id', 'header prefer?', 'header if-match'],
          ['200', '400', '404', '409', '412', '428', '503']
        ]
      }
    )
    for (const [operation, status] of [
      [article['get']!, '200'],
      [article['get']!, '304'],
      [article['patch']!, '200'],
      [article['put']!, '200'],
      [paths['/articles/{id}/restore']!['post']!, '200'],
      [paths['/contracts']!['post']!, '201']
    ] as const) {
      t.strictSame(
        Object.keys(operation.responses[status]!.headers ?? {}),
        ['ETag'],
        `${operation.operationId} ${status}`
      )
    }
    const contract = paths['/contracts/{id}']!['patch']!
    t.strictSame(
      [parameters(contract), statuses(contract).includes('428')],
      [['query dry_run?', 'path id', 'header prefer?', 'header if-match?'], false]
    )
    const tag = paths['/tags/{id}']!
    t.strictSame(
      [
        parameters(tag['get']!),
        parameters(tag['patch']!),
        statuses(tag['get']!),
        tag['get']!.responses['200']!.headers
      ],
      [['path id'], ['query dry_run?', 'path id', 'header prefer?'], ['200', '400', '404', '412', '503'], undefined]
    )
  }
)

await t.test('bodies are those of items, whose key stands in the path', async t => {
  const paths = await documentOf(t, true)
  const body = (path: string, method: string): Schema =>
    paths[path]![method]!.requestBody!.content['application/json']!.schema
  t.strictSame(
    [body('/contracts/{id}', 'put').required, body('/contracts/{id}', 'patch').required],
    [['contractNumber', 'year', 'amount'], []]
  )
  t.strictSame(body('/memberships/{org}/{userId}', 'put').required, [])
  t.strictSame(
    paths['/memberships/{org}/{userId}']!['get']!.parameters!.map(({ name, schema }) => [name, schema.type]),
    [
      ['org', 'string'],
      ['userId', 'integer']
    ]
  )
})

await t.test('without the envelope rows and errors are described bare', async t => {
  const { responses } = (await documentOf(t, false))['/tags/{id}']!['get']!
  t.strictSame(Object.keys(responses['200']!.content!['application/json']!.schema.properties!), ['id', 'slug', 'name'])
  t.strictSame(responses['404']!.content!['application/json']!.schema.required, [
    'message',
    'code',
    'errors',
    'details'
  ])
})

await t.test('ids differ where one row has the name of several, and in any script', async t => {
  const paths = await documentOf(t, true, {
    '/series': { model: 'Article', singular: 'Series', plural: 'Series', bulk: { actionRoutes: true } },
    '/contracts': { model: 'Contract', singular: 'Договор', plural: 'Договоры' },
    '/tags': { model: 'Tag', singular: 'Größe', plural: 'Größen' }
  })
  const ids = idsOf(paths)
  t.strictSame(Object.fromEntries(Object.entries(ids).filter(([path]) => path.startsWith('/series'))), {
    '/series': {
      get: 'listSeries',
      post: 'createSeries',
      put: 'replaceSeries',
      patch: 'updateSeries',
      delete: 'deleteSeries'
    },
    '/series/{id}': {
      get: 'retrieveOneSeries',
      put: 'replaceOneSeries',
      patch: 'updateOneSeries',
      delete: 'destroyOneSeries'
    },
    '/series/{id}/restore': { post: 'restoreOneSeries' },
    '/series/query': { post: 'querySeries' },
    '/series/bulk-create': { post: 'bulkCreateSeries' },
    '/series/bulk-update': { put: 'bulkReplaceSeries', patch: 'bulkUpdateSeries' },
    '/series/bulk-replace': { put: 'replaceManySeries' },
    '/series/bulk-get': { get: 'getManySeries', post: 'postGetManySeries' },
    '/series/bulk-delete': { delete: 'bulkDeleteSeries' },
    '/series/bulk-soft-delete': { delete: 'bulkSoftDeleteSeries' },
    '/series/bulk-restore': { post: 'bulkRestoreSeries' }
  })
  t.strictSame([ids['/contracts/{id}']?.['patch'], ids['/tags']?.['patch']], ['updateДоговор', 'updateGrößen'])
  const all = Object.values(ids).flatMap(methods => Object.values(methods))
  t.equal(new Set(all).size, all.length)
})

await t.test('a list is described with its filters, in the query and in a body', async t => {
  const app = await serve(
    t,
    database,
    {
      '/tags': {
        model: 'Tag',
        computed: { contractCount: count('contracts') },
        list: {
          filters: ['name', 'contracts.status', 'contracts.amount'],
          search: ['name'],
          appendIndexes: 'page',
          unpaginated: 5
        }
      },
      '/specimens': { model: 'Specimen', list: { filters: ['json', 'ints', 'bool'] } }
    },
    {
      crud: true,
      prepare: async app => {
        await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
      }
    }
  )
  await app.ready()
  const paths = app.swagger().paths as never as Paths
  const list = paths['/tags']!['get']!
  t.strictSame(
    parameters(list).map(parameter => parameter.slice('query '.length)),
    [
      'page?',
      'page_size?',
      'limit?',
      'offset?',
      'cursor?',
      'paginated?',
      'ordering?',
      'search?',
      'ids?',
      'name?',
      ...['ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'isnull', 'contains', 'startsWith', 'endsWith'].map(
        operator => `name[${operator}]?`
      ),
      'contracts.status?',
      ...['ne', 'in', 'nin', 'isnull'].map(operator => `contracts.status[${operator}]?`),
      'contracts.amount?',
      ...['ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'isnull'].map(operator => `contracts.amount[${operator}]?`)
    ]
  )
  const typed = (name: string): Schema => list.parameters!.find(parameter => parameter.name === name)!.schema
  t.strictSame(
    [
      typed('contracts.status').enum,
      typed('contracts.amount[gt]').type,
      typed('name[isnull]').type,
      typed('contracts.status[in]').type
    ],
    [['draft', 'active', 'closed'], ['string', 'number'], 'boolean', 'string']
  )

  const body = paths['/tags/query']!['post']!.requestBody!.content['application/json']!.schema.properties!
  t.strictSame(Object.keys(body), [
    'filters',
    'ordering',
    'search',
    'ids',
    'page',
    'page_size',
    'limit',
    'offset',
    'cursor',
    'paginated'
  ])
  t.strictSame(Object.keys(body['filters']!.properties!), [
    'name',
    'contracts.status',
    'contracts.amount',
    'and',
    'or',
    'not'
  ])
  const [status, operators] = (body['filters']!.properties!['contracts.status'] as { anyOf: Schema[] }).anyOf
  t.strictSame(
    [status!.enum, Object.keys(operators!.properties!)],
    [
      ['draft', 'active', 'closed', null],
      ['equals', 'ne', 'in', 'nin', 'isnull']
    ]
  )
  const specimens =
    paths['/specimens/query']!['post']!.requestBody!.content['application/json']!.schema.properties!['filters']!
      .properties!
  t.strictSame(
    [Object.keys(specimens['json']!.properties!), Object.keys(specimens['ints']!.properties!)],
    [['isnull'], ['has']]
  )

  for (const operation of [list, paths['/tags/query']!['post']!]) {
    const { anyOf } = operation.responses['200']!.content!['application/json']!.schema.properties![
      'data'
    ] as never as {
      anyOf: Schema[]
    }
    t.strictSame(
      anyOf.map(({ properties }) => Object.keys(properties!)),
      [
        ['count', 'next', 'previous', 'results'],
        ['next', 'previous', 'results'],
        ['count', 'results', 'operation_type', 'missing_ids']
      ]
    )
    t.ok(
      anyOf.every(
        ({ properties }) => Object.keys((properties!['results'] as { items: Schema }).items.properties!)[0] === 'index'
      )
    )
  }
})
