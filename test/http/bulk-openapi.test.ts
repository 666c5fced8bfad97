import swagger from '@fastify/swagger'
import t from 'tap'
import { bulkDatabase, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)

interface Operation {
  readonly operationId: string
  readonly tags: string[]
  readonly parameters: { name: string; in: string }[]
  readonly requestBody: { content: Record<string, { schema: Schema }> }
  readonly responses: Record<string, { description: string; content: Record<string, { schema: Schema }> }>
}

interface Schema {
  readonly $ref?: string
  readonly type?: string | string[]
  readonly properties?: Record<string, Schema>
  readonly required?: string[]
  readonly items?: Schema
  readonly anyOf?: Schema[]
  readonly enum?: unknown[]
}

async function documentOf (
  t: Parameters<typeof serve>[0],
  envelope: boolean
): Promise<Record<string, Record<string, Operation>>> {
  const app = await serve(
    t,
    database,
    {
      '/contracts': { model: 'Contract', bulk: { actionRoutes: true } },
      '/archive': {
        model: 'Contract',
        plural: 'Archived contracts',
        fields: ['id', 'amount'],
        before: { create: () => {}, bulkCreate: () => {} }
      },
      '/specimens': { model: 'Specimen' },
      '/memberships': { model: 'Membership' }
    },
    {
      envelope,
      prepare: async app => {
        await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
      }
    }
  )
  await app.ready()
  return app.swagger().paths as never
}

await t.test('the OpenAPI document tells of every route', async t => {
  const paths = await documentOf(t, true)
  const operations = Object.values(paths).flatMap(path => Object.values(path))
  t.strictSame(
    Object.fromEntries(
      Object.entries(paths).map(([path, methods]) => [
        path,
        Object.fromEntries(Object.entries(methods).map(([method, { operationId }]) => [method, operationId]))
      ])
    ),
    {
      '/contracts': {
        post: 'createContracts',
        put: 'replaceContracts',
        patch: 'updateContracts',
        delete: 'deleteContracts'
      },
      '/contracts/bulk-create': { post: 'bulkCreateContracts' },
      '/contracts/bulk-update': { put: 'bulkReplaceContracts', patch: 'bulkUpdateContracts' },
      '/contracts/bulk-replace': { put: 'replaceManyContracts' },
      '/contracts/bulk-delete': { delete: 'bulkDeleteContracts' },
      '/archive': {
        post: 'createArchivedContracts',
        put: 'replaceArchivedContracts',
        patch: 'updateArchivedContracts',
        delete: 'deleteArchivedContracts'
      },
      '/specimens': {
        post: 'createSpecimens',
        put: 'replaceSpecimens',
        patch: 'updateSpecimens',
        delete: 'deleteSpecimens'
      },
      '/memberships': {
        post: 'createMemberships',
        put: 'replaceMemberships',
        patch: 'updateMemberships',
        delete: 'deleteMemberships'
      }
    }
  )
  t.equal(new Set(operations.map(operation => operation.operationId)).size, operations.length)
  for (const { operationId, parameters, requestBody, responses } of operations) {
    t.ok(
      parameters.some(parameter => parameter.in === 'header' && parameter.name === 'prefer'),
      `${operationId}: Prefer`
    )
    t.ok(requestBody.content['application/json']?.schema, `${operationId}: body`)
    t.ok(
      Object.keys(responses).some(status => status.startsWith('2')),
      `${operationId}: success`
    )
    for (const [status, { description, content }] of Object.entries(responses)) {
      const { required, properties, $ref } = content['application/json']!.schema
      t.not(description, 'Default Response')
      if (!status.startsWith('2')) {
        t.equal($ref, '#/components/schemas/def-0', `${operationId}: ${status}`)
        continue
      }
      t.strictSame(required, ['success', 'timestamp', 'message', 'data'], `${operationId}: ${status}`)
      t.strictSame(properties!['success']!.enum, status === '207' ? undefined : [true])
    }
  }

  const post = paths['/contracts']!['post']!
  t.strictSame(post.tags, ['Contracts'])
  t.strictSame(Object.keys(post.responses), ['200', '201', '207', '400', '404', '409', '412', '413', '415', '503'])
  t.strictSame(
    post.parameters.map(parameter => parameter.name),
    [
      'unique_fields',
      'update_fields',
      'include_results',
      'partial_success',
      'dry_run',
      'prefer',
      'if-none-match',
      'if-match'
    ]
  )
  const bodies = post.requestBody.content['application/json']!.schema.anyOf!
  t.strictSame(
    bodies.map(schema => [schema.type, (schema.items ?? schema).required]),
    [
      ['object', ['contractNumber', 'year', 'amount']],
      ['array', ['contractNumber', 'year', 'amount']],
      ['array', undefined],
      ['object', undefined]
    ]
  )
  t.strictSame(bodies[0]!.properties, {
    id: { type: 'integer', format: 'int32', readOnly: true },
    contractNumber: { type: 'string' },
    year: { type: 'integer', format: 'int32' },
    externalRef: { type: ['string', 'null'] },
    amount: { type: ['string', 'number'], format: 'decimal' },
    status: { type: 'string', enum: ['draft', 'active', 'closed'] },
    note: { type: ['string', 'null'] },
    customerId: { type: ['integer', 'null'], format: 'int32' },
    version: { type: 'integer', format: 'int32', readOnly: true },
    createdAt: { type: 'string', format: 'date-time', readOnly: true },
    updatedAt: { type: 'string', format: 'date-time', readOnly: true },
    createdById: { type: ['integer', 'null'], format: 'int32', readOnly: true },
    updatedById: { type: ['integer', 'null'], format: 'int32', readOnly: true },
    customer: { type: ['integer', 'null'], format: 'int32', description: 'The same as customerId' }
  })
  const put = paths['/contracts']!['put']!.requestBody.content['application/json']!.schema.anyOf!
  t.strictSame(put[0]!.items!.required, ['id', 'contractNumber', 'year', 'amount'])
  t.strictSame(
    paths['/contracts/bulk-update']!['patch']!.requestBody.content['application/json']!.schema.items!.required,
    ['id']
  )
  t.strictSame(
    paths['/archive']!['post']!.parameters.map(parameter => parameter.name),
    ['include_results', 'partial_success', 'dry_run', 'prefer', 'if-none-match'],
    'no unique constraint is left to upsert by'
  )
})

