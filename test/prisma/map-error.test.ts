import t from 'tap'
import pg from 'pg'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  PrismaClientKnownRequestError,
  PrismaClientUnknownRequestError,
  PrismaClientInitializationError
} from '@prisma/client/runtime/client'
import { CommonsError } from 'fastify-prisma-commons/errors'
import { mapError } from 'fastify-prisma-commons/extension'
import { Registry } from '../../lib/model/registry.js'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'

const { kind, connectionString, prisma, pool, query } = await createDatabase(t)
const registry = new Registry(metadata)

async function errorOf (work: PromiseLike<unknown>): Promise<unknown> {
  return await Promise.resolve(work).then(
    () => new Error('it did not fail'),
    (error: unknown) => error
  )
}

/** `status code: message {params}` of what an error is mapped to. */
function told (error: unknown, known: Registry | undefined = registry): string | undefined {
  const mapped = mapError(error, known)
  if (mapped === undefined) return undefined
  if (!(mapped instanceof CommonsError) || mapped.cause !== error) {
    throw new Error("Prisma's own error is not the cause")
  }
  return `${mapped.status} ${mapped.code}: ${mapped.message} ${JSON.stringify(mapped.params)}`
}

await query('ALTER TABLE tags ADD CONSTRAINT short CHECK (length(name) < 9)')
await query("ALTER TABLE tags ADD CONSTRAINT alone EXCLUDE (name WITH =) WHERE (slug LIKE 'alone%')")
const customer = await prisma.customer.create({ data: { code: 'SECRET', name: 'x' } })
await prisma.contract.create({ data: { contractNumber: 'SECRET', year: 1, amount: 1, customerId: customer.id } })
await prisma.tag.create({ data: { slug: 'alone 1', name: 'same' } })

