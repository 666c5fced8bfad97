import type { Datamodel } from '../metadata/dmmf.js'
import { readLines } from './lines.js'

/** What Prisma passes to a generator; only what this one reads. */
export interface GeneratorOptions {
  readonly dmmf: { readonly datamodel: Datamodel }
  /** The text of the schema. */
  readonly datamodel: string
  /** The schema's `output`, or the default one, as an absolute path. */
  readonly generator: { readonly output: { readonly value: string } }
  /** Prisma calls no generator without a datasource. */
  readonly datasources: readonly [{ readonly activeProvider: string }]
  /** The schema file, or the folder of a schema in several files. */
  readonly schemaPath: string
}

export interface GeneratorHandler {
  readonly prettyName: string
  /** Where the result goes when the schema names no `output`, relative to the schema. */
  readonly defaultOutput: string
  /** Throws an error whose message Prisma prints before it stops. */
  generate(options: GeneratorOptions): Promise<void>
}

interface Request {
  readonly id: number
  readonly method: string
  readonly params: unknown
}

/**
 * Serves Prisma's generator protocol until the input ends: JSON-RPC 2.0, one message a line, requests on stdin and
 * answers on stderr (stdout is the user's terminal).
 */
export async function serveGenerator (handler: GeneratorHandler): Promise<void> {
  for await (const line of readLines(process.stdin)) {
    const request = JSON.parse(line) as Request
    try {
      reply(request, { result: await answer(request, handler) })
    } catch (error) {
      reply(request, { error: { code: -32000, message: error instanceof Error ? error.message : String(error) } })
    }
  }
}

async function answer ({ method, params }: Request, handler: GeneratorHandler): Promise<unknown> {
  switch (method) {
    case 'getManifest': {
      const { prettyName, defaultOutput } = handler
      return { manifest: { prettyName, defaultOutput } }
    }
    case 'generate':
      await handler.generate(params as GeneratorOptions)
      return null
    default:
      throw new Error(`This generator has no method "${method}"`)
  }
}

/** Prisma reads by lines that may end in U+2028 or U+2029 too, which JSON leaves as they are. */
function reply ({ id }: Request, content: object): void {
  const message = JSON.stringify({ jsonrpc: '2.0', id, ...content })
  process.stderr.write(
    message.replace(/[\u2028\u2029]/g, character => `\\u${character.charCodeAt(0).toString(16)}`) + '\n'
  )
}
