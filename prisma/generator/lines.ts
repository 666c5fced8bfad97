/**
 * Lines that end in \n only: node:readline would also end one at a U+2028 inside a comment of the schema. Each byte is
 * looked at once, however many chunks a line comes in: the request of 300 models is one line of 84 MB.
 */
export async function * readLines (input: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pieces: Buffer[] = []
  for await (const chunk of input) {
    let start = 0
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      yield Buffer.concat([...pieces, chunk.subarray(start, end)]).toString()
      pieces = []
      start = end + 1
    }
    pieces.push(chunk.subarray(start))
  }
}
