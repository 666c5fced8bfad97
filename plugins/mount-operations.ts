import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { currentActor } from '../lib/actor.js'
import { describeReply } from '../lib/envelope/describe.js'
import { CommonsError } from '../lib/errors.js'
import type { Query } from '../lib/http/query.js'
import { operationEvents } from '../lib/operations/events.js'
import { cursorOf, readFailurePage, readOperationList } from '../lib/operations/list-request.js'
import { isFinal, ownerOf, type Operation } from '../lib/operations/operation.js'
import type { Operations } from '../lib/operations/operations.js'
import { retryOperation } from '../lib/operations/retry.js'
import { failureListSchema, operationListSchema, statusSchema } from '../lib/operations/schema.js'
import { StreamLimit } from '../lib/operations/stream-limit.js'
import { retryAfterOf, statusOf, type OperationStatus } from '../lib/operations/status.js'
import { prepareErrors } from '../lib/resource/routes/routes.js'

export interface OperationRoutesOptions {
  readonly prefix: string
  readonly authorize: (request: FastifyRequest, operation: Operation) => boolean | Promise<boolean>
  readonly maxStreams: number
  readonly heartbeatSeconds: number
}

interface Params {
  readonly id: string
}

/** Longest `wait` of a request for a status, in seconds. */
const longestWait = 60

/** The routes of operations: the list of one's own, status, failures, events, cancellation. */
export function mountOperations (
  app: FastifyInstance,
  operations: Operations,
  { prefix, authorize, maxStreams, heartbeatSeconds }: OperationRoutesOptions
): void {
  const error = prepareErrors(app)
  const streams = new StreamLimit(maxStreams)
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  const show = (operation: Operation): OperationStatus => statusOf(operation, `${prefix}/${operation.id}`)
  const answer = (reply: FastifyReply, operation: Operation): OperationStatus => {
    const seconds = retryAfterOf(operation)
    if (seconds !== null) reply.header('retry-after', String(seconds))
    reply.header('etag', tagOf(operation))
    return show(operation)
  }
  /** Operations of others do not exist for a request. */
  const find = async (request: FastifyRequest): Promise<Operation> => {
    const { id } = request.params as Params
    const operation = await operations.get(id)
    if (operation !== null && (isOwn(operation) || (await authorize(request, operation)))) return operation
    throw new CommonsError('object_not_found', { params: { model: 'Operation', key: 'id', value: id } })
  }
  const schemaOf = (summary: string, status: number, data: object): object => ({
    schema: {
      tags: ['Operations'],
      summary,
      response: { [status]: data, 400: error, 401: error, 404: error }
    }
  })

  app.get('/', schemaOf('List my operations, the newest first', 200, operationListSchema), async (request, reply) => {
    const owner = ownerOf(currentActor())
    if (owner === null) throw new CommonsError('unauthorized')
    const query = readOperationList(request.query as Query, owner)
    const found = await operations.list({ ...query, limit: query.limit + 1 })
    const page = found.slice(0, query.limit)
    describeReply(reply, { message: 'Operations retrieved successfully' })
    return { results: page.map(show), next_cursor: found.length > page.length ? cursorOf(page.at(-1)!) : null }
  })

  app.get('/:id', schemaOf('Retrieve the state of an operation', 200, statusSchema), async (request, reply) => {
    const operation = await find(request)
    const seconds = readWait(request.query as Query)
    const settled = seconds === 0 ? operation : ((await operations.settled(operation.id, seconds)) ?? operation)
    describeReply(reply, { message: 'Operation retrieved successfully' })
    const status = answer(reply, settled)
    return request.headers['if-none-match'] === tagOf(settled) ? reply.code(304).send() : status
  })

  app.get(
    '/:id/results',
    schemaOf('List the items that could not be written', 200, failureListSchema),
    async (request, reply) => {
      const { id } = await find(request)
      const { after, limit } = readFailurePage(request.query as Query)
      const found = await operations.store.failures(id, after, limit + 1)
      const results = found.slice(0, limit)
      describeReply(reply, { message: 'Failed items retrieved successfully' })
      return { results, next_after: found.length > limit ? results.at(-1)!.index : null }
    }
  )

  app.post('/:id/retry', schemaOf('Retry the failed items', 202, statusSchema), async (request, reply) => {
    const operation = await retryOperation(operations, await find(request))
    describeReply(reply, { message: 'The operation was accepted' })
    reply.code(202).header('location', show(operation).links.self)
    return answer(reply, operation)
  })

  app.delete('/:id', schemaOf('Cancel an operation', 202, statusSchema), async (request, reply) => {
    const { id, state } = await find(request)
    await operations.cancel(id)
    const operation = await find(request)
    describeReply(reply, {
      message: isFinal(state) ? 'The operation had ended before' : 'The operation is being cancelled'
    })
    reply.code(isFinal(operation.state) ? 200 : 202)
    return answer(reply, operation)
  })

  app.get('/:id/events', schemaOf('Watch an operation by Server-Sent Events', 200, {}), async (request, reply) => {
    const operation = await find(request)
    const leave = streams.enter(ownerOf(currentActor()) ?? request.ip)
    const gone = new AbortController()
    reply.raw.once('close', () => {
      gone.abort()
      leave()
    })
    const states = operations.watch(operation.id, gone.signal)
    const lastId = request.headers['last-event-id']
    const known = typeof lastId === 'string' ? lastId : undefined
    reply.header('cache-control', 'no-store, no-transform').header('x-accel-buffering', 'no').type('text/event-stream')
    return reply.send(Readable.from(operationEvents(states, { lastId: known, heartbeatSeconds, show })))
  })
}

/** Those of anonymous requests are reached by their ids, which cannot be guessed. */
function isOwn ({ owner }: Operation): boolean {
  return owner === null || owner === ownerOf(currentActor())
}

function tagOf ({ sequence }: Operation): string {
  return `"${sequence}"`
}

function readWait ({ wait = '0' }: Query): number {
  if (typeof wait !== 'string' || !/^\d{1,5}$/.test(wait)) {
    throw new CommonsError('invalid_parameter', {
      params: { parameter: 'wait', problem: 'must be a number of seconds' }
    })
  }
  return Math.min(Number(wait), longestWait)
}
