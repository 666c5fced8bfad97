import t, { type Test } from 'tap'
import { commons } from 'fastify-prisma-commons/extension'
import { metadata } from '../../prisma/generated/metadata.js'
import { createDatabase } from '../helpers/database.js'
import { failureOf, itemsOf, type Failure } from '../helpers/failure.js'
import { watchStatements } from '../helpers/statements.js'

const { prisma: plain, pool, query } = await createDatabase(t)
const statementsOf = watchStatements(pool)
const prisma = plain.$extends(commons({ metadata, chunkRows: 3 }))
const on = 'contractNumber_year'
const contract = (number: number, values: object = {}) => ({
  contractNumber: `N-${number}`,
  year: 2026,
  amount: '10.00',
  ...values
})

t.beforeEach(async () => {
  await query(
    'TRUNCATE users, customers, contracts, tags, articles, comments, tokens, "org memberships", badges, "Category" ' +
      'RESTART IDENTITY CASCADE'
  )
})

/** The failure of a call that must not reach the database. */
async function refusalOf (t: Test, work: () => PromiseLike<unknown>): Promise<Failure> {
  let failure: Failure | undefined
  t.strictSame(
    await statementsOf(async () => {
      failure = await failureOf(work())
    }),
    [],
    'no statement ran'
  )
  return failure!
}

