import { parseArgs } from 'node:util'
import { createDatabase } from '../helpers/database.js'
import { fuzz } from './run.js'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '50000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) }
  }
})
const options = { requests: Number(values.requests), seed: Number(values.seed) }
const cleanUps: (() => Promise<void>)[] = []
const lifetime = { after: (cleanUp: () => Promise<void>) => cleanUps.unshift(cleanUp) }
console.log(`${options.requests} requests, seed ${options.seed}`)
try {
  const { findings, statuses, longestStop, growth } = await fuzz(lifetime, await createDatabase(lifetime), options)
  console.log(
    `statuses: ${[...statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${status} × ${count}`)
      .join(', ')}`
  )
  console.log(
    `longest stop of the event loop ${Math.round(longestStop)} ms, live objects grew by ` +
      `${Math.round(growth / 2 ** 20)} MB`
  )
  for (const {
    problem,
    number,
    request: { method, path, headers, body }
  } of findings) {
    console.log(
      `\n${number}: ${method} ` +
        `${path.slice(0, 500)}\n${JSON.stringify(headers)}\n${body?.subarray(0, 500).toString() ?? ''}\n→ ${problem}`
    )
  }
  const isGrowing = growth > 50 * 2 ** 20
  process.exitCode = findings.length > 0 || isGrowing ? 1 : 0
} finally {
  for (const cleanUp of cleanUps) await cleanUp()
}
