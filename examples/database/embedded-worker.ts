import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketHandler } from '@electric-sql/pglite-socket'
import type { EmbeddedRequest, EmbeddedStart } from './embedded.js'
import { Turns } from './turns.js'

const { dataDir, load } = workerData as EmbeddedStart
const database = await PGlite.create({ ...(dataDir && { dataDir }), ...(load && { loadDataDir: load }) })
const { queue: queryQueue } = new Turns(database)
const sockets = new Set<Socket>()
const server = createServer(socket => {
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
  new PGLiteSocketHandler({ queryQueue, closeOnDetach: true }).attach(socket).catch(error => socket.destroy(error))
})
await once(server.listen(0, '127.0.0.1'), 'listening')

const actions: { [Request in EmbeddedRequest]: () => Promise<void> } = {
  dump: async () => {
    parentPort?.postMessage(await database.dumpDataDir('gzip'))
  },
  close: async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
    await database.close()
    // PGlite's own timers would keep the thread for up to ten seconds.
    process.exit()
  }
}

parentPort?.on('message', async (request: EmbeddedRequest) => {
  await actions[request]()
})
const { address, port } = server.address() as AddressInfo
parentPort?.postMessage(`${address}:${port}`)