await t.test('failures of a real database', async t => {
  const contract = { contractNumber: 'other', year: 1, amount: 1 }
  const failures: Readonly<Record<string, readonly [work: () => PromiseLike<unknown>, wanted: string]>> = {
    'unique, one field': [
      () => prisma.customer.create({ data: { code: 'SECRET', name: 'y' } }),
      '409 unique_violation: Customer with this code already exists ' +
        '{"model":"Customer","fields":["code"],"constraintFields":["code"]}'
    ],
    'unique, two fields, mapped columns': [
      () => prisma.contract.create({ data: { ...contract, contractNumber: 'SECRET' } }),
      '409 unique_violation: Contract with this contractNumber, year already exists ' +
        '{"model":"Contract","fields":["contractNumber","year"],"constraintFields":["contractNumber","year"]}'
    ],
    'unique, raw': [
      () => prisma.$executeRaw`INSERT INTO customers (code, name, updated_at) VALUES ('SECRET', 'y', now())`,
      '409 unique_violation: Customer with this code already exists ' +
        '{"model":"Customer","fields":["code"],"constraintFields":["code"]}'
    ],
    'unique, in a nested write': [
      () => prisma.contract.create({ data: { ...contract, customer: { create: { code: 'SECRET', name: 'y' } } } }),
      '409 unique_violation: Customer with this code already exists ' +
        '{"model":"Customer","fields":["code"],"constraintFields":["code"]}'
    ],
    exclusion: [
      () => prisma.tag.create({ data: { slug: 'alone 2', name: 'same' } }),
      '409 unique_violation: Tag with this value already exists ' +
        '{"model":"Tag","fields":["value"],"constraintFields":[]}'
    ],
    'foreign key, insert': [
      () => prisma.contract.create({ data: { ...contract, customerId: 77 } }),
      '400 foreign_key_not_found: The Customer that customerId names does not exist ' +
        '{"model":"Customer","key":"id","constraintFields":["customerId"]}'
    ],
    'foreign key, insert, raw': [
      () => prisma.$executeRaw`INSERT INTO badges (org, "userId", label) VALUES ('SECRET', 1, 'x')`,
      '400 foreign_key_not_found: The Membership that org, userId names does not exist ' +
        '{"model":"Membership","key":["org","userId"],"constraintFields":["org","userId"]}'
    ],
    'foreign key, delete': [
      () => prisma.customer.delete({ where: { id: customer.id } }),
      '409 foreign_key_restricted: Other rows still refer to this Customer ' +
        '{"model":"Customer","referring":"Contract","constraintFields":["customerId"]}'
    ],
    'foreign key, delete, raw': [
      () => prisma.$executeRaw`DELETE FROM customers`,
      '409 foreign_key_restricted: Other rows still refer to this Customer ' +
        '{"model":"Customer","referring":"Contract","constraintFields":["customerId"]}'
    ],
    'not null, raw': [
      () => prisma.$executeRaw`INSERT INTO contracts (contract_number, year, amount) VALUES ('SECRET', 2, 1)`,
      '400 not_null: updatedAt may not be null {"model":"Contract","constraintFields":["updatedAt"]}'
    ],
    'too long': [
      () => prisma.specimen.create({ data: { code: 'x', short: 'SECRET' } }),
      '400 invalid_value: The database refuses this value {"problem":"The database refuses this value"}'
    ],
    'out of range': [
      () => prisma.$queryRaw`SELECT 99999999999::text::integer`,
      '400 invalid_value: The database refuses this value {"problem":"The database refuses this value"}'
    ],
    'no uuid': [
      () => prisma.$queryRaw`SELECT 'SECRET'::text::uuid`,
      '400 invalid_value: The database refuses this value {"problem":"The database refuses this value"}'
    ],
    check: [
      () => prisma.tag.create({ data: { slug: 'x', name: 'SECRET is too long' } }),
      '400 check_violation: A database constraint rejected this value {}'
    ],
    'not found': [
      () => prisma.customer.update({ where: { id: 77 }, data: { name: 'y' } }),
      '404 object_not_found: No such Customer {"model":"Customer"}'
    ],
    'one row twice in a statement': [
      () =>
        prisma.$executeRaw`INSERT INTO tags (slug, name) VALUES ('b', 'b'), ('b', 'c') ON CONFLICT (slug) DO UPDATE SET name = excluded.name`,
      '400 duplicate_key: Two items of the request select the same row {}'
    ],
    'arguments that Prisma refuses': [
      () => prisma.tag.create({ data: { nope: 'SECRET' } as never }),
      '400 validation_failed: The request is not valid {}'
    ],
    'SQL that is wrong': [
      () => prisma.$queryRawUnsafe("SELECT * FROM nowhere WHERE 'SECRET' = $1", 'SECRET'),
      '500 internal_error: Internal server error {}'
    ],
    'a transaction that took too long': [
      () =>
        prisma.$transaction(
          async tx => {
            await tx.$queryRaw`SELECT 1 FROM pg_sleep(0.3)`
            await tx.$queryRaw`SELECT 2 AS "SECRET"`
          },
          { timeout: 50 }
        ),
      '503 database_unavailable: The database is not available {}'
    ]
  }
  for (const [name, [work, wanted]] of Object.entries(failures)) {
    const message = told(await errorOf(work()))
    t.equal(message, wanted, name)
    t.notMatch(message, /SECRET/)
  }
})

