import { strict as assert } from 'node:assert'
import autocannon from 'autocannon'
import { contracts } from '../data.js'
import type { Case, Entry } from '../harness.js'
import { startServer, type Server } from '../servers/start.js'
import type { Context } from './context.js'

const bare = 'bare route'
const connections = 10
/**
 * autocannon looks at each tick (milliseconds) whether all requests are answered; its default of 1000 would be the wall
 * time.
 */
const tick = 10

/** What a plugin adds to the CPU time of a request: the same routes with and without it, under the same load. */
export async function * pluginCases ({ database, options }: Context): AsyncGenerator<Case> {
  const requests = options.smoke ? 200 : 5_000
  const servers: Server[] = []

  async function start (plugin: string): Promise<Server> {
    const server = await startServer('plugins.js', plugin, database.url)
    servers.push(server)
    return server
  }

  try {
    const plain = await start('')
    for (const { name, path } of [
      { name: 'envelope', path: '/list' },
      { name: 'current-user', path: '/empty' }
    ]) {
      const extended = await start(`fastify-prisma-commons/${name}`)
      yield {
        suite: path === '/list' ? 'list of 50' : 'empty route',
        rows: requests,
        baseline: bare,
        entries: [loaded(bare, plain, path, requests), loaded(name, extended, path, requests)]
      }
    }
  } finally {
    await Promise.all(servers.map(server => server.close()))
  }
}

function loaded (name: string, server: Server, path: string, requests: number): Entry {
  const url = server.url + path
  return {
    name,
    probe: server.probe,
    run: () => autocannon({ url, connections, amount: requests, sampleInt: tick }),
    verify: async result => {
      assert.equal((result as autocannon.Result)['2xx'], requests)
      if (path !== '/list') return
      const body = (await (await fetch(url)).json()) as unknown[] | { data: unknown[] }
      assert.deepEqual('data' in body ? body.data : body, contracts(50))
    }
  }
}