await t.test('without the envelope the document has bare rows and errors', async t => {
  const paths = await documentOf(t, false)
  const { responses } = paths['/memberships']!['delete']!
  t.strictSame(
    Object.entries(responses).map(([status, { content }]) => [
      status,
      content['application/json']!.schema.anyOf?.length ?? content['application/json']!.schema.required
    ]),
    [
      ['200', 2],
      ['207', ['results', 'summary']],
      ['400', ['message', 'code', 'errors', 'details']],
      ['409', ['message', 'code', 'errors', 'details']],
      ['413', ['message', 'code', 'errors', 'details']],
      ['415', ['message', 'code', 'errors', 'details']],
      ['503', ['message', 'code', 'errors', 'details']]
    ]
  )
})

await t.test('where CSV files are taken they stand beside the JSON', async t => {
  const app = await serve(
    t,
    database,
    {
      '/contracts': { model: 'Contract', bulk: { csvBodies: true, actionRoutes: true } },
      '/memberships': { model: 'Membership', bulk: { csvBodies: true }, actions: ['bulkUpdate', 'bulkDelete'] }
    },
    {
      prepare: async app => {
        await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
      }
    }
  )
  await app.ready()
  const paths = app.swagger().paths as unknown as Awaited<ReturnType<typeof documentOf>>
  const plain = await documentOf(t, true)
  const file = {
    type: 'string',
    contentMediaType: 'text/csv',
    description: 'A CSV file: the first row has the names of the fields, each further row is an item'
  }
  const parameter = { type: 'string', description: 'As the parameter of this name' }
  const {
    requestBody: { content },
    responses
  } = paths['/contracts']!['post']!
  t.strictSame(content, {
    ...plain['/contracts']!['post']!.requestBody.content,
    'text/csv': { schema: file },
    'multipart/form-data': {
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['file'],
        properties: { file, unique_fields: parameter, update_fields: parameter }
      }
    }
  })
  t.strictSame(
    [responses['415']!.description, responses['422']!.description],
    ['The body is neither JSON nor a CSV file', 'The file cannot be read; nothing was written']
  )
  t.strictSame(
    Object.fromEntries(
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { requestBody }]) => [
          `${method} ${path}`,
          Object.keys(requestBody.content).length
        ])
      )
    ),
    {
      'post /contracts': 3,
      'put /contracts': 3,
      'patch /contracts': 3,
      'delete /contracts': 1,
      'post /contracts/bulk-create': 3,
      'put /contracts/bulk-update': 3,
      'patch /contracts/bulk-update': 3,
      'put /contracts/bulk-replace': 3,
      'delete /contracts/bulk-delete': 1,
      'patch /memberships': 3,
      'delete /memberships': 1
    }
  )
  t.strictSame(
    Object.keys(paths['/memberships']!['patch']!.requestBody.content['multipart/form-data']!.schema.properties!),
    ['file']
  )
})
