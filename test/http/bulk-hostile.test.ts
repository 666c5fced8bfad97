import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import type { Test } from 'tap'
import { bulkDatabase, sender, serve } from '../helpers/bulk-app.js'
import type { Answer } from '../helpers/bulk-app.js'

const database = await bulkDatabase(t)
const { query } = database
const app = await serve(t, database, {
  '/tags': { model: 'Tag', bulk: { maxItems: 10_000, actionRoutes: true } },
  '/articles': { model: 'Article', bodyLimit: 16 * 2 ** 20 },
  '/specimens': { model: 'Specimen', bodyLimit: 64 * 2 ** 20 },
  '/memberships': { model: 'Membership' }
})
const send = sender(app)

t.beforeEach(async () => {
  await query('TRUNCATE tags, articles, comments, specimens, badges, "org memberships" RESTART IDENTITY CASCADE')
})

type Finding = readonly [pointer: string, code: string]

function findings ({ body }: Answer): Finding[] {
  return (body.details as { pointer: string; code: string }[]).map(({ pointer, code }) => [pointer, code])
}

/** Sends a body to every route that writes, and expects the same refusal of each. */
async function everywhere (
  t: Test,
  body: string,
  status: number,
  code: string,
  found: readonly Finding[] | null = null
): Promise<void> {
  for (const [method, url] of [
    ['POST', '/tags'],
    ['POST', '/tags?unique_fields=slug'],
    ['PATCH', '/tags'],
    ['PUT', '/tags'],
    ['PUT', '/tags?unique_fields=slug'],
    ['PATCH', '/tags/bulk-update'],
    ['DELETE', '/tags']
  ] as const) {
    const answer = await send(method, url, body)
    t.strictSame([answer.status, answer.body.code], [status, code], `${method} ${url} ${body.slice(0, 60)}`)
    if (found !== null) t.strictSame(findings(answer), found)
  }
  t.strictSame(await query('SELECT * FROM tags'), [])
}

await t.test('keys that lead to a prototype are refused where they stand, however they are spelled', async t => {
  await everywhere(t, '[{"slug":"a","name":"A"},{"__proto__":{"slug":"x"},"name":"A"}]', 400, 'forbidden_key', [
    ['/1/__proto__', 'forbidden_key']
  ])
  await everywhere(t, '{"\\u005f_proto__":{"slug":"x"}}', 400, 'forbidden_key', [['/__proto__', 'forbidden_key']])
  await everywhere(t, '[{"\\u005F\\u005Fpr\\u006fto\\u005f_":1}]', 400, 'forbidden_key', [
    ['/0/__proto__', 'forbidden_key']
  ])
  await everywhere(t, '[{"name":{"a/b":[0,{"__proto__":null}]}}]', 400, 'forbidden_key', [
    ['/0/name/a~1b/1/__proto__', 'forbidden_key']
  ])
  await everywhere(t, '[{"constructor":{"prototype":{"slug":"x"}}}]', 400, 'forbidden_key', [
    ['/0/constructor', 'forbidden_key']
  ])
  await everywhere(t, '[{"c\\u006fnstructor":{"\\u0070rototype":1}}]', 400, 'forbidden_key', [
    ['/0/constructor', 'forbidden_key']
  ])
  const { body } = await send(
    'POST',
    '/articles',
    '[{"title":"T","slug":"s","content":"","metadata":{"deep":[{"__proto__":{"isAdmin":true}}]}}]'
  )
  const message = 'The key "__proto__" is not allowed'
  t.match(body, {
    message,
    errors: { 0: { 'metadata.deep.0.__proto__': [message] } },
    details: [
      {
        code: 'forbidden_key',
        pointer: '/0/metadata/deep/0/__proto__',
        message,
        index: 0,
        params: { key: '__proto__' }
      }
    ]
  })
  t.equal(({} as { slug?: unknown; isAdmin?: unknown }).slug ?? ({} as { isAdmin?: unknown }).isAdmin, undefined)
  t.equal(
    (await send('POST', '/tags', [{ slug: '__proto__', name: 'constructor \\u005f' }])).status,
    201,
    'as a value it is a text'
  )
})

await t.test('names of Object.prototype are unknown fields and parameters as any other', async t => {
  const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', '']
  const answer = await send('POST', '/tags', [Object.fromEntries([...names, 'slug', 'name'].map(name => [name, 'x']))])
  t.strictSame([answer.status, findings(answer)], [400, names.map(name => [`/0/${name}`, 'unknown_field'])])
  for (const name of ['constructor', 'toString', '__proto__']) {
    t.strictSame((await send('POST', `/tags?${name}=1`, [])).body.code, 'unknown_parameter', name)
    t.strictSame(
      (await send('POST', `/tags?unique_fields=${name}`, [{ slug: 'a' }])).body.code,
      'invalid_unique_fields',
      name
    )
    t.strictSame(
      (await send('POST', `/tags?unique_fields=slug&update_fields=${name}`, [{ slug: 'a' }])).body.code,
      'invalid_parameter',
      name
    )
  }
  t.strictSame((await send('DELETE', '/tags', '{"ids":[1],"constructor":1}')).body.code, 'unknown_field')
})

