import { Transform, type TransformCallback } from 'node:stream'
import { inspect } from 'node:util'
import { Parser, type Result } from 'tap-parser'

const dotsPerLine = 50

/**
 * A reporter for tap that prints a dot per test file and the details of failed assertions. Its last lines name what
 * failed, and count.
 */
export default class QuietReporter extends Transform {
  readonly #parser = new Parser()
  readonly #started = Date.now()
  readonly #failed: string[] = []
  #files = 0
  #passed = 0
  #skipped = 0

  constructor () {
    super({ decodeStrings: false })
    this.#parser
      .on('assert', ({ ok }: Result) => {
        this.#files++
        this.push(`${ok ? '.' : 'F'}${this.#files % dotsPerLine === 0 ? ` ${this.#files}\n` : ''}`)
      })
      .on('pass', () => {
        this.#passed++
      })
      .on('skip', () => {
        this.#skipped++
      })
      .on('fail', (result: Result) => {
        this.#failed.push(nameOf(result))
        this.push(`\n${nameOf(result)}\n${detailsOf(result)}\n`)
      })
  }

  override _transform (chunk: string | Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#parser.write(chunk.toString())
    done()
  }

  override _flush (done: TransformCallback): void {
    this.#parser.end()
    const seconds = Math.round((Date.now() - this.#started) / 1000)
    const failures = this.#failed.map(name => `FAILED: ${name}\n`).join('')
    const counts = `${this.#passed} passed, ${this.#failed.length} failed, ${this.#skipped} skipped`
    this.push(`\n\n${failures}${counts} in ${this.#files} files (${seconds} s)\n`)
    done()
  }
}

/** The file, the tests around an assertion, its own name and its place; of a file that takes too long the file. */
function nameOf ({ fullname, name, diag }: Result): string {
  const { at, expired } = Object(diag) as {
    readonly at?: { readonly fileName?: string; readonly lineNumber?: number }
    readonly expired?: string
  }
  const place = at?.fileName === undefined ? '' : ` (${at.fileName}:${at.lineNumber})`
  const file = expired === undefined ? '' : ` expired: ${expired}`
  return `${fullname || name}${place}${file}`
}

function detailsOf ({ diag }: Result): string {
  const { source, stack, at, diff, ...others } = Object(diag) as Record<string, unknown>
  const shown = diff === undefined ? inspect(others, { depth: 6 }) : String(diff)
  return shown.replaceAll(/^/gm, '  ')
}
