import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Probe, ProcessFigures } from '../probe.js'
import type { Answer, Request } from './host.js'

/** A server in a process of its own, so that its CPU time is not mixed with the client's. */
export interface Server {
  readonly url: string
  /** Wall time as the client sees it, CPU time and memory of the server. */
  readonly probe: Probe
  close: () => Promise<void>
}

/** Forks a module of this folder; `variant` is its first argument. */
export async function startServer (module: string, variant: string, databaseUrl: string): Promise<Server> {
  const child = fork(new URL(module, import.meta.url), [variant], {
    env: { ...process.env, DATABASE_URL: databaseUrl }
  })
  const exited = once(child, 'exit')

  async function answer<A extends Answer> (request?: Request): Promise<A> {
    const answered = once(child, 'message') as Promise<[A]>
    if (request !== undefined) child.send(request)
    const gone = exited.then(([code]) => {
      throw new Error(`The server ${module} ${variant} ended with code ${code}`)
    })
    const [message] = await Promise.race([answered, gone])
    return message
  }

  const { port } = await answer<{ port: number }>()
  return {
    url: `http://127.0.0.1:${port}`,
    probe: async () => {
      await answer('start')
      const start = performance.now()
      return async () => {
        const wall = performance.now() - start
        return { wall, ...(await answer<ProcessFigures>('stop')) }
      }
    },
    close: async () => {
      if (child.connected) child.disconnect()
      await exited
    }
  }
}
