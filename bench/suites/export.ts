import { strict as assert } from 'node:assert'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { parse } from 'csv-parse'
import { contracts } from '../data.js'
import type { Case, Entry } from '../harness.js'
import { withDatabase } from '../probe.js'
import { startServer, type Server } from '../servers/start.js'
import type { Context } from './context.js'

/** More take a document minutes. */
const pdfRows = 1_500

const byHand = 'pg-query-stream → csv-stringify'

/** Files of all contracts, over HTTP, against what one writes by hand. */
export async function * exportCases ({ database, fixture, options }: Context): AsyncGenerator<Case> {
  const sizes = options.rows ?? (options.full ? [1_000, 100_000, 200_000, 1_000_000] : [1_000, 200_000])
  const servers: Server[] = []
  const start = async (module: string, variant = ''): Promise<Server> => {
    const server = await startServer(module, variant, database.url)
    servers.push(server)
    return server
  }
  try {
    const hand = await start('exports-by-hand.js')
    const copy = await start('exports-by-hand.js')
    const ours = await start('exports.js')
    const ways: readonly (readonly [name: string, server: Server, path: string])[] = [
      [byHand, hand, ''],
      ['COPY', copy, '/copy'],
      ['commons', ours, ''],
      ['commons, cursor of a pool', await start('exports.js', 'cursor'), '']
    ]
    for (const rows of sizes) {
      await fixture.preload(contracts(rows))
      await fixture.reset()
      // COPY can compute nothing in this process, and its stream does not end when a client leaves.
      const entries = (file: string, isStart: boolean): readonly Entry[] =>
        ways
          .filter(([, , prefix]) => prefix === '' || (file !== 'computed' && !isStart))
          .map(([name, server, prefix]) => ({
            name,
            probe: withDatabase(server.probe, database.backendCpu),
            run: () => download(`${server.url}${prefix}/${file}/export`, isStart),
            verify: async result => {
              if (!isStart) await checkFile(result as number, `${server.url}${prefix}/${file}/export`, rows)
            }
          }))
      yield { suite: 'export', rows, baseline: byHand, entries: entries('plain', false) }
      yield { suite: 'export joined', rows, baseline: byHand, entries: entries('joined', false) }
      yield { suite: 'computed', rows, baseline: byHand, entries: entries('computed', false) }
      yield { suite: 'first bytes', rows, baseline: byHand, entries: entries('plain', true) }
      const types = ['csv', 'ndjson', 'xlsx', ...(rows > pdfRows ? [] : ['pdf'])]
      yield {
        suite: 'file types',
        rows,
        baseline: 'commons, csv',
        entries: types.map(type => ({
          name: `commons, ${type}`,
          probe: withDatabase(ours.probe, database.backendCpu),
          run: () => download(`${ours.url}/plain/export?file_type=${type}`, false)
        }))
      }
    }
  } finally {
    await Promise.all(servers.map(server => server.close()))
  }
}

/**
 * Gives the size of the file.
 *
 * @param isStart leave with the first bytes
 */
async function download (url: string, isStart: boolean): Promise<number> {
  const answer = await ask(url)
  let bytes = 0
  for await (const chunk of answer) {
    bytes += (chunk as Buffer).length
    if (isStart) break
  }
  answer.destroy()
  assert.ok(isStart || answer.complete)
  return bytes
}

async function ask (url: string): Promise<IncomingMessage> {
  const [answer] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage]
  assert.equal(answer.statusCode, 200)
  return answer
}

/** What was counted of each file once. */
const checked = new Map<string, number>()

/** Parsing takes longer than all that is measured: it is done once, then the size tells. */
async function checkFile (bytes: number, url: string, rows: number): Promise<void> {
  const key = `${rows} ${url}`
  const known = checked.get(key)
  if (known !== undefined) return assert.equal(bytes, known)
  checked.set(key, bytes)
  let records = 0
  for await (const record of (await ask(url)).pipe(parse())) {
    records += (record as readonly string[]).length > 1 ? 1 : 0
  }
  assert.equal(records, rows + 1)
}
