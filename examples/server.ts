import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.js'
import { openDatabase } from './database/index.js'

const { HOST: host = '127.0.0.1', PORT: port = '3000', LOG_LEVEL: level = 'info' } = process.env

const database = await openDatabase()
const app = await buildApp({ database, logger: { level } })

// Running requests get ten seconds to finish; then the database closes, which frees its folder.
closeWithGrace({ delay: 10_000, logger: app.log }, async ({ err: error }) => {
  if (error) app.log.fatal(error)
  await app.close()
  await database.close()
})

await app.listen({
  host,
  port: Number(port),
  listenTextResolver: address =>
    `The example is at ${address}, its API at ${address}/docs, its health at ${address}/health (database: ` +
    `${database.kind})`
})
