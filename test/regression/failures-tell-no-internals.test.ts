import t from 'tap'
import { CommonsError } from 'fastify-prisma-commons/errors'
import { describeError } from '../../lib/envelope/errors.js'
import { errorDetail } from '../../lib/errors.js'

await t.test('a 5xx of the suite tells the message of the table only', async t => {
  const details = [errorDetail('invalid_value', { field: 'secret' }, { problem: 'secret' })]
  for (const [error, status, message] of [
    [
      new CommonsError('internal_error', { message: 'secret', details, data: 'secret', params: { secret: 'secret' } }),
      500,
      'Internal server error'
    ],
    [new CommonsError('database_unavailable', { message: 'secret', details }), 503, 'The database is not available'],
    [new CommonsError('invalid_value', { status: 502, params: { problem: 'secret' } }), 502, 'Bad Gateway'],
    [
      new CommonsError('format_unavailable', { params: { format: 'xlsx', package: 'yazl' } }),
      501,
      'Files of the type xlsx need the package yazl on the server: npm install yazl'
    ]
  ] as const) {
    const told = describeError(error)
    t.match(told, { status, message, details: [] })
    t.notMatch(JSON.stringify(told), 'secret')
  }
})
