import swagger from '@fastify/swagger'
import t from 'tap'
import {
  custom,
  dataToData,
  dataToId,
  dataToStr,
  flexible,
  idOnly,
  idToData,
  idToStr,
  manyDataToId,
  manyFlexible,
  manyIdOnly,
  manyIdToData,
  manyStrOnly,
  manyStrToData,
  readOnlyCustom,
  readOnlyData,
  readOnlyId,
  readOnlyStr,
  relation,
  strOnly,
  strToData,
  writeOnly
} from 'fastify-prisma-commons/bulk'
import type { RelationDefinition } from 'fastify-prisma-commons/bulk'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query, statements } = database

const one = { id: 1, code: 'D-1', name: 'One' }
const two = { id: 2, code: 'D-2', name: 'Two' }
const lookup = 'code'
const fresh = { code: 'D-9', name: 'Nine' }

/**
 * What an item says of its department, the department that is stored, and what the answer shows; or the error: `field
 * code: message`.
 */
type Case = readonly [input: unknown, stored: number | null, shown: unknown] | readonly [input: unknown, error: string]

const notId = 'an integer from -2147483648 to 2147483647'
const anId = `an id (${notId})`
const text = 'a code of Department'
const object = 'an object of Department'
const mistyped = (expected: string): string => `department invalid_type: Expected ${expected}`
const empty = 'department invalid_value: An empty text names no row'
const unknown = (key: string, value: unknown, field = 'department'): string =>
  `${field} foreign_key_not_found: No Department with ${key} ${String(value)}`

const forms: Readonly<Record<string, readonly [RelationDefinition, readonly Case[]]>> = {
  idToData: [
    idToData(),
    [
      [2, 2, two],
      ['2', 2, two],
      [two, 2, two],
      [null, null, null],
      [undefined, null, null],
      [7, unknown('id', 7)],
      ['x', mistyped(anId)],
      ['', empty],
      [true, mistyped(anId)],
      [[2], mistyped(anId)],
      [{ id: 7 }, unknown('id', 7)],
      [{ code: 'D-1' }, mistyped(anId)],
      [{ id: 'x' }, `department.id invalid_type: Expected ${notId}`],
      [1.5, `department invalid_type: Expected ${notId}`]
    ]
  ],
  idToStr: [
    idToStr(),
    [
      [2, 2, 'Two'],
      [null, null, null],
      [7, unknown('id', 7)]
    ]
  ],
  'idToStr, label': [idToStr({ label: ({ code, name }) => `${String(code)} ${String(name)}` }), [[2, 2, 'D-2 Two']]],
  idOnly: [
    idOnly(),
    [
      [2, 2, 2],
      ['1', 1, 1],
      [null, null, null],
      ['D-1', mistyped(anId)]
    ]
  ],
  'idToData, fields': [idToData({ fields: ['name'] }), [[2, 2, { name: 'Two' }]]],
  strToData: [
    strToData({ lookup }),
    [
      ['D-2', 2, two],
      [two, 2, two],
      [null, null, null],
      ['D-7', unknown('code', 'D-7')],
      [2, mistyped(text)],
      ['', empty],
      [false, mistyped(text)],
      [['D-1'], mistyped(text)]
    ]
  ],
  strOnly: [
    strOnly({ lookup }),
    [
      ['D-2', 2, 'D-2'],
      ['2', unknown('code', '2')]
    ]
  ],
  flexible: [
    flexible({ lookup }),
    [
      [2, 2, two],
      ['2', 2, two],
      ['D-1', 1, one],
      ['77', 3, { id: 3, code: '77', name: 'Digits' }],
      [two, 2, two],
      [{ code: 'D-1' }, 1, one],
      [null, null, null],
      [fresh, 4, { id: 4, ...fresh }],
      [7, unknown('id', 7)],
      ['7', unknown('id or code', 7)],
      ['D-7', unknown('code', 'D-7')],
      ['', empty],
      [true, mistyped(`${anId}, ${text} or ${object}`)],
      [[], mistyped(`${anId}, ${text} or ${object}`)],
      [{ id: 7, ...fresh }, unknown('id', 7)],
      [{ code: 'D-9' }, 'department.name required: This field is required'],
      [{ ...fresh, nme: 1 }, 'department.nme unknown_field: Unknown field "nme". Did you mean "name"?'],
      [{ code: 1, name: 'x' }, 'department.code invalid_type: Expected a string']
    ]
  ],
  dataToId: [
    dataToId({ lookup }),
    [
      [fresh, 4, 4],
      [2, 2, 2],
      [two, 2, 2],
      ['D-1', mistyped(`${anId} or ${object}`)]
    ]
  ],
  dataToStr: [
    dataToStr({ lookup, label: 'name' }),
    [
      [fresh, 4, 'Nine'],
      [1, 1, 'One']
    ]
  ],
  dataToData: [
    dataToData({ lookup }),
    [
      [fresh, 4, { id: 4, ...fresh }],
      [{ id: 2 }, 2, two],
      [{ code: 'D-2', name: 'Other' }, 2, two],
      [2, mistyped(object)]
    ]
  ],
  'dataToData, not created': [
    dataToData({ lookup, createIfNested: false }),
    [
      [fresh, unknown('code', 'D-9')],
      [two, 2, two],
      [{ name: 'x' }, 'department.code required: This field is required']
    ]
  ],
  'dataToData, updated': [
    dataToData({ lookup, updateIfExists: true }),
    [
      [{ code: 'D-2', name: 'Other' }, 2, { ...two, name: 'Other' }],
      [{ id: 1, name: 'Uno' }, 1, { ...one, name: 'Uno' }],
      [fresh, 4, { id: 4, ...fresh }]
    ]
  ],
  custom: [
    custom({ output: ({ name }, { email }) => `${String(name)} of ${String(email)}` }),
    [
      [2, 2, 'Two of a@x'],
      [fresh, 4, 'Nine of a@x'],
      [null, null, null]
    ]
  ],
  readOnlyId: [readOnlyId(), [[2, null, null]]],
  readOnlyStr: [readOnlyStr({ label: 'code' }), [['D-2', null, null]]],
  readOnlyData: [readOnlyData(), [[two, null, null]]],
  readOnlyCustom: [readOnlyCustom({ output: ({ name }) => name }), [[2, null, null]]],
  writeOnly: [writeOnly(), [[2, 2, undefined]]],
  relation: [
    relation({ write: ['id', 'text'], read: 'text', lookup, label: 'name' }),
    [
      ['D-2', 2, 'Two'],
      [1, 1, 'One'],
      [one, 1, 'One'],
      [{ code: 'D-2' }, 2, 'Two']
    ]
  ]
}