await t.test('items are checked before any SQL, all of them', async t => {
  await t.test('names that the model does not have', async t => {
    const polluted = JSON.parse(
      '{ "slug": "p", "name": "p", "__proto__": { "admin": true }, "constructor": 1, "toString": 2 }'
    )
    const data = [
      { slug: 'a', name: 'a', nam: 1 },
      { slug: 'b', name: 'b', contracts: { create: [] } },
      polluted,
      { slug: 'c', name: 'c', unknown: undefined },
      { slug: 'd', name: 'd', 'na"me': 1, xyzxyzxyzxyz: 2 }
    ]
    const wanted = [
      '0 nam unknown_field: Unknown field "nam". Did you mean "name"?',
      '1 contracts unknown_field: Unknown field "contracts". Bulk rows carry no nested relations',
      '2 __proto__ unknown_field: Unknown field "__proto__". Known: id, slug, name',
      '2 constructor unknown_field: Unknown field "constructor". Known: id, slug, name',
      '2 toString unknown_field: Unknown field "toString". Known: id, slug, name',
      '4 na"me unknown_field: Unknown field "na"me". Did you mean "name"?',
      '4 xyzxyzxyzxyz unknown_field: Unknown field "xyzxyzxyzxyz". Known: id, slug, name'
    ]
    t.strictSame(itemsOf(await refusalOf(t, () => prisma.tag.bulkCreate({ data }))), wanted)
    t.strictSame(itemsOf(await refusalOf(t, () => prisma.tag.bulkUpsert({ data, on: 'slug' }))), wanted)
    t.strictSame(
      itemsOf(
        await refusalOf(t, () =>
          prisma.tag.bulkUpdate({ data: data.map((row, id) => ({ where: { id }, data: row })) })
        )
      ),
      wanted
    )
    t.strictSame(
      itemsOf(
        await refusalOf(t, () =>
          prisma.contract.bulkCreate({ data: [contract(1, { customer: { connect: { id: 1 } } })] })
        )
      ),
      ['0 customer unknown_field: Unknown field "customer". Write the relation by its key: customerId']
    )
  })

  await t.test('what an item inherits is none of its values', async t => {
    class Named {
      get name () {
        return 'inherited'
      }
    }
    const row = Object.assign(new Named(), { slug: 'a', extra: 1 })
    t.strictSame(
      itemsOf(
        await refusalOf(t, () =>
          prisma.tag.bulkCreate({ data: [row, Object.assign(Object.create(null), { slug: 'b', name: 'b' })] })
        )
      ),
      [
        '0 extra unknown_field: Unknown field "extra". Known: id, slug, name',
        '0 name required: This field is required'
      ]
    )
  })

  await t.test('what is no object', async t => {
    const data = [null, undefined, 1, 'x', [], { slug: 'a', name: 'a' }, () => 1] as never[]
    const wanted = [0, 1, 2, 3, 4, 6].map(index => `${index} - invalid_type: Expected an object`)
    t.strictSame(itemsOf(await refusalOf(t, () => prisma.tag.bulkCreate({ data }))), wanted)
    t.strictSame(
      itemsOf(
        await refusalOf(t, () =>
          prisma.tag.bulkUpdate({ data: data.map((row, id) => ({ where: { id: id + 1 }, data: row })) })
        )
      ),
      wanted
    )
    t.strictSame(
      itemsOf(
        await refusalOf(t, () =>
          prisma.tag.bulkReplace({ data: data.map((row, id) => ({ where: { id: id + 1 }, data: row })) })
        )
      ),
      wanted
    )
    t.strictSame(
      itemsOf(
        await refusalOf(t, () =>
          prisma.tag.bulkUpsert({ data: [null, { slug: 'a', name: 'a' }] as never[], on: 'slug' })
        )
      ),
      [
        '0 slug missing_unique_field: The field "slug" of the unique constraint is required and may not be null',
        '0 - invalid_type: Expected an object'
      ]
    )
    t.strictSame(
      itemsOf(
        await refusalOf(t, () => prisma.tag.bulkUpdate({ data: [null, { where: { id: 1 }, data: {} }] as never[] }))
      ),
      [
        '0 id missing_unique_field: The field "id" of the unique constraint is required and may not be null',
        '0 - invalid_type: Expected an object'
      ]
    )
  })

  await t.test('required fields and nulls', async t => {
    const data = [
      { contractNumber: null, year: undefined, amount: null },
      contract(1, { status: null, note: null })
    ] as never[]
    t.strictSame(itemsOf(await refusalOf(t, () => prisma.contract.bulkCreate({ data }))), [
      '0 contractNumber not_null: This field may not be null',
      '0 amount not_null: This field may not be null',
      '0 year required: This field is required',
      '1 status not_null: This field may not be null'
    ])
    t.strictSame(
      itemsOf(
        await refusalOf(t, () =>
          prisma.contract.bulkUpsert({
            data: [contract(1), { contractNumber: null, year: 1, amount: 1 }, { amount: 1 }] as never[],
            on
          })
        )
      ),
      [
        '1 contractNumber missing_unique_field: The field "contractNumber" of the unique constraint is required ' +
          'and may not be null',
        '1 contractNumber not_null: This field may not be null',
        '2 contractNumber missing_unique_field: The field "contractNumber" of the unique constraint is required ' +
          'and may not be null',
        '2 year missing_unique_field: The field "year" of the unique constraint is required and may not be null'
      ]
    )
  })

  await t.test('keys that stand twice', async t => {
    const twice = '0 - duplicate_key: Duplicate contractNumber, year at indexes 0, 3'
    const data = [
      contract(1, { externalRef: 'a' }),
      contract(2, { externalRef: 'b' }),
      contract(3, { externalRef: null }),
      contract(1),
      contract(4, { externalRef: 'b' }),
      contract(5, { externalRef: null })
    ]
    t.strictSame(itemsOf(await refusalOf(t, () => prisma.contract.bulkCreate({ data }))), [
      twice,
      '1 externalRef duplicate_key: Duplicate externalRef at indexes 1, 4',
      twice.replace('0', '3'),
      '4 externalRef duplicate_key: Duplicate externalRef at indexes 1, 4'
    ])
    t.strictSame(itemsOf(await refusalOf(t, () => prisma.contract.bulkUpsert({ data, on }))), [
      twice,
      twice.replace('0', '3')
    ])
    t.strictSame(
      itemsOf(
        await refusalOf(t, () =>
          prisma.tag.bulkUpdate({ data: [7, 8, 7].map(id => ({ where: { id }, data: { name: 'x' } })) })
        )
      ),
      ['0 id duplicate_key: Duplicate id at indexes 0, 2', '2 id duplicate_key: Duplicate id at indexes 0, 2']
    )
    const many = await refusalOf(t, () =>
      prisma.tag.bulkUpsert({ data: Array.from({ length: 1500 }, () => ({ slug: 'x', name: 'x' })), on: 'slug' })
    )
    t.equal(many.details.length, 1000, 'an answer does not grow without end')
    t.match(many.details[999]!.message, /^Duplicate slug at indexes 0, 1, .*, 99$/)
  })

  await t.test('values that look alike are not the same key, values written in two ways are', async t => {
    const members = [
      { org: 'a', userId: 11 },
      { org: 'a1', userId: 1 },
      { org: '1:a', userId: 1 }
    ]
    t.equal((await prisma.membership.bulkCreate({ data: members })).created, 3)
    const id = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
    const article = (id: string, slug: string) => ({ id, slug, title: 't', content: 'c' })
    t.strictSame(
      itemsOf(
        await refusalOf(t, () =>
          prisma.article.bulkCreate({ data: [article(id, 'a'), article(id.toUpperCase(), 'b')] })
        )
      ),
      ['0 id duplicate_key: Duplicate id at indexes 0, 1', '1 id duplicate_key: Duplicate id at indexes 0, 1']
    )
    t.strictSame(
      itemsOf(
        await refusalOf(t, () =>
          prisma.tag.bulkCreate({
            data: [
              { slug: { toString: 1 }, name: 'x' },
              { slug: { toString: 1 }, name: 'y' }
            ] as never[]
          })
        )
      ),
      ['0 slug invalid_type: Expected a string', '1 slug invalid_type: Expected a string'],
      'what is no value is no key'
    )
  })

  await t.test('keys of a partial set may stand twice: the database knows which rows it holds for', async t => {
    const { created } = await prisma.token.bulkCreate({
      data: [{ email: 'a' }, { email: 'a', deletedAt: new Date() }]
    })
    t.equal(created, 2)
    t.match(await failureOf(prisma.token.bulkCreate({ data: [{ email: 'b' }, { email: 'b' }] })), {
      code: 'duplicate_key',
      details: [
        { index: 0, field: 'email' },
        { index: 1, field: 'email' }
      ]
    })
  })

  await t.test('a field that is named as what every object has is not named by all items', async t => {
    const tag = metadata.models.Tag
    const fields = tag.fields.map(field => (field.name === 'name' ? { ...field, name: 'toString' } : field))
    const client = plain.$extends(
      commons({ metadata: { ...metadata, models: { ...metadata.models, Tag: { ...tag, fields } } } })
    )
    const data = [{ slug: 'a' }, { slug: 'b', toString: 'b' }] as never[]
    t.strictSame(itemsOf(await refusalOf(t, () => client.tag.bulkCreate({ data }))), [
      '0 toString required: This field is required'
    ])
  })

  await t.test('selectors', async t => {
    const where = [
      { id: 1 },
      {},
      { id: null },
      { id: 'x' },
      { id: 1, slug: 'a' },
      { slug: 'a' },
      'x',
      { id: 1.5 },
      { id: 2 ** 40 }
    ] as never[]
    const wanted = [
      '1 id missing_unique_field: The field "id" of the unique constraint is required and may not be null',
      '2 id missing_unique_field: The field "id" of the unique constraint is required and may not be null',
      '2 id not_null: This field may not be null',
      '3 id invalid_type: Expected an integer',
      '4 slug unknown_field: Unknown field "slug". All items of this call are selected by id',
      '5 id missing_unique_field: The field "id" of the unique constraint is required and may not be null',
      '5 slug unknown_field: Unknown field "slug". All items of this call are selected by id',
      '6 id missing_unique_field: The field "id" of the unique constraint is required and may not be null',
      '7 id invalid_type: Expected an integer',
      '8 id invalid_value: Expected an integer from -2147483648 to 2147483647'
    ]
    t.strictSame(itemsOf(await refusalOf(t, () => prisma.tag.bulkDelete({ where }))), wanted)
    const data = where.filter((_, i) => i !== 4).map(one => ({ where: one, data: {} }))
    t.equal((await refusalOf(t, () => prisma.tag.bulkUpdate({ data }))).details.length, wanted.length - 1)
    const compound = [
      { orgUser: { org: 'a', userId: 1 } },
      { orgUser: 'x' },
      { orgUser: { org: 'a' } },
      { orgUser: { org: 'a', userId: 2, level: 1 } }
    ] as never[]
    t.strictSame(itemsOf(await refusalOf(t, () => prisma.membership.bulkDelete({ where: compound }))), [
      '1 org missing_unique_field: The field "org" of the unique constraint is required and may not be null',
      '1 userId missing_unique_field: The field "userId" of the unique constraint is required and may not be null',
      '2 userId missing_unique_field: The field "userId" of the unique constraint is required and may not be null',
      '3 level unknown_field: Unknown field "level". All items of this call are selected by org, userId'
    ])
    t.strictSame(
      (await refusalOf(t, () => prisma.tag.bulkDelete({ where: [{ name: 'x' }] as never[] }))).message,
      '"name" is not a unique constraint of Tag. Unique constraints: id; slug'
    )
  })
})