await t.test('items that are no objects', async t => {
  for (const method of ['POST', 'PATCH', 'PUT'] as const) {
    const answer = await send(method, '/tags', '["x",1,null,true,[[]],[],{}]')
    t.equal(answer.status, 400)
    t.strictSame(
      findings(answer).slice(0, 6),
      [0, 1, 2, 3, 4, 5].map(index => [`/${index}`, 'invalid_type']),
      method
    )
    t.ok(
      findings(answer)
        .slice(6)
        .every(([pointer, code]) => pointer.startsWith('/6/') && code === 'required')
    )
  }
  const ids = await send('DELETE', '/tags', '["x",null,true,[[]],{}]')
  t.strictSame(
    [ids.status, findings(ids)],
    [
      400,
      [
        ['/0', 'invalid_type'],
        ['/1', 'not_null'],
        ['/2', 'invalid_type'],
        ['/3', 'invalid_type'],
        ['/4', 'invalid_type']
      ]
    ]
  )
})

await t.test('of keys that repeat in an object the last one counts', async t => {
  const { status, body } = await send('POST', '/tags', '[{"slug":"a","name":"A","slug":"b"}]')
  t.strictSame([status, body.data], [201, [{ id: 1, slug: 'b', name: 'A' }]])
})

await t.test('nesting of a hundred thousand levels is refused wherever it stands', async t => {
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
  const objects = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)
  const article = (metadata: string): string => `[{"title":"T","slug":"s","content":"","metadata":${metadata}}]`
  const tooDeep: readonly Finding[] = [['/0/metadata', 'invalid_value']]
  for (const metadata of [deep(100_000), objects(100_000), deep(513), objects(513)]) {
    const answer = await send('POST', '/articles', article(metadata))
    t.strictSame(
      [answer.status, findings(answer), answer.body.errors],
      [400, tooDeep, { 0: { metadata: ['The JSON is nested deeper than 512 levels'] } }]
    )
  }
  for (const metadata of [deep(512), objects(512)]) {
    const answer = await send('PUT', '/articles?unique_fields=slug', article(metadata))
    t.strictSame(
      [answer.status, (answer.body.data as { metadata: unknown }[])[0]!.metadata],
      [200, JSON.parse(metadata)]
    )
  }
  const lists = await send('POST', '/specimens', `[{"code":"a","jsons":[${deep(100_000)}]}]`)
  t.strictSame([lists.status, findings(lists)], [400, [['/0/jsons', 'invalid_value']]])

  await everywhere(t, deep(100_000), 400, 'invalid_type')
  for (const [body, found] of [
    [`[{"slug":${deep(100_000)},"name":"A"}]`, [['/0/slug', 'invalid_type']]],
    [`[{"slug":"a","name":"A","slog":${deep(100_000)}}]`, [['/0/slog', 'unknown_field']]],
    [
      `[{"slug":"a","name":"A","slog":${deep(100_000)},"constructor":1}]`,
      [
        ['/0/slog', 'unknown_field'],
        ['/0/constructor', 'unknown_field']
      ]
    ]
  ] as const) {
    const answer = await send('POST', '/tags', body)
    t.strictSame([answer.status, findings(answer)], [400, found])
  }
  const forbidden = await send('POST', '/tags', `[${'['.repeat(100_000)}{"__proto__":1}${']'.repeat(100_000)}]`)
  t.strictSame([forbidden.status, forbidden.body.code], [400, 'forbidden_key'])
})

await t.test('numbers that no column holds', async t => {
  for (const number of ['1e400', '-1e400', '1E+999', '9'.repeat(400)]) {
    const answer = await send(
      'POST',
      '/specimens',
      `[{"code":"a","int":${number},"small":${number},"big":${number},"float":${number},"real":${number},"decimal":${number},"json":{"a":[${number}]},"decimals":[${number}],"floats":[1,${number}]}]`
    )
    t.strictSame(
      [answer.status, findings(answer)],
      [
        400,
        ['int', 'small', 'big', 'float', 'real', 'decimal', 'json', 'decimals', 'floats'].map(field => [
          `/0/${field}`,
          field === 'json' ? 'invalid_value' : 'invalid_type'
        ])
      ],
      number
    )
  }
  const answer = await send(
    'POST',
    '/specimens',
    '[{"code":"a","int":2147483648,"small":32768,"big":9007199254740993,"real":1e39,"decimal":1e30},{"code":"b","real":1e-60,"decimal":"1e9999","bigs":["9223372036854775808"]}]'
  )
  t.strictSame(
    [answer.status, findings(answer)],
    [
      400,
      [
        ['/0/int', 'invalid_type'],
        ['/0/small', 'invalid_type'],
        ['/0/big', 'invalid_type'],
        ['/0/real', 'invalid_type'],
        ['/0/decimal', 'invalid_value'],
        ['/1/real', 'invalid_type'],
        ['/1/bigs', 'invalid_type'],
        ['/1/decimal', 'invalid_value']
      ]
    ]
  )
  const digits = await send('POST', '/specimens', '[{"code":"a","decimal":1e30},{"code":"b","decimal":"1e9999"}]')
  t.strictSame(
    [digits.status, findings(digits)],
    [
      400,
      [
        ['/0/decimal', 'invalid_value'],
        ['/1/decimal', 'invalid_value']
      ]
    ]
  )
})