t.beforeEach(async () => {
  await query('TRUNCATE contracts, tags, customers, employees, departments, users, invoices RESTART IDENTITY CASCADE')
  await query("INSERT INTO departments (code, name) VALUES ('D-1', 'One'), ('D-2', 'Two'), ('77', 'Digits')")
  await query("INSERT INTO tags (slug, name) VALUES ('red', 'Red'), ('green', 'Green'), ('blue', 'Blue')")
  statements.length = 0
})

/** The findings of an error: `field code: message`. */
function told ({ details }: Readonly<Record<string, unknown>>): string {
  return (details as { pointer: string; code: string; message: string }[])
    .map(
      ({ pointer, code, message }) => `${pointer.replace(/^\/(\d+\/)?/, '').replaceAll('/', '.')} ${code}: ${message}`
    )
    .join('\n')
}

for (const [name, [department, cases]] of Object.entries(forms)) {
  await t.test(`${name}: what is given, stored and shown`, async t => {
    const app = await serve(
      t,
      database,
      {
        '/employees': {
          model: 'Employee',
          fields: ['id', 'email', 'firstName', 'lastName'],
          relations: { department }
        }
      },
      { crud: true }
    )
    const send = sender(app)
    for (const [input, ...expected] of cases) {
      await query('TRUNCATE employees RESTART IDENTITY')
      await query(
        "DELETE FROM departments WHERE id > 3; UPDATE departments SET name = 'One' WHERE id = 1; UPDATE " +
          "departments SET name = 'Two' WHERE id = 2; SELECT setval('departments_id_seq', 3)"
      )
      const { status, body } = await send('POST', '/employees', {
        email: 'a@x',
        firstName: 'A',
        lastName: 'B',
        department: input
      })
      const label = JSON.stringify(input)
      if (expected.length === 1) {
        t.strictSame([status, told(body)], [400, expected[0]], label)
        continue
      }
      const [stored, shown] = expected
      const row = {
        id: 1,
        email: 'a@x',
        firstName: 'A',
        lastName: 'B',
        ...(shown === undefined ? {} : { department: shown })
      }
      t.strictSame([status, body.data], [201, row], label)
      t.strictSame(await query('SELECT department_id FROM employees'), [{ department_id: stored }], label)
      t.strictSame((await send('GET', '/employees/1')).body.data, row, `${label} is read`)
      t.strictSame(
        (await send('GET', '/employees')).body.data,
        { count: 1, next: null, previous: null, results: [row] },
        `${label} is listed`
      )
      const back = await send('PATCH', '/employees', [(await send('GET', '/employees/1')).body.data])
      // A text is no id: the forms that show what they do not take say so.
      if (
        name !== 'idToStr' &&
        name !== 'idToStr, label' &&
        name !== 'dataToStr' &&
        name !== 'custom' &&
        name !== 'dataToId' &&
        name !== 'idToData, fields' &&
        !(name === 'relation')
      ) {
        t.strictSame([back.status, back.body.data], [200, [row]], `${label} is sent back`)
      }
    }
  })
}

