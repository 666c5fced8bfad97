import { form } from '../helpers/import-app.js'
import { file } from './files.js'
import type { Random } from './random.js'
import { sampleFor } from './samples.js'
import { fields, nested, operators, parameters, text, value } from './values.js'

export interface Route {
  readonly method: string
  readonly url: string
}

export interface FuzzRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

/** Bytes of a JSON body: Fastify's own limit. Who allows more allows the time that it takes to parse them. */
const largestBody = 2 ** 20

/** Bytes of an address; longer ones Node refuses itself. */
const longestPath = 8000

/** A request to one of the routes, most of them nearly right. */
export async function requestTo (random: Random, routes: readonly Route[]): Promise<FuzzRequest> {
  const collections = routes.filter(
    ({ method, url }) => method !== 'GET' && method !== 'HEAD' && url.split('/').length === 3
  )
  const { method, url } = random.pick(random.chance(0.4) ? collections : routes)
  const path = url
    .replaceAll(/:\w+/g, () => encodeURIComponent(printable(id(random))))
    .replaceAll('*', () => encodeURIComponent(printable(text(random).slice(0, 20))))
  const query = random.chance(method === 'GET' ? 0.7 : 0.25)
    ? `?${random.some(4, () => parameter(random)).join('&')}`
    : ''
  const { headers, body } = await bodyOf(random, method, url)
  return { method, path: (path + query).slice(0, longestPath), headers: { ...conditions(random), ...headers }, body }
}

function id (random: Random): string {
  return random
    .pick([
      () => String(random.below(30)),
      () => `01940000-0000-7000-8000-${String(random.below(30)).padStart(12, '0')}`,
      () => text(random)
    ])()
    .slice(0, 3000)
}

/** Half of a pair of surrogates has no form in an address. */
function printable (value: string): string {
  return value.replaceAll(/[\ud800-\udfff]/g, '?')
}

function parameter (random: Random): string {
  const name = random.chance(0.6) ? random.pick(parameters) : random.pick(fields)
  const operator = random.chance(0.4) ? `[${random.pick(operators)}]` : ''
  const given = random.pick([
    () => text(random),
    () => random.pick(fields),
    () => String(random.below(50)),
    () => random.some(5, () => random.pick(fields)).join(',')
  ])()
  return `${name}${operator}=${encodeURIComponent(printable(given).slice(0, 3000))}`
}

/** Headers that hold for any request. */
function conditions (random: Random): Record<string, string> {
  const names: Readonly<Record<string, () => string>> = {
    authorization: () => `Bearer ${random.pick(['alice', 'bob', 'admin', 'admin', 'alice', 'bob', 'mallory'])}`,
    prefer: () =>
      random.pick([
        'return=minimal',
        'handling=lenient',
        'return=minimal, handling=lenient',
        'return="',
        'a;b=c',
        'wait=1'
      ]),
    'if-match': () => random.pick(['"1"', '*', 'W/"1"', '"', '"1", "2"', '"99"']),
    'if-none-match': () => random.pick(['*', '"1"', '']),
    'idempotency-key': () => random.pick(['k', `k${random.below(1000)}`, '"quoted"', '']),
    accept: () =>
      random.pick(['application/json', 'application/problem+json', 'text/csv', '*/*', 'text/html;q=0.1', ';;']),
    'accept-encoding': () => random.pick(['gzip', 'identity', 'br;q=1'])
  }
  const chosen = Object.keys(names).filter(name => random.chance(name === 'authorization' ? 0.8 : 0.05))
  return Object.fromEntries(chosen.map(name => [name, names[name]!()]))
}

async function bodyOf (random: Random, method: string, url: string): Promise<Pick<FuzzRequest, 'headers' | 'body'>> {
  const hasNone = method === 'GET' || method === 'HEAD' || random.chance(0.03)
  if (hasNone) return { headers: {}, body: undefined }
  if (url.endsWith('/import-from-file') || url.includes('/import') || random.chance(0.03)) return await upload(random)
  if (random.chance(0.03)) {
    return {
      headers: {
        'content-type': random.pick([
          'text/plain',
          'text/csv',
          'application/xml',
          'application/json; charset=latin1',
          ''
        ])
      },
      body: Buffer.from(text(random))
    }
  }
  const whole = Buffer.from(random.chance(0.5) ? sampleText(random, url) : jsonText(random))
  const json = whole.length > largestBody ? Buffer.from('{}') : whole
  return {
    headers: { 'content-type': 'application/json' },
    body: random.chance(0.05)
      ? Buffer.concat([json.subarray(0, random.below(json.length + 1)), Buffer.from([0xe9, 0xff])])
      : json
  }
}

async function upload (random: Random): Promise<Pick<FuzzRequest, 'headers' | 'body'>> {
  const names = ['append_data', 'replace_data', 'mapping', 'dry_run', 'preview', 'nope']
  const sent = random.chance(0.7)
    ? { append_data: 'true' }
    : Object.fromEntries(
      random.some(3, () => [random.pick(names), random.pick(['true', 'false', '{}', '[1]', text(random)])])
    )
  const { headers, payload } = form(
    sent,
    random.chance(0.95) ? await file(random) : null,
    random.chance(0.95) ? 'file' : 'other'
  )
  return { headers, body: random.chance(0.93) ? payload : payload.subarray(0, random.below(payload.length)) }
}

function sampleText (random: Random, url: string): string {
  const item = (): unknown => sampleFor(random, url) ?? value(random)
  const withId = (): unknown => ({ ...(item() as object), id: random.below(30) })
  return JSON.stringify(
    random.pick<() => unknown>([item, item, () => random.some(6, item), () => random.some(6, withId), withId])()
  )
}

function jsonText (random: Random): string {
  const kind = random.next()
  if (kind < 0.02) return nested(random.below(20_000))
  if (kind < 0.04) return `{"__proto__":${JSON.stringify(value(random))}}`
  if (kind < 0.06) return `{"note":${nested(random.below(5000))}}`
  const item = (): Record<string, unknown> =>
    Object.fromEntries([
      ...random.some(8, () => [random.pick(fields), value(random)]),
      ...(random.chance(0.3) ? [['id', random.below(30)]] : [])
    ])
  const body = random.pick<() => unknown>([
    item,
    item,
    () => random.some(5, item),
    () => random.some(5, item),
    () => random.some(10, () => random.below(40)),
    () => ({ ids: random.some(5, () => value(random)) }),
    () => ({ filters: filters(random), ordering: random.some(3, () => random.pick(fields)) }),
    () => ({ data: random.some(3, item), unique_fields: random.some(2, () => random.pick(fields)) }),
    () => Object.fromEntries(random.some(4, () => [random.pick(parameters), value(random)])),
    () => value(random)
  ])()
  return JSON.stringify(body) ?? 'null'
}

function filters (random: Random, depth = 0): unknown {
  return Object.fromEntries(
    random.some(4, () => {
      if (depth < 12 && random.chance(0.4)) {
        return [
          random.pick(['and', 'or', 'not']),
          random.chance(0.7) ? random.some(3, () => filters(random, depth + 1)) : filters(random, depth + 1)
        ]
      }
      return [random.pick(fields), random.chance(0.5) ? value(random) : { [random.pick(operators)]: value(random) }]
    })
  )
}
