import t from 'tap'
import { readLines } from '../../prisma/generator/lines.js'

await t.test('a request of many chunks is read by looking at each of its bytes once', async t => {
  let scanned = 0
  let joined = 0
  const concat = t.capture(Buffer, 'concat', Buffer.concat)
  const size = 65_536
  const chunks = Array.from({ length: 200 }, () => {
    const chunk = Buffer.alloc(size, 'x')
    const indexOf = chunk.indexOf.bind(chunk)
    return Object.assign(chunk, {
      indexOf (value: string, from = 0) {
        scanned += size - from
        return indexOf(value, from)
      }
    })
  })
  chunks[99]!.write('é\né', 10)
  chunks[199]!.write('\n', size - 1)
  async function * input (): AsyncGenerator<Buffer> {
    yield * chunks
  }

  const lines: string[] = []
  for await (const line of readLines(input())) lines.push(line)
  t.strictSame(
    lines.map(line => [Buffer.byteLength(line), line.at(0), line.at(-1)]),
    [
      [99 * size + 12, 'x', 'é'],
      [101 * size - 14, 'é', 'x']
    ]
  )
  for (const {
    args: [pieces]
  } of concat()) {
    joined += pieces.reduce((sum, { length }) => sum + length, 0)
  }
  t.equal(joined, 200 * size - 2, 'each byte is copied once')
  t.equal(scanned, 201 * size - 13, 'and looked at once')
})
