import { EventEmitter, once } from 'node:events'
import { PrismaPg } from '@prisma/adapter-pg'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { Pool } from 'pg'
import t from 'tap'
import { currentActor, runAs } from 'fastify-prisma-commons/actor'
import type { Actor } from 'fastify-prisma-commons/actor'
import currentUser from 'fastify-prisma-commons/current-user'
import { commons } from 'fastify-prisma-commons/extension'
import prismaPlugin from 'fastify-prisma-commons/prisma'
import type { PrismaOptions } from 'fastify-prisma-commons/prisma'
import type { Metadata } from '../../lib/model/meta.js'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const { connectionString: url, pool, kind } = await createDatabase(t)

function createClient (connectionString: string): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 1, connectionTimeoutMillis: 5000 }) })
}

/** A client whose queries tell who ran them. */
function createObserver () {
  const actors: Array<Actor | null> = []
  const client = createClient(url).$extends({
    query: {
      async $queryRawUnsafe ({ args, query }) {
        actors.push(currentActor())
        return query(args)
      }
    }
  })
  return { client, actors }
}

await t.test('the client is app.prisma, connected when the server is ready', async t => {
  const app = fastify()
  t.after(() => app.close())
  const { client, actors } = createObserver()
  await app.register(prismaPlugin, { client })
  t.equal(app.prisma, client)
  t.strictSame(actors, [], 'nothing is asked before the start')
  await app.ready()
  t.strictSame(actors, [null], 'one sign of life')
  t.strictSame(await app.prisma.$queryRawUnsafe('SELECT 1 AS one'), [{ one: 1 }])
})

await t.test('a database that does not answer fails the start with its reason', async t => {
  const start = async (connectionString: string) => {
    const app = fastify()
    t.after(() => app.close())
    await app.register(prismaPlugin, { client: createClient(connectionString) })
    await app.ready()
  }
  const closedPort = new URL(url)
  closedPort.port = '1'
  await t.rejects(start(closedPort.href), {
    name: 'CommonsError',
    code: 'database_unavailable',
    status: 503,
    message: /^The database does not answer: .*Can't reach database server at [\w.]+:1/,
    cause: { name: 'PrismaClientKnownRequestError' }
  })
})

await t.test('with connect: false the start does not wait for the database', async t => {
  const app = fastify()
  t.after(() => app.close())
  await app.register(prismaPlugin, {
    client: createClient('postgres://postgres@127.0.0.1:1/postgres'),
    connect: false
  })
  await t.resolves(async () => {
    await app.ready()
  })
})

await t.test('closing the server ends the connections after the last request, unless told not to', async t => {
  for (const disconnect of [true, false]) {
    const app = fastify()
    const pool = new Pool({ connectionString: url, max: 1 })
    t.after(() => (pool.ended ? undefined : pool.end()))
    const client = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }) })
    await app.register(prismaPlugin, { client, disconnect })
    const events = new EventEmitter()
    app.addHook('preClose', async () => {
      events.emit('closing')
    })
    app.get('/', async (_request, reply) => {
      reply.header('connection', 'close')
      const closing = once(events, 'closing')
      events.emit('started')
      await closing
      return { rows: await client.$queryRawUnsafe('SELECT 1 AS one'), ended: pool.ended }
    })
    const address = await app.listen({ port: 0, host: '127.0.0.1' })
    const started = once(events, 'started')
    const response = fetch(address)
    await started
    await app.close()
    t.strictSame(await (await response).json(), { rows: [{ one: 1 }], ended: false })
    t.equal(pool.ended, disconnect)
  }
})

await t.test('a query of Prisma runs as the actor of the run it was returned from', async t => {
  const { client, actors } = createObserver()
  t.after(() => client.$disconnect())
  const alice: Actor = { id: 'alice' }
  const bob: Actor = { id: 'bob' }
  await runAs(alice, () => client.$queryRawUnsafe('SELECT 1'))
  await runAs(bob, async () => client.$queryRawUnsafe('SELECT 1'))
  await runAs(alice, () => runAs(bob, () => client.$queryRawUnsafe('SELECT 1')))
  t.strictSame(actors, [alice, bob, bob])
})

await t.test('options are checked at registration', async t => {
  const register = (options: object) => async () => {
    const app = fastify()
    t.after(() => app.close())
    await app.register(prismaPlugin, options as { client: PrismaClient })
  }
  await t.rejects(
    register({ prisma: createClient(url) }),
    new TypeError(
      'prisma: unknown option "prisma". Known: client, connect, disconnect, requireCurrentUser, defaults\n' +
        'prisma: option "client" is required: a Prisma client (with $connect, $disconnect, $queryRawUnsafe)'
    )
  )
  await t.rejects(
    register({ client: {}, connect: 'yes' }),
    new TypeError(
      'prisma: option "client" must be a Prisma client (with $connect, $disconnect, $queryRawUnsafe), not an object\n' +
        'prisma: option "connect" must be true or false, not "yes"'
    )
  )
})