await t.test(
  "sessions in each other's way, and statements that take too long",
  { skip: kind === 'pglite' && 'PGlite has one session' },
  async t => {
    await prisma.tag.createMany({
      data: [
        { slug: 'left', name: 'x' },
        { slug: 'right', name: 'x' }
      ]
    })
    const crosswise = async (
      first: string,
      second: string,
      arrived: () => void,
      other: Promise<void>
    ): Promise<unknown> =>
      errorOf(
        prisma.$transaction(
          async tx => {
            await tx.$executeRaw`UPDATE tags SET name = 'y' WHERE slug = ${first}`
            arrived()
            await other
            await tx.$executeRaw`UPDATE tags SET name = 'y' WHERE slug = ${second}`
          },
          { timeout: 30_000 }
        )
      )
    let first = (): void => {}
    let second = (): void => {}
    const [one, two] = [
      new Promise<void>(resolve => {
        first = resolve
      }),
      new Promise<void>(resolve => {
        second = resolve
      })
    ]
    const errors = await Promise.all([crosswise('left', 'right', first, two), crosswise('right', 'left', second, one)])
    t.strictSame(
      errors.map(error => told(error)).filter(text => text !== undefined),
      ['409 write_conflict: The row was changed by another request. Retry. {}']
    )
    const slow = await errorOf(
      prisma.$transaction(async tx => {
        await tx.$executeRaw`SET LOCAL statement_timeout = 20`
        await tx.$queryRaw`SELECT 1 FROM pg_sleep(10)`
      })
    )
    t.equal(told(slow), '503 database_timeout: The database did not answer in time {}')
    const locked = await errorOf(
      prisma.$transaction(async tx => {
        await tx.$executeRaw`SELECT 1 FROM tags WHERE slug = 'left' FOR UPDATE`
        await prisma.$queryRaw`SELECT 1 FROM tags WHERE slug = 'left' FOR UPDATE NOWAIT`
      })
    )
    t.equal(told(locked), '503 database_timeout: The database did not answer in time {}')
  }
)

await t.test('no server, no database, a wrong address', async t => {
  const clientOf = (connectionString: string): PrismaClient =>
    new PrismaClient({ adapter: new PrismaPg({ connectionString, connectionTimeoutMillis: 2000 }) })
  const wrong = ['postgres://postgres@127.0.0.1:1/postgres', 'postgres://postgres@nowhere.invalid/postgres']
  if (kind === 'postgresql') {
    wrong.push(Object.assign(new URL(process.env['DATABASE_URL']!), { pathname: '/no_such_database' }).href)
  }
  for (const url of wrong) {
    const client = clientOf(url)
    t.equal(told(await errorOf(client.tag.count())), '503 database_unavailable: The database is not available {}', url)
    t.equal(
      told(await errorOf(client.$queryRaw`SELECT 1`)),
      '503 database_unavailable: The database is not available {}',
      url
    )
    await client.$disconnect()
  }
  const small = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 3000 })
  const crowded = new PrismaClient({ adapter: new PrismaPg(small) })
  const held = await small.connect()
  t.equal(
    told(await errorOf(crowded.tag.count())),
    '503 database_unavailable: The database is not available {}',
    'all connections are taken'
  )
  t.equal(
    told(await errorOf(crowded.$transaction(async tx => await tx.tag.count()))),
    '503 database_unavailable: The database is not available {}'
  )
  held.release()
  await small.end()
  t.equal(
    told(await errorOf(crowded.tag.count())),
    '503 database_unavailable: The database is not available {}',
    'the pool was ended'
  )
  const ended = new PrismaClient({ adapter: new PrismaPg(pool) })
  t.equal(
    told(await errorOf(ended.$queryRaw`SELECT 1 FROM pg_terminate_backend(pg_backend_pid())`)),
    kind === 'pglite' ? undefined : '503 database_unavailable: The database is not available {}'
  )
})

/** An error as Prisma makes it, of the given code. */
function known (code: string, meta: Record<string, unknown>): Error {
  return new PrismaClientKnownRequestError('SECRET', { code, meta, clientVersion: '7' })
}

/** With what an adapter tells of it. */
function driven (code: string, cause: Record<string, unknown>, meta: Record<string, unknown> = {}): Error {
  return known(code, {
    ...meta,
    driverAdapterError: Object.assign(new Error('SECRET'), { name: 'DriverAdapterError', cause })
  })
}

