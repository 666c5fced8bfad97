import { readSchemaText } from './blocks.js'
import { declaredFields } from './model-shape.js'

/** What the text of a schema says, and Prisma's DMMF leaves out. */
export interface Untold {
  /** Enum → its database schema. */
  readonly enumSchemas: ReadonlyMap<string, string>
  /** Model → the required columns without a default that the client leaves out. */
  readonly unsupported: ReadonlyMap<string, readonly string[]>
}

/**
 * Reads what only the text of a schema says.
 *
 * @param text null where it is not at hand
 */
export function readUntold (text: string | null): Untold {
  const enumSchemas = new Map<string, string>()
  const unsupported = new Map<string, readonly string[]>()
  // Most schemas have none of these, and large ones take time to read.
  const blocks = text !== null && /@@schema|Unsupported|@ignore/.test(text) ? readSchemaText(text) : null
  for (const block of blocks?.blocks ?? []) {
    const lines = blocks!.lines.slice(block.start + 1, block.end)
    if (block.keyword === 'enum') {
      const schema = lines
        .map(({ code }) => /^@@schema\(\s*"([^"]+)"/.exec(code)?.[1])
        .find(name => name !== undefined)
      if (schema !== undefined) enumSchemas.set(block.name, schema)
    } else if (block.keyword === 'model') {
      const names = declaredFields(blocks!, block)
        .filter(isLeftOut)
        .map(({ name }) => name)
      if (names.length > 0) unsupported.set(block.name, names)
    }
  }
  return { enumSchemas, unsupported }
}

function isLeftOut ({ type, list, required, attributes }: ReturnType<typeof declaredFields>[number]): boolean {
  return (
    required &&
    !list &&
    (type === 'Unsupported' || /(?:^|\s)@ignore\b/.test(attributes)) &&
    !attributes.includes('@default(')
  )
}