await t.test('text that the database cannot hold is refused, not changed', async t => {
  const half = '"\\ud800"'
  const surrogates = await send(
    'POST',
    '/specimens',
    `[{"code":${half},"text":"a\\udc00b","short":${half},"texts":["x",${half}],"json":[{"a":${half}}],"jsonText":{${half}:1},"jsons":[${half}]}]`
  )
  t.strictSame(
    [surrogates.status, findings(surrogates)],
    [
      400,
      ['code', 'text', 'short', 'texts', 'json', 'jsonText', 'jsons'].map(field => [`/0/${field}`, 'invalid_value'])
    ]
  )

  const nul = '"a\\u0000"'
  const nuls = await send(
    'POST',
    '/specimens',
    `[{"code":"a","text":${nul}},{"code":"b","json":{"k":${nul}}},{"code":"c","jsonText":{${nul}:1}},{"code":"d","texts":["x",${nul}]},{"code":${nul}}]`
  )
  t.strictSame(
    [nuls.status, findings(nuls).sort()],
    [
      400,
      [
        ['/0/text', 'invalid_value'],
        ['/1/json', 'invalid_value'],
        ['/2/jsonText', 'invalid_value'],
        ['/3/texts', 'invalid_value'],
        ['/4/code', 'invalid_value']
      ]
    ]
  )
  const key = await send('POST', '/specimens?unique_fields=code', `[{"code":${nul}}]`)
  t.strictSame([key.status, findings(key)], [400, [['/0/code', 'invalid_value']]])
  const id = await send('DELETE', '/memberships', `[{"org":${nul},"userId":1}]`)
  t.strictSame([id.status, findings(id)], [400, [['/0/org', 'invalid_value']]])
  t.strictSame(await query('SELECT 1 FROM specimens'), [])

  const whole = { code: '\u{1F600}', short: '\u{1F600}'.repeat(5), text: '\\u0000', json: { '\u{10FFFF}': '\\ud800' } }
  const answer = await send('POST', '/specimens', whole)
  t.match([answer.status, answer.body.data], [201, whole])
})

await t.test('SQL is a text, a name that is not known, or no unique constraint', async t => {
  const sql = "'); DROP TABLE tags; --"
  const values = [
    sql,
    '{"a",NULL}',
    '\\\\x00',
    '"',
    "'",
    '\\',
    '$1',
    '$' + '{x}',
    '%s',
    'NULL',
    '{}',
    '(select 1)',
    '--',
    '/*',
    '\n\r\t',
    'é\u0301'
  ]
  const made = await send(
    'POST',
    '/tags',
    values.map(slug => ({ slug, name: slug }))
  )
  t.strictSame(
    (made.body.data as { slug: string; name: string }[]).map(({ slug, name }) => [slug, name]),
    values.map(value => [value, value])
  )
  t.strictSame(
    (await query('SELECT slug FROM tags ORDER BY id')).map(row => row.slug),
    values
  )
  const same = await send(
    'PATCH',
    '/tags?unique_fields=slug',
    values.map(slug => ({ slug, name: slug }))
  )
  t.strictSame(same.body.meta, { created: 0, updated: 0, unchanged: values.length })

  const name = 'slug"; DROP TABLE tags; --'
  const unknown = await send('POST', '/tags', [{ [name]: 'x', slug: 'y', name: 'z' }])
  t.strictSame([unknown.status, unknown.body.code], [400, 'unknown_field'])
  for (const parameter of ['unique_fields', 'update_fields', 'ids']) {
    const url = `/tags?${parameter === 'update_fields' ? 'unique_fields=slug&' : ''}${parameter}=${encodeURIComponent(sql)}`
    t.equal(
      (
        await send(
          parameter === 'ids' ? 'DELETE' : 'POST',
          url,
          parameter === 'ids' ? undefined : [{ slug: 'y', name: 'z' }]
        )
      ).status,
      400,
      parameter
    )
  }
  t.equal((await query('SELECT 1 FROM tags')).length, values.length)
})