await t.test('the shapes of other versions, adapters and databases', t => {
  const pair =
    '409 unique_violation: Contract with this contractNumber, year already exists ' +
    '{"model":"Contract","fields":["contractNumber","year"],"constraintFields":["contractNumber","year"]}'
  const customer =
    '400 foreign_key_not_found: The Customer that customerId names does not exist ' +
    '{"model":"Customer","key":"id","constraintFields":["customerId"]}'
  const shapes: readonly (readonly [error: unknown, wanted: string | undefined])[] = [
    [known('P2002', { modelName: 'Contract', target: ['contract_number', 'year'] }), pair],
    [known('P2002', { modelName: 'Contract', target: ['contractNumber', 'year'] }), pair],
    [known('P2002', { modelName: 'Contract', target: 'contracts_contract_number_year_key' }), pair],
    [known('P2002', { target: 'contracts_contract_number_year_key' }), pair],
    [
      known('P2002', { modelName: 'Contract', target: 'unheard of' }),
      '409 unique_violation: Contract with this value already exists ' +
        '{"model":"Contract","fields":["value"],"constraintFields":[]}'
    ],
    [
      known('P2002', {}),
      '409 unique_violation: row with this value already exists ' +
        '{"model":"row","fields":["value"],"constraintFields":[]}'
    ],
    [
      known('P2002', { modelName: 'Stranger', target: ['x'] }),
      '409 unique_violation: Stranger with this x already exists ' +
        '{"model":"Stranger","fields":["x"],"constraintFields":["x"]}'
    ],
    [
      driven(
        'P2002',
        { kind: 'UniqueConstraintViolation', constraint: { fields: ['"contract_number"', '"year"'] } },
        { modelName: 'Contract' }
      ),
      pair
    ],
    [
      driven('P2010', {
        kind: 'UniqueConstraintViolation',
        constraint: { index: 'contracts_contract_number_year_key' },
        table: 'contracts'
      }),
      pair
    ],
    [
      driven('P2010', {
        kind: 'postgres',
        originalCode: '23505',
        originalMessage: 'duplicate key value violates unique constraint "contracts_contract_number_year_key"'
      }),
      pair
    ],
    [
      driven('P2010', { kind: 'UniqueConstraintViolation', constraint: { index: 'liveEmail' } }),
      '409 unique_violation: Token with this email already exists ' +
        '{"model":"Token","fields":["email"],"constraintFields":["email"]}'
    ],
    [
      driven('P2010', { kind: 'UniqueConstraintViolation', constraint: { index: 'category name is taken' } }),
      '409 unique_violation: Category with this name already exists ' +
        '{"model":"Category","fields":["name"],"constraintFields":["name"]}'
    ],
    [known('P2003', { modelName: 'Contract', field_name: 'contracts_customer_id_fkey (index)' }), customer],
    [known('P2003', { modelName: 'Contract', constraint: 'contracts_customer_id_fkey' }), customer],
    [
      known('P2003', { modelName: 'Contract' }),
      '400 foreign_key_not_found: A row that this one refers to does not exist {}'
    ],
    [
      driven(
        'P2003',
        { kind: 'ForeignKeyConstraintViolation', constraint: { fields: ['customer_id'] } },
        { modelName: 'Contract' }
      ),
      customer
    ],
    [
      driven(
        'P2003',
        { kind: 'ForeignKeyConstraintViolation', constraint: { foreignKey: {} } },
        { modelName: 'Contract' }
      ),
      '400 foreign_key_not_found: A row that this one refers to does not exist {}'
    ],
    [
      driven('P2003', { kind: 'RestrictViolation', constraint: { index: 'contracts_customer_id_fkey' } }),
      '409 foreign_key_restricted: Other rows still refer to this Customer ' +
        '{"model":"Customer","referring":"Contract","constraintFields":["customerId"]}'
    ],
    [
      driven('P2003', {
        kind: 'RestrictViolation',
        originalCode: '23001',
        originalMessage:
          'update or delete on table "customers" violates RESTRICT setting of foreign key constraint ' +
          '"contracts_customer_id_fkey" on table "contracts"'
      }),
      '409 foreign_key_restricted: Other rows still refer to this Customer ' +
        '{"model":"Customer","referring":"Contract","constraintFields":["customerId"]}'
    ],
    [
      driven(
        'P2011',
        { kind: 'NullConstraintViolation', constraint: { fields: ['customer_id'] } },
        { modelName: 'Contract' }
      ),
      '400 not_null: customerId may not be null {"model":"Contract","constraintFields":["customerId"]}'
    ],
    [known('P2011', {}), '400 not_null: This field may not be null {}'],
    [
      driven('P2010', { kind: 'TransactionWriteConflict', originalCode: '40001' }),
      '409 write_conflict: The row was changed by another request. Retry. {}'
    ],
    [known('P2034', {}), '409 write_conflict: The row was changed by another request. Retry. {}'],
    [known('P1001', {}), '503 database_unavailable: The database is not available {}'],
    [known('P2024', {}), '503 database_unavailable: The database is not available {}'],
    [driven('P1017', { kind: 'ConnectionClosed' }), '503 database_unavailable: The database is not available {}'],
    [
      driven('P2039', {
        kind: 'postgres',
        originalCode: '57P01',
        originalMessage: 'terminating connection due to administrator command'
      }),
      '503 database_unavailable: The database is not available {}'
    ],
    [driven('P2010', { kind: 'SocketTimeout' }), '503 database_timeout: The database did not answer in time {}'],
    [
      driven('P2039', { kind: 'postgres', originalCode: 'XX000', originalMessage: 'SECRET' }),
      '500 internal_error: Internal server error {}'
    ],
    [known('P9999', {}), '500 internal_error: Internal server error {}'],
    [
      new PrismaClientUnknownRequestError('SECRET', { clientVersion: '7' }),
      '500 internal_error: Internal server error {}'
    ],
    [new PrismaClientInitializationError('SECRET', '7'), '503 database_unavailable: The database is not available {}'],
    [
      Object.assign(new Error('SECRET'), { name: 'DriverAdapterError', cause: { kind: 'ValueOutOfRange' } }),
      '400 invalid_value: The database refuses this value {"problem":"The database refuses this value"}'
    ],
    [
      Object.assign(new Error('SECRET'), { code: 'ECONNRESET', syscall: 'read' }),
      '503 database_unavailable: The database is not available {}'
    ],
    [
      new Error('Client was closed and is not queryable'),
      '503 database_unavailable: The database is not available {}'
    ],
    [new Error('Connection terminated unexpectedly'), '503 database_unavailable: The database is not available {}'],
    // A copy of the client has classes of its own, with the same names.
    [
      Object.assign(new Error('SECRET'), {
        name: 'PrismaClientKnownRequestError',
        code: 'P2025',
        meta: { modelName: 'Tag' }
      }),
      '404 object_not_found: No such Tag {"model":"Tag"}'
    ],
    [
      Object.assign(new Error('SECRET'), { name: 'PrismaClientKnownRequestError', code: 'P2002', meta: null }),
      '409 unique_violation: row with this value already exists ' +
        '{"model":"row","fields":["value"],"constraintFields":[]}'
    ],
    [new Error('something else'), undefined],
    [new TypeError('x is not a function'), undefined],
    ['text', undefined],
    [null, undefined],
    [new CommonsError('forbidden'), undefined]
  ]
  shapes.forEach(([error, wanted], i) => t.equal(told(error), wanted, `${i} ${wanted}`))
  t.end()
})

await t.test('without metadata the columns stand for the fields', t => {
  t.equal(
    mapError(known('P2002', { modelName: 'Contract', target: ['contract_number'] }))?.message,
    'Contract with this contract_number already exists'
  )
  t.equal(
    mapError(
      driven('P2003', { kind: 'ForeignKeyConstraintViolation', constraint: { index: 'contracts_customer_id_fkey' } })
    )?.message,
    'A row that this one refers to does not exist'
  )
  t.end()
})