await t.test(
  'a session in another time zone than UTC is warned of, since Prisma would store wrong instants',
  async t => {
    const warnings = async (timeZone: string): Promise<string[]> => {
      // The connections of the embedded database share one session, which takes no startup options.
      if (kind === 'pglite') await pool.query(`SET TIME ZONE '${timeZone}'`)
      const adapter = new PrismaPg({ connectionString: url, max: 1, options: `-c TimeZone=${timeZone}` })
      const lines: string[] = []
      const app = fastify({
        logger: {
          level: 'warn',
          stream: {
            write: (line: string) => {
              lines.push((JSON.parse(line) as { msg: string }).msg)
            }
          }
        }
      })
      await app.register(prismaPlugin, {
        client: new PrismaClient({ adapter }).$extends(commons({ metadata })),
        requireCurrentUser: false
      })
      await app.ready()
      await app.close()
      return lines
    }
    t.match(await warnings('Asia/Tokyo'), [/time zone Asia\/Tokyo.*options: '-c TimeZone=UTC'/])
    t.strictSame(await warnings('UTC'), [])
  }
)

await t.test('audit without the request user fails the start, whatever the order of registration', async t => {
  const extended = createClient(url).$extends(commons({ metadata }))
  t.after(() => extended.$disconnect())
  const start = async (prepare: (app: FastifyInstance) => Promise<void>): Promise<string> => {
    const app = fastify()
    t.after(() => app.close())
    await prepare(app)
    try {
      await app.ready()
    } catch (error) {
      return (error as Error).message
    }
    return 'ready'
  }
  const register =
    (client: PrismaOptions['client'], options: Omit<PrismaOptions, 'client'> = {}) =>
      async (app: FastifyInstance): Promise<void> => {
        await app.register(prismaPlugin, { client, connect: false, disconnect: false, ...options })
      }
  const audited = (audit: object): typeof extended => {
    const models = Object.entries(metadata.models).map(([name, model]) => [name, { ...model, features: audit }])
    return createClient(url).$extends(
      commons({ metadata: { ...metadata, models: Object.fromEntries(models) } as Metadata })
    ) as never
  }
  const missing =
    'prisma: who wrote the rows of Customer, Contract, Article, Shelf, Document needs the plugin ' +
    '"fastify-prisma-commons/current-user", which is not registered here: ' +
    "await app.register(import('fastify-prisma-commons/current-user')). Pass requireCurrentUser: false to the " +
    'plugin prisma if nobody is to stand in those columns'
  t.strictSame(
    {
      'without it': await start(register(extended)),
      'registered before': await start(async app => {
        await app.register(currentUser)
        await register(extended)(app)
      }),
      'registered after': await start(async app => {
        await register(extended)(app)
        await app.register(currentUser)
      }),
      'registered around': await start(async app => {
        await app.register(currentUser)
        await app.register(async scope => {
          await register(extended)(scope)
        })
      }),
      'registered within': await start(async app => {
        await register(extended)(app)
        await app.register(async scope => {
          await scope.register(async deeper => {
            await deeper.register(currentUser)
          })
        })
      }),
      'registered within, and before': await start(async app => {
        await app.register(async scope => {
          await scope.register(currentUser)
        })
        await register(extended)(app)
      }),
      'registered beside': await start(async app => {
        await app.register(async scope => {
          await scope.register(currentUser)
        })
        await app.register(async scope => {
          await register(extended)(scope)
        })
      }),
      'registered in another server': await start(async app => {
        await fastify().register(currentUser)
        await register(extended)(app)
      }),
      'switched off': await start(register(extended, { requireCurrentUser: false })),
      'a plain client': await start(register(createClient(url))),
      'no audit': await start(register(audited({}))),
      'audit of times alone': await start(
        register(
          audited({
            audit: {
              createdAt: 'id',
              updatedAt: 'id',
              createdBy: null,
              updatedBy: null,
              deletedBy: null,
              restoredBy: null
            }
          })
        )
      ),
      'a field of the request user': (
        await start(register(audited({ currentUser: [{ field: 'id', on: 'create' }] })))
      ).slice(0, 36)
    },
    {
      'without it': missing,
      'registered before': 'ready',
      'registered after': 'ready',
      'registered around': 'ready',
      'registered within': 'ready',
      'registered within, and before': 'ready',
      'registered beside': missing,
      'registered in another server': missing,
      'switched off': 'ready',
      'a plain client': 'ready',
      'no audit': 'ready',
      'audit of times alone': 'ready',
      'a field of the request user': 'prisma: who wrote the rows of User, '
    }
  )
})
