import t from 'tap'
import type { InjectOptions } from 'fastify'
import { envelopeApp, failed, outcome, thrower } from '../helpers/envelope-app.js'

await t.test('validation by Fastify names fields, pointers and indexes', async t => {
  const app = await envelopeApp(
    t,
    {},
    { ajv: { customOptions: { allErrors: true, removeAdditional: false, coerceTypes: false } } }
  )
  const row = {
    type: 'object',
    required: ['amount'],
    additionalProperties: false,
    properties: {
      amount: { type: ['number', 'null'], minimum: 1 },
      status: { enum: ['draft', 'active'] },
      address: { type: 'object', properties: { 'a/b~c': { type: 'string' } } }
    }
  }
  app.post('/row', { schema: { body: row } }, async () => null)
  app.post('/rows', { schema: { body: { type: 'array', items: row } } }, async () => null)
  app.get(
    '/query',
    {
      schema: {
        querystring: {
          type: 'object',
          required: ['q'],
          additionalProperties: false,
          properties: { q: { type: 'string' }, page: { type: 'string', pattern: '^[0-9]+$' } }
        }
      }
    },
    async () => null
  )
  app.get(
    '/params/:id',
    { schema: { params: { type: 'object', properties: { id: { type: 'string', format: 'uuid' } } } } },
    async () => null
  )
  app.get('/headers', { schema: { headers: { type: 'object', required: ['x-tenant'] } } }, async () => null)

  t.strictSame(
    await outcome(app, { method: 'POST', url: '/row', payload: { status: 'x', extra: 1, address: { 'a/b~c': 1 } } }),
    [
      400,
      failed({
        code: 'validation_failed',
        message: 'The request is not valid',
        errors: {
          amount: ['This field is required'],
          extra: ['Unknown field "extra".'],
          status: ['must be equal to one of the allowed values: draft, active'],
          'address.a/b~c': ['Expected string']
        },
        details: [
          { code: 'required', pointer: '/amount', message: 'This field is required' },
          { code: 'unknown_field', pointer: '/extra', message: 'Unknown field "extra".', params: { field: 'extra' } },
          {
            code: 'invalid_value',
            pointer: '/status',
            message: 'must be equal to one of the allowed values: draft, active',
            params: {
              allowedValues: ['draft', 'active'],
              problem: 'must be equal to one of the allowed values: draft, active'
            }
          },
          {
            code: 'invalid_type',
            pointer: '/address/a~1b~0c',
            message: 'Expected string',
            params: { expected: 'string' }
          }
        ]
      })
    ]
  )
  t.strictSame(
    await outcome(app, { method: 'POST', url: '/rows', payload: [{ amount: 1 }, { amount: 'x' }, 7, {}] }),
    [
      400,
      failed({
        code: 'validation_failed',
        message: 'The request is not valid',
        errors: {
          1: { amount: ['Expected number or null'] },
          2: { non_field_errors: ['Expected object'] },
          3: { amount: ['This field is required'] }
        },
        details: [
          {
            code: 'invalid_type',
            pointer: '/1/amount',
            message: 'Expected number or null',
            index: 1,
            params: { expected: 'number or null' }
          },
          {
            code: 'invalid_type',
            pointer: '/2',
            message: 'Expected object',
            index: 2,
            params: { expected: 'object' }
          },
          { code: 'required', pointer: '/3/amount', message: 'This field is required', index: 3 }
        ]
      })
    ]
  )
  t.strictSame(await outcome(app, { method: 'POST', url: '/rows', payload: {} }), [
    400,
    failed({
      code: 'validation_failed',
      message: 'The request is not valid',
      errors: { non_field_errors: ['Expected array'] },
      details: [{ code: 'invalid_type', pointer: '', message: 'Expected array', params: { expected: 'array' } }]
    })
  ])
  t.strictSame(await outcome(app, '/query?page=x&sort=1'), [
    400,
    failed({
      code: 'validation_failed',
      message: 'The request is not valid',
      errors: {
        q: ['The query parameter "q" is required'],
        sort: ['Unknown query parameter "sort".'],
        page: ['The query parameter "page" must match pattern "^[0-9]+$"']
      },
      details: [
        {
          code: 'invalid_parameter',
          pointer: '',
          message: 'The query parameter "q" is required',
          params: { missingProperty: 'q', parameter: 'q', problem: 'is required' }
        },
        {
          code: 'unknown_parameter',
          pointer: '',
          message: 'Unknown query parameter "sort".',
          params: { parameter: 'sort' }
        },
        {
          code: 'invalid_parameter',
          pointer: '',
          message: 'The query parameter "page" must match pattern "^[0-9]+$"',
          params: { pattern: '^[0-9]+$', parameter: 'page', problem: 'must match pattern "^[0-9]+$"' }
        }
      ]
    })
  ])
  t.strictSame(await outcome(app, '/params/7'), [
    400,
    failed({
      code: 'validation_failed',
      message: 'The request is not valid',
      errors: { id: ['must match format "uuid"'] },
      details: [
        {
          code: 'invalid_value',
          pointer: '',
          message: 'must match format "uuid"',
          params: { format: 'uuid', problem: 'must match format "uuid"', in: 'params' }
        }
      ]
    })
  ])
  t.strictSame(await outcome(app, '/headers'), [
    400,
    failed({
      code: 'validation_failed',
      message: 'The request is not valid',
      errors: { 'x-tenant': ['This field is required'] },
      details: [{ code: 'required', pointer: '', message: 'This field is required', params: { in: 'headers' } }]
    })
  ])
})

