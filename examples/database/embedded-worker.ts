import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import type { EmbeddedAnswer, EmbeddedRequest, EmbeddedStart } from './embedded.js'

const { dataDir, load } = workerData as EmbeddedStart
const database = await PGlite.create({ ...(dataDir && { dataDir }), ...(load && { loadDataDir: load }) })
const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0, maxConnections: 100 })
await server.start()

const answers: { [Request in EmbeddedRequest]: () => Promise<EmbeddedAnswer> } = {
  dump: async () => await database.dumpDataDir('gzip'),
  close: async () => {
    await server.stop()
    await database.close()
    // PGlite's own timers would keep the thread for up to ten seconds.
    setImmediate(() => process.exit())
    return null
  }
}

parentPort?.on('message', async (request: EmbeddedRequest) => {
  parentPort?.postMessage(await answers[request]())
})
parentPort?.postMessage(server.getServerConn())
