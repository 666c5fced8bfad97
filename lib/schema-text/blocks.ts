/** A `model`, `enum`, `datasource` … of a schema file. Line numbers count from 0. */
export interface SchemaBlock {
  readonly keyword: string
  readonly name: string
  /** The line that opens it. */
  readonly start: number
  /** The line of its closing bracket. */
  readonly end: number
}

/** A line of a schema file: its code without comments, and its documentation. */
export interface SchemaLine {
  readonly code: string
  /** What stands behind `///`; null without it. */
  readonly documentation: string | null
  /** Whether nothing but a comment stands there. */
  readonly comment: boolean
}

export interface SchemaText {
  /** As in the file, line ends included. */
  readonly raw: readonly string[]
  readonly lines: readonly SchemaLine[]
  readonly blocks: readonly SchemaBlock[]
}

/**
 * Reads the outlines of a Prisma schema file. Prisma's language goes by lines: a block opens at the end of a line, each
 * field and attribute has one line of its own, and a line that begins with a bracket closes the block.
 */
export function readSchemaText (text: string): SchemaText {
  const raw = text === '' ? [] : text.split(/(?<=\n)/)
  const lines = readLines(raw)
  const blocks: SchemaBlock[] = []
  let open: Omit<SchemaBlock, 'end'> | null = null
  for (const [i, { code }] of lines.entries()) {
    const opening = /^(\w+)\s+(\w+)\s*\{$/.exec(code)
    if (open === null && opening !== null) {
      open = { keyword: opening[1]!, name: opening[2]!, start: i }
    } else if (open !== null && code.startsWith('}')) {
      blocks.push({ ...open, end: i })
      open = null
    }
  }
  return { raw, lines, blocks }
}

function readLines (raw: readonly string[]): SchemaLine[] {
  let inComment = false
  return raw.map(line => {
    let rest = line.replace(/^\uFEFF/, '').trim()
    const isEmpty = rest === ''
    let code = ''
    let documentation: string | null = null
    while (rest !== '') {
      if (inComment) {
        const end = rest.indexOf('*/')
        inComment = end === -1
        rest = inComment ? '' : rest.slice(end + 2)
        continue
      }
      const [piece] = /^(?:"(?:[^"\\]|\\.)*"?|\/\/.*|\/\*|[^"/]+|[^])/.exec(rest)!
      rest = rest.slice(piece.length)
      if (piece === '/*') inComment = true
      else if (piece.startsWith('///')) documentation = piece.slice(3)
      else if (!piece.startsWith('//')) code += piece
    }
    return { code: code.trim(), documentation, comment: !isEmpty && code.trim() === '' }
  })
}

/** The documentation right above a line, and behind its code; other comments may stand between. */
export function documentationAt (lines: readonly SchemaLine[], at: number): string {
  let first = at
  while (first > 0 && lines[first - 1]!.comment) first--
  return lines
    .slice(first, at + 1)
    .map(line => line.documentation)
    .filter(text => text !== null)
    .join('\n')
}
