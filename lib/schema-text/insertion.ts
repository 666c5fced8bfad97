/** Lines to put before a line of a text (counted from 0), without line ends. */
export interface Insertion {
  readonly before: number
  readonly lines: readonly string[]
}

/** Lines around a change that a diff shows. */
const CONTEXT = 3

/** The text with the insertions in it, which stand in the order of their places. Line ends are those of the text. */
export function insertLines (raw: readonly string[], insertions: readonly Insertion[]): string {
  const end = raw[0]?.endsWith('\r\n') === true ? '\r\n' : '\n'
  const pieces: string[] = []
  let at = 0
  for (const { before, lines } of insertions) {
    pieces.push(...raw.slice(at, before), ...lines.map(line => line + end))
    at = before
  }
  return [...pieces, ...raw.slice(at)].join('')
}

/**
 * The insertions as a unified diff, which `git apply` and `patch` take.
 *
 * @param path as the diff's head shows it
 */
export function insertionDiff (path: string, raw: readonly string[], insertions: readonly Insertion[]): string {
  const end = raw[0]?.endsWith('\r\n') === true ? '\r\n' : '\n'
  let added = 0
  const hunks = groups(insertions).map(group => {
    const first = Math.max(0, group[0]!.before - CONTEXT)
    const last = Math.min(raw.length, group.at(-1)!.before + CONTEXT)
    const lines: string[] = []
    let at = first
    for (const { before, lines: inserted } of group) {
      lines.push(...raw.slice(at, before).map(contextLine), ...inserted.map(line => `+${line}${end}`))
      at = before
    }
    lines.push(...raw.slice(at, last).map(contextLine))
    const count = group.reduce((sum, { lines }) => sum + lines.length, 0)
    const head = `@@ -${first + 1},${last - first} +${first + 1 + added},${last - first + count} @@\n`
    added += count
    return head + lines.join('')
  })
  return `--- a/${path}\n+++ b/${path}\n${hunks.join('')}`
}

function contextLine (line: string): string {
  return ` ${line}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`
}

/** Insertions whose surroundings touch share a hunk. */
function groups (insertions: readonly Insertion[]): Insertion[][] {
  const found: Insertion[][] = []
  for (const insertion of insertions) {
    const last = found.at(-1)
    if (last !== undefined && insertion.before - last.at(-1)!.before <= 2 * CONTEXT) last.push(insertion)
    else found.push([insertion])
  }
  return found
}