await t.test('the key is taken under both names, and must name the same row', async t => {
  const app = await serve(t, database, {
    '/employees': {
      model: 'Employee',
      fields: ['id', 'email', 'firstName', 'lastName', 'departmentId'],
      relations: { department: flexible({ lookup }) }
    }
  })
  const send = sender(app)
  const employee = (email: string, fields: object): object => ({ email, firstName: 'A', lastName: 'B', ...fields })
  const { body } = await send('POST', '/employees', [
    employee('a', { departmentId: 2 }),
    employee('b', { department: 'D-2', departmentId: 2 }),
    employee('c', { department: one, departmentId: 1 }),
    employee('d', { departmentId: null })
  ])
  t.strictSame(
    (body.data as { departmentId: unknown }[]).map(row => row.departmentId),
    [2, 2, 1, null]
  )
  const refused = await send('POST', '/employees', [
    employee('e', { department: 'D-1', departmentId: 2 }),
    employee('f', { departmentId: 7 }),
    employee('g', { department: 'D-7' })
  ])
  t.strictSame(
    [refused.status, told(refused.body)],
    [
      400,
      [
        'department invalid_value: department and departmentId name different rows',
        unknown('id', 7, 'departmentId'),
        unknown('code', 'D-7')
      ].join('\n')
    ]
  )
})

await t.test('a batch of any size asks one query a relation, to write and to read', async t => {
  const app = await serve(t, database, {
    '/employees': { model: 'Employee', relations: { department: flexible({ lookup }) } }
  })
  const send = sender(app)
  const items = Array.from({ length: 300 }, (_, i) => ({
    email: `${i}@x`,
    firstName: 'A',
    lastName: 'B',
    department: [1, 'D-2', '77', { code: 'D-1' }, null][i % 5]
  }))
  const { body } = await send('POST', '/employees', items)
  t.strictSame(
    (body.data as { department: { id: number } | null }[]).slice(0, 5).map(row => row.department?.id),
    [1, 2, 3, 1, undefined]
  )
  t.equal(statements.length, 3, 'one look, one insert, one read')

  statements.length = 0
  const made = await send(
    'POST',
    '/employees',
    Array.from({ length: 200 }, (_, i) => ({
      email: `n${i}@x`,
      firstName: 'A',
      lastName: 'B',
      department: { code: `N-${i % 20}`, name: `N ${i % 20}` }
    }))
  )
  t.equal(made.status, 201)
  t.strictSame(
    await query(
      "SELECT count(*)::int, count(distinct department_id)::int AS departments FROM employees WHERE email LIKE 'n%'"
    ),
    [{ count: 200, departments: 20 }]
  )
  t.equal(statements.length, 4, 'one look, the departments, the employees, one read')
})

const many: Readonly<
  Record<
    string,
    readonly [
      RelationDefinition,
      readonly (readonly [input: unknown, stored: readonly number[] | string, shown?: unknown])[]
    ]
  >