await t.test('findings of other validators are read as far as they go', async t => {
  const app = await envelopeApp(t)
  const throwing = thrower(app)
  t.strictSame(await throwing({ validation: [{}, { message: 'is odd', instancePath: '/a' }] }), [
    400,
    failed({
      code: 'validation_failed',
      message: 'The request is not valid',
      errors: { non_field_errors: ['is not valid'], a: ['is odd'] },
      details: [
        { code: 'invalid_value', pointer: '', message: 'is not valid', params: { problem: 'is not valid' } },
        { code: 'invalid_value', pointer: '/a', message: 'is odd', params: { problem: 'is odd' } }
      ]
    })
  ])
  t.strictSame(
    (
      await throwing({
        validation: [{ keyword: 'minProperties', message: 'is empty' }],
        validationContext: 'querystring'
      })
    )[1],
    failed({
      code: 'validation_failed',
      message: 'The request is not valid',
      errors: { non_field_errors: ['is empty'] },
      details: [
        { code: 'invalid_value', pointer: '', message: 'is empty', params: { problem: 'is empty', in: 'querystring' } }
      ]
    })
  )

  const compiled = await envelopeApp(t)
  compiled.setValidatorCompiler(() => () => ({ error: new Error('"amount" is odd') }))
  compiled.post('/', { schema: { body: {} } }, async () => null)
  t.strictSame(await outcome(compiled, { method: 'POST', url: '/', payload: {} }), [
    400,
    failed({ code: 'validation_failed', message: '"amount" is odd' })
  ])
})

await t.test('bodies that cannot be read', async t => {
  const app = await envelopeApp(t, {}, { bodyLimit: 20 })
  app.post('/', async request => request.body)
  app.post('/small', { bodyLimit: 5 }, async request => request.body)
  const post = (payload: string, type = 'application/json', url = '/'): InjectOptions => ({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': type }
  })
  const malformed = [400, failed({ code: 'malformed_body', message: 'The body is not valid JSON' })]
  t.strictSame(await outcome(app, post('{"a":')), malformed)
  t.strictSame(await outcome(app, post('{"__proto__":{}}')), malformed)
  t.strictSame(await outcome(app, post('')), [
    400,
    failed({ code: 'malformed_body', message: "Body cannot be empty when content-type is set to 'application/json'" })
  ])
  t.strictSame(await outcome(app, post('<a/>', 'application/xml')), [
    415,
    failed({ code: 'unsupported_media_type', message: 'The media type is not supported' })
  ])
  const tooLarge = (limit: number): object => {
    const finding = { code: 'body_too_large', message: `The body is larger than the limit of ${limit} bytes` }
    return failed({
      ...finding,
      details: [{ code: finding.code, pointer: '', message: finding.message, params: { limit } }]
    })
  }
  t.strictSame(await outcome(app, post(`"${'x'.repeat(20)}"`)), [413, tooLarge(20)])
  t.strictSame(await outcome(app, post('"xxxxx"', 'application/json', '/small')), [413, tooLarge(5)])

  const custom = await envelopeApp(t)
  custom.removeAllContentTypeParsers()
  custom.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)))
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }))
    }
  })
  custom.post('/', async request => request.body)
  t.strictSame(await outcome(custom, post('{')), malformed)
})
