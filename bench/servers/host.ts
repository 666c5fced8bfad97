import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { watchProcess, type ProcessFigures } from '../probe.js'

/** What the parent says to a forked server … */
export type Request = 'start' | 'stop'

/** … and what it answers: its port once, then to every `start` an acknowledgement and to every `stop` what it took. */
export type Answer = { readonly port: number } | { readonly started: true } | ProcessFigures

/** Serves until the parent lets go. */
export async function host (app: FastifyInstance): Promise<void> {
  const answer = (message: Answer) => process.send?.(message)
  let stop: (() => ProcessFigures) | undefined
  process.on('message', (request: Request) => {
    if (request === 'stop') return answer(stop!())
    globalThis.gc?.()
    stop = watchProcess()
    answer({ started: true })
  })
  process.on('disconnect', () => {
    app.close().catch(error => {
      throw error
    })
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  answer({ port: (app.server.address() as AddressInfo).port })
}