> = {
  manyIdToData: [
    manyIdToData(),
    [
      [
        [1, '3'],
        [1, 3],
        [
          { id: 1, slug: 'red', name: 'Red' },
          { id: 3, slug: 'blue', name: 'Blue' }
        ]
      ],
      [[2, 2], [2], [{ id: 2, slug: 'green', name: 'Green' }]],
      [[], [], []],
      [null, [], []],
      [undefined, [], []],
      [[{ id: 2, slug: 'green', name: 'Green' }], [2], [{ id: 2, slug: 'green', name: 'Green' }]],
      [[1, 7, 8], 'tags.1 foreign_key_not_found: No Tag with id 7\ntags.2 foreign_key_not_found: No Tag with id 8'],
      [1, `tags invalid_type: Expected a list, each element ${anId}`],
      [[null], `tags.0 invalid_type: Expected ${anId}`],
      [[[1]], `tags.0 invalid_type: Expected ${anId}`],
      [[true, ''], `tags.0 invalid_type: Expected ${anId}\ntags.1 ${empty.slice('department '.length)}`]
    ]
  ],
  manyIdOnly: [
    manyIdOnly(),
    [
      [
        [3, 1],
        [1, 3],
        [1, 3]
      ]
    ]
  ],
  manyStrToData: [
    manyStrToData({ fields: ['slug'] }),
    [
      [
        ['blue', 'red'],
        [1, 3],
        [{ slug: 'red' }, { slug: 'blue' }]
      ],
      [['pink'], 'tags.0 foreign_key_not_found: No Tag with slug pink']
    ]
  ],
  manyStrOnly: [manyStrOnly(), [[['green'], [2], ['green']]]],
  manyFlexible: [
    manyFlexible(),
    [
      [
        [1, 'blue', { slug: 'green' }, { slug: 'pink', name: 'Pink' }],
        [1, 2, 3, 4],
        [
          { id: 1, slug: 'red', name: 'Red' },
          { id: 2, slug: 'green', name: 'Green' },
          { id: 3, slug: 'blue', name: 'Blue' },
          { id: 4, slug: 'pink', name: 'Pink' }
        ]
      ]
    ]
  ],
  manyDataToId: [
    manyDataToId(),
    [
      [
        [{ slug: 'pink', name: 'Pink' }, 1],
        [1, 4],
        [1, 4]
      ],
      [
        [{ slug: 'pink' }, { name: 1 }],
        'tags.0.name required: This field is required\ntags.1.name invalid_type: Expected a string\ntags.1.slug ' +
          'required: This field is required'
      ]
    ]
  ]
}

for (const [name, [tags, cases]] of Object.entries(many)) {
  await t.test(`${name}: what is given, stored and shown`, async t => {
    const app = await serve(
      t,
      database,
      { '/contracts': { model: 'Contract', fields: ['id', 'contractNumber', 'year', 'amount'], relations: { tags } } },
      { crud: true }
    )
    const send = sender(app)
    for (const [input, stored, shown] of cases) {
      await query('TRUNCATE contracts RESTART IDENTITY CASCADE')
      await query("DELETE FROM tags WHERE id > 3; SELECT setval('tags_id_seq', 3)")
      const { status, body } = await send('POST', '/contracts', {
        contractNumber: 'N',
        year: 1,
        amount: 1,
        tags: input
      })
      const label = JSON.stringify(input)
      if (typeof stored === 'string') {
        const lines = (text: string): string[] => text.split('\n').sort()
        t.strictSame([status, lines(told(body))], [400, lines(stored)], label)
        t.strictSame(await query('SELECT id FROM contracts'), [], 'nothing is stored')
        continue
      }
      t.strictSame([status, (body.data as { tags: unknown }).tags], [201, shown], label)
      t.strictSame(
        (await query('SELECT "B" FROM "_ContractToTag" ORDER BY 1')).map(row => row.B),
        stored,
        label
      )
      t.strictSame(
        ((await send('GET', '/contracts')).body.data as { results: unknown }).results,
        [body.data],
        `${label} is listed`
      )
    }
  })
}

await t.test('rows that are marked as deleted are named by nobody, and hidden where there may be none', async t => {
  await query('TRUNCATE "Shelf", "Binder", "Document" RESTART IDENTITY CASCADE')
  await query('INSERT INTO "Shelf" (name, "updatedAt") VALUES (\'S\', now()), (\'gone\', now())')
  await query("INSERT INTO \"Binder\" (name, \"shelfId\") VALUES ('one', 1), ('two', 1), ('three', 2)")
  await query(
    'INSERT INTO "Document" (id, title, slug, "binderId", "updatedAt") VALUES ' +
      "('00000000-0000-7000-8000-000000000001', 'D', 'd', 2, now())"
  )
  await query('UPDATE "Binder" SET "deletedAt" = now() WHERE id = 2')
  await query('UPDATE "Shelf" SET "deletedAt" = now() WHERE id = 2')
  const app = await serve(
    t,
    database,
    {
      '/shelves': { model: 'Shelf', fields: ['name'], relations: { binders: manyIdOnly() } },
      '/binders': { model: 'Binder', fields: ['id', 'name'], relations: { shelf: idToStr() } },
      '/documents': { model: 'Document', fields: ['title'], relations: { binder: idToData({ fields: ['id'] }) } }
    },
    { crud: true }
  )
  const send = sender(app)
  t.strictSame((await send('GET', '/shelves/1')).body.data, { name: 'S', binders: [1] })
  t.strictSame((await send('GET', '/documents/00000000-0000-7000-8000-000000000001')).body.data, {
    title: 'D',
    binder: null
  })
  t.strictSame(
    (await send('GET', '/binders/3')).body.data,
    { id: 3, name: 'three', shelf: 'gone' },
    'a shelf is needed'
  )
  const { status, body } = await send('POST', '/documents', [
    { title: 'E', binder: 2 },
    { title: 'F', binder: 1 }
  ])
  t.strictSame([status, told(body)], [400, 'binder foreign_key_not_found: No Binder with id 2'])
})

