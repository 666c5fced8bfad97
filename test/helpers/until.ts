import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Milliseconds: far more than a busy machine needs, and less than tap gives a file. */
const patience = 60_000

/**
 * Waits until a condition holds.
 *
 * @throws Error that says what was waited for, after a minute
 */
export async function until (what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + patience
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`)
    await sleep(5)
  }
}

/** Waits until a server has noticed that all its clients are gone. */
export async function untilClientsAreGone (server: Server): Promise<void> {
  const connections = promisify(server.getConnections.bind(server))
  await until('the end of all connections', async () => (await connections()) === 0)
}

/** Waits until a server has got as many further requests. */
export function requestsTo (server: Server): { until: (count: number) => Promise<void> } {
  let requests = 0
  server.on('request', () => {
    requests++
  })
  return {
    until: async count => {
      await until(`${count} requests`, () => requests >= count)
    }
  }
}