await t.test('base64 of many megabytes is read or refused, not a crash', async t => {
  const long = 'A'.repeat(8 * 2 ** 20)
  const read = await send('POST', '/specimens', [{ code: 'a', bytes: long }], { prefer: 'return=minimal' })
  t.strictSame([read.status, await query('SELECT length(bytes) FROM specimens')], [201, [{ length: 6 * 2 ** 20 }]])
  const broken = await send('POST', '/specimens', [
    { code: 'b', bytes: `${long}*` },
    { code: 'c', bytes: 'QQ' },
    { code: 'd', bytes: 'QR==' },
    { code: 'e', bytes: '-_8=' }
  ])
  t.strictSame(
    [broken.status, findings(broken)],
    [400, [0, 1, 2, 3].map(index => [`/${index}/bytes`, 'invalid_type'])]
  )
})

await t.test('ten thousand faulty items get a bounded answer', async t => {
  const start = performance.now()
  const items = Array.from({ length: 10_000 }, (_, i) => ({ slug: i, name: null, [`field${i}`]: 1, nmae: 'x' }))
  const { status, body } = await send('POST', '/tags', items)
  t.strictSame(
    [status, body.code, body.message, (body.details as unknown[]).length],
    [400, 'validation_failed', '10000 items are not valid; nothing was written', 1000]
  )
  t.ok(JSON.stringify(body).length < 500_000)

  const names = await send('POST', '/tags', [
    Object.fromEntries(Array.from({ length: 80_000 }, (_, i) => [`n${i}`, 1]))
  ])
  t.strictSame([names.status, (names.body.details as unknown[]).length], [400, 1000])
  const long = await send('POST', '/tags', [{ ['x'.repeat(1_000_000)]: 1 }])
  t.strictSame(
    [long.status, (long.body.details as { message: string }[])[0]!.message.length],
    [400, `Unknown field "${'x'.repeat(100)}…". Known: id, slug, name`.length]
  )
  const repeated = await send(
    'POST',
    '/tags',
    Array.from({ length: 10_000 }, () => ({ slug: 'a', name: 'A' }))
  )
  t.strictSame(
    [repeated.status, repeated.body.code, repeated.body.message],
    [400, 'duplicate_key', '10000 items are not valid; nothing was written']
  )
  t.ok(JSON.stringify(repeated.body).length < 2_500_000)
  t.ok(performance.now() - start < 10_000, 'in time')
})

/** A server that listens, and connections to it. */
async function listen (t: Test): Promise<{ server: Server; open: () => Promise<Socket> }> {
  const app = await serve(t, database, { '/tags': { model: 'Tag' } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    server: app.server,
    open: async () => {
      const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    }
  }
}

function head (headers: string): string {
  return `POST /tags HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nconnection: close\r\n${headers}\r\n\r\n`
}

await t.test('over a socket: bodies above the limit, announced or not', async t => {
  const { open } = await listen(t)
  const announced = await open()
  announced.write(head('content-length: 2000000'))
  t.match(await text(announced), /^HTTP\/1\.1 413 [^]*"code":"body_too_large"/)

  const chunked = await open()
  chunked.on('error', () => {})
  chunked.write(head('transfer-encoding: chunked'))
  const chunk = ' '.repeat(2 ** 16)
  for (let i = 0; i < 20; i++) chunked.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`)
  t.match(await text(chunked), /^HTTP\/1\.1 413 [^]*"code":"body_too_large"/)
  t.strictSame(await query('SELECT 1 FROM tags'), [])
})

await t.test(
  'over a socket: a client that leaves in the middle of its body writes nothing and stops nobody',
  async t => {
    const { server, open } = await listen(t)
    const body = JSON.stringify([{ slug: 'a', name: 'A' }])
    for (const leave of [
      (socket: Socket) => socket.destroy(),
      (socket: Socket) => socket.resetAndDestroy(),
      (socket: Socket) => socket.end()
    ]) {
      const socket = await open()
      const closed = once(socket, 'close')
      const arrived = once(server, 'request')
      socket.write(head(`content-length: ${body.length + 1}`) + body)
      const [request] = (await arrived) as [IncomingMessage]
      const ended = new Promise(resolve => request.on('error', () => {}).on('close', resolve))
      socket.resume()
      leave(socket)
      await Promise.all([closed, ended])
    }
    t.strictSame(await query('SELECT 1 FROM tags'), [])

    const next = await open()
    next.write(head(`content-length: ${body.length}`) + body)
    t.match(await text(next), /^HTTP\/1\.1 201 /)
    t.strictSame(await query('SELECT slug FROM tags'), [{ slug: 'a' }])
  }
)