await t.test('what the database refuses is told of its items', async t => {
  /** Two rows of each, whose values no message may tell. */
  t.beforeEach(async () => {
    await plain.customer.createMany({
      data: [
        { code: 'SECRET-1', name: 'SECRET' },
        { code: 'SECRET-2', name: 'SECRET' }
      ]
    })
    await plain.contract.createMany({
      data: [contract(1, { externalRef: 'SECRET-1', customerId: 1 }), contract(2, { externalRef: 'SECRET-2' })]
    })
  })

  async function told (work: PromiseLike<unknown>): Promise<{ code: string; status: number; items: string[] }> {
    const failure = await failureOf(work)
    const text = JSON.stringify([failure.message, failure.params, failure.details])
    if (/insert|update|select|SECRET-2|\$\d|constraint "/i.test(text.replaceAll('constraintFields', ''))) {
      throw new Error(`Tells too much: ${text}`)
    }
    return { code: failure.code, status: failure.status, items: itemsOf(failure) }
  }

  await t.test('a unique value that another row has', async t => {
    const taken = { code: 'unique_violation', status: 409 }
    const ref = 'externalRef unique_violation: Contract with this externalRef already exists'
    const pair = '- unique_violation: Contract with this contractNumber, year already exists'
    t.strictSame(
      await told(
        prisma.contract.bulkCreate({
          data: [contract(3), contract(4), contract(5), contract(6, { externalRef: 'SECRET-1' })]
        })
      ),
      { ...taken, items: [`3 ${ref}`] }
    )
    t.strictSame(
      await told(prisma.contract.bulkCreate({ data: [contract(3), contract(2), contract(4), contract(1)] })),
      { ...taken, items: [`1 ${pair}`, `3 ${pair}`] }
    )
    t.strictSame(
      await told(
        prisma.contract.bulkUpsert({
          data: [contract(1, { externalRef: 'SECRET-1' }), contract(3, { externalRef: 'SECRET-1' })],
          on
        })
      ),
      { ...taken, items: [`1 ${ref}`] },
      'an own value is not taken'
    )
    t.strictSame(
      await told(
        prisma.contract.bulkUpsert({
          data: [contract(2, { externalRef: 'SECRET-1' }), contract(3, { externalRef: 'new' })],
          on
        })
      ),
      { ...taken, items: [`0 ${ref}`] }
    )
    t.strictSame(
      await told(
        prisma.contract.bulkUpdate({
          data: [
            { where: { id: 1 }, data: { note: 'x' } },
            { where: { id: 2 }, data: { externalRef: 'SECRET-1' } }
          ]
        })
      ),
      { ...taken, items: [`1 ${ref}`] }
    )
    t.strictSame(
      await told(prisma.contract.bulkUpdate({ data: [{ where: { id: 2 }, data: { contractNumber: 'N-1' } }] })),
      { ...taken, items: [`0 ${pair}`] },
      'half of a pair'
    )
    t.strictSame(
      await told(
        prisma.token.bulkUpdate({ data: [{ where: { id: 'x' }, data: { email: 'x' } }] }).then(async () => {
          await plain.token.createMany({
            data: [
              { id: 'a', email: 'a' },
              { id: 'b', email: 'b' },
              { id: 'c', email: 'b', deletedAt: new Date() }
            ]
          })
          return await prisma.token.bulkUpdate({
            data: [
              { where: { id: 'c' }, data: { email: 'a' } },
              { where: { id: 'b' }, data: { email: 'a' } }
            ]
          })
        })
      ),
      {
        ...taken,
        items: [
          '0 email unique_violation: Token with this email already exists',
          '1 email unique_violation: Token with this email already exists'
        ]
      }
    )
    t.strictSame(
      (await plain.contract.findMany({ orderBy: { id: 'asc' } })).map(row => [row.id, row.externalRef, row.note]),
      [
        [1, 'SECRET-1', null],
        [2, 'SECRET-2', null]
      ],
      'nothing was written'
    )
  })

  await t.test('two items that claim one value which no row has', async t => {
    t.strictSame(
      await told(
        prisma.contract.bulkUpsert({
          data: [
            contract(7, { externalRef: 'n' }),
            contract(1, { externalRef: 'm' }),
            contract(8, { externalRef: 'n' })
          ],
          on
        })
      ),
      {
        code: 'duplicate_key',
        status: 400,
        items: [0, 2].map(index => `${index} externalRef duplicate_key: Duplicate externalRef at indexes 0, 2`)
      }
    )
  })

  await t.test('a reference to a row that does not exist', async t => {
    const missing = { code: 'foreign_key_not_found', status: 400 }
    const item = (index: number, id: number): string =>
      `${index} customerId foreign_key_not_found: No Customer with id ${id}`
    t.strictSame(
      await told(
        prisma.contract.bulkCreate({
          data: [3, 4, 5, 6].map(number => contract(number, { customerId: number - 3 || null }))
        })
      ),
      { ...missing, items: [item(3, 3)] }
    )
    t.strictSame(
      await told(
        prisma.contract.bulkUpsert({ data: [contract(1, { customerId: 8 }), contract(9, { customerId: 9 })], on })
      ),
      { ...missing, items: [item(0, 8), item(1, 9)] }
    )
    t.strictSame(
      await told(
        prisma.contract.bulkUpdate({
          data: [
            { where: { id: 1 }, data: { note: 'x' } },
            { where: { id: 2 }, data: { customerId: 9 } }
          ]
        })
      ),
      { ...missing, items: [item(1, 9)] }
    )
    t.strictSame(await told(prisma.badge.bulkCreate({ data: [{ org: 'o', userId: 1, label: 'x' }] })), {
      ...missing,
      items: ['0 org foreign_key_not_found: No Membership with org, userId o, 1']
    })
    t.strictSame(
      await told(
        prisma.category.bulkCreate({
          data: [
            { id: 1, name: 'a' },
            { id: 2, name: 'b', parentId: 1 },
            { id: 3, name: 'c', parentId: 77 }
          ]
        })
      ),
      {
        ...missing,
        items: ['2 parentId foreign_key_not_found: No Category with id 77']
      },
      'a row of the same request may be referred to'
    )
    await query('ALTER TABLE contracts RENAME CONSTRAINT contracts_customer_id_fkey TO "a name of its own"')
    t.strictSame(
      await told(prisma.contract.bulkCreate({ data: [contract(3, { customerId: 99 })] })),
      { ...missing, items: [item(0, 99)] },
      'the constraint has another name'
    )
    await query('ALTER TABLE contracts RENAME CONSTRAINT "a name of its own" TO contracts_customer_id_fkey')
  })

  await t.test('a row that others refer to', async t => {
    const held = { code: 'foreign_key_restricted', status: 409 }
    t.strictSame(await told(prisma.customer.bulkDelete({ where: [{ id: 2 }, { id: 1 }] })), {
      ...held,
      items: ['1 id foreign_key_restricted: Other rows still refer to this Customer']
    })
    t.equal(await plain.customer.count(), 2)
    t.strictSame(
      await told(prisma.customer.bulkDelete({ where: [{ code: 'SECRET-1' }] })),
      { ...held, items: ['0 code foreign_key_restricted: Other rows still refer to this Customer'] },
      'selected by another key'
    )
    await prisma.category.bulkCreate({ data: [{ name: 'root' }, { name: 'child', parentId: 1 }] })
    t.strictSame(await told(prisma.category.bulkDelete({ where: [{ id: 1 }] })), {
      ...held,
      items: ['0 id foreign_key_restricted: Other rows still refer to this Category']
    })
  })

  await t.test('rules that only the database knows', async t => {
    await query('ALTER TABLE tags ADD CONSTRAINT short CHECK (length(name) < 5)')
    t.strictSame(await told(prisma.tag.bulkCreate({ data: [{ slug: 'a', name: 'too long' }] })), {
      code: 'check_violation',
      status: 400,
      items: []
    })
    await query('ALTER TABLE tags DROP CONSTRAINT short')
    await query('ALTER TABLE contracts ALTER note SET NOT NULL').catch(async () => {
      await query("UPDATE contracts SET note = ''")
      await query('ALTER TABLE contracts ALTER note SET NOT NULL')
    })
    const failure = await failureOf(prisma.contract.bulkCreate({ data: [contract(3)] }))
    t.strictSame([failure.code, failure.status, failure.message], ['not_null', 400, 'note may not be null'])
    await query('ALTER TABLE contracts ALTER note DROP NOT NULL')
    await query('ALTER TABLE tags ALTER name TYPE varchar(3)')
    t.strictSame(await told(prisma.tag.bulkCreate({ data: [{ slug: 'a', name: 'SECRET-2' }] })), {
      code: 'invalid_value',
      status: 400,
      items: []
    })
    await query('ALTER TABLE tags ALTER name TYPE text')
  })

  await t.test('a constraint of another table, that a trigger breaks, is not blamed on an item', async t => {
    await query(
      'CREATE FUNCTION note_tag() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO customers (code, name, ' +
        "updated_at) VALUES ('SECRET-2', 'x', now()); RETURN NEW; END $$"
    )
    await query('CREATE TRIGGER note_tag AFTER INSERT ON tags FOR EACH ROW EXECUTE FUNCTION note_tag()')
    const failure = await failureOf(prisma.tag.bulkCreate({ data: [{ slug: 'a', name: 'a' }] }))
    t.strictSame(
      [failure.code, failure.message, failure.details],
      ['unique_violation', 'Customer with this code already exists', []]
    )
    await query('DROP TRIGGER note_tag ON tags')
  })

  await t.test('inside a transaction of the caller, which has ended, without a look-up', async t => {
    const failure = await failureOf(
      prisma.$transaction(async tx => await tx.contract.bulkCreate({ data: [contract(3, { customerId: 99 })] }))
    )
    t.strictSame(
      [failure.code, failure.message],
      ['foreign_key_not_found', 'The Customer that customerId names does not exist']
    )
  })
})
