import { loadParser, type Parser } from '../metadata/sources.js'
import type { Datamodel } from '../metadata/dmmf.js'
import type { SchemaFile } from '../generator/locate.js'

/** Prisma's parser; null when the optional package `@prisma/get-dmmf` is not installed. */
export function installedParser (): Parser | null {
  try {
    return loadParser()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    return null
  }
}

/** What the parser has to say against a schema, with file and line; null when it can read it. */
export function syntaxProblem (parse: Parser, files: readonly SchemaFile[]): string | null {
  const result = parseFiles(parse, files)
  return typeof result === 'string' ? result : null
}

/** The datamodel of a schema in files, or the parser's words against it. */
export function parseFiles (parse: Parser, files: readonly SchemaFile[]): Datamodel | string {
  const document = parse({ datamodel: files.map(({ path, text }) => [path, text]) })
  return 'datamodel' in document ? document.datamodel : plainText(document.error)
}

/** The parser's errors are JSON with text that is coloured for a terminal. */
function plainText ({ message }: Error): string {
  try {
    const { message: text } = JSON.parse(message) as { readonly message: string }
    // eslint-disable-next-line no-control-regex
    return text.replaceAll(/\u001b\[[\d;]*m/g, '').trim()
  } catch {
    return message
  }
}