await t.test(
  'writers who make the same row side by side make one',
  { skip: database.kind === 'pglite' && 'PGlite runs one transaction at a time' },
  async t => {
    const app = await serve(t, database, {
      '/employees': { model: 'Employee', relations: { department: flexible({ lookup }) } },
      '/contracts': { model: 'Contract', relations: { tags: manyFlexible() } }
    })
    const send = sender(app)
    for (let round = 0; round < 5; round++) {
      const made = await Promise.all(
        [1, 2, 3, 4].flatMap(n => [
          send(
            'POST',
            '/employees',
            Array.from({ length: 20 }, (_, i) => ({
              email: `${round}-${n}-${i}@x`,
              firstName: 'A',
              lastName: 'B',
              department: { code: `R-${round}-${(i * n) % 5}`, name: 'N' }
            }))
          ),
          send('POST', '/contracts', [
            {
              contractNumber: `${round}-${n}`,
              year: 1,
              amount: 1,
              tags: [
                { slug: `t-${round}`, name: 'T' },
                { slug: `u-${round}`, name: 'U' }
              ]
            }
          ])
        ])
      )
      t.strictSame(
        made.map(({ status }) => status),
        made.map(() => 201)
      )
      t.strictSame(await query(`SELECT count(*)::int FROM departments WHERE code LIKE 'R-${round}-%'`), [{ count: 5 }])
      t.strictSame(await query(`SELECT count(*)::int FROM tags WHERE slug LIKE '_-${round}'`), [{ count: 2 }])
    }
  }
)

await t.test('the OpenAPI document tells how relations are taken and shown', async t => {
  const app = await serve(
    t,
    database,
    {
      '/employees': {
        model: 'Employee',
        fields: ['id', 'firstName', 'lastName', 'email'],
        relations: { department: flexible({ lookup, fields: ['id', 'code'] }) }
      },
      '/contracts': {
        model: 'Contract',
        fields: ['id', 'contractNumber', 'year', 'amount'],
        relations: { tags: manyIdOnly(), customer: readOnlyStr() }
      }
    },
    {
      prepare: async app => {
        await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1' } } })
      }
    }
  )
  await app.ready()
  const paths = app.swagger().paths as never as Record<
    string,
    { post: { requestBody: { content: object }; responses: Record<string, { content: object }> } }
  >
  /** The properties of the first object among the alternatives of a schema. */
  const propertiesOf = ({ content }: { readonly content: object }): Record<string, unknown> => {
    const { schema } = (
      content as Record<string, { schema: { anyOf?: object[]; properties?: { data?: { anyOf: object[] } } } }>
    )['application/json']!
    const [first] = schema.anyOf ?? schema.properties!.data!.anyOf
    return (first as { properties: Record<string, unknown> }).properties
  }
  const id = { type: 'integer', format: 'int32' }
  const code = { type: 'string' }
  const { requestBody, responses } = paths['/employees']!.post
  const { department } = propertiesOf(requestBody)
  t.match(department, {
    anyOf: [
      { anyOf: [id, { ...code, description: 'Its code' }, { type: 'object', properties: { id, code } }] },
      { type: 'null' }
    ]
  })
  t.match(propertiesOf(responses['201']!)['department'], {
    anyOf: [{ type: 'object', properties: { id, code }, required: ['id', 'code'] }, { type: 'null' }]
  })
  const contracts = paths['/contracts']!.post
  t.match(propertiesOf(contracts.requestBody), {
    tags: { anyOf: [{ type: 'array', items: id }, { type: 'null' }] },
    customer: { readOnly: true }
  })
  t.match(propertiesOf(contracts.responses['201']!), { tags: { type: 'array', items: id } })
})
