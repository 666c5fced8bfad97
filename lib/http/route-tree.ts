/** A line of the tree: indent, then a piece of a path with what belongs to it. */
const line = /^(?<indent>(?:│ {3}| {4})*)[├└]── (?<piece>.*)$/
/** What follows the piece of a path where a route ends: its methods, then its constraints. */
const ending = / \((?<methods>[A-Z, -]+)\)(?= \{|$)/

/**
 * Reads the routes back from the tree that Fastify's `printRoutes()` prints: the one public view of routes that were
 * added before a plugin could hear of them. Each comes as `GET, HEAD /path`.
 */
export function routesOfTree (tree: string): string[] {
  const path: string[] = []
  const routes: string[] = []
  for (const text of tree.split('\n')) {
    const { indent, piece } = line.exec(text)?.groups ?? {}
    if (indent === undefined || piece === undefined) continue
    const end = ending.exec(piece)
    const label = piece.slice(0, end?.index)
    const methods = end?.groups?.['methods']
    path.length = indent.length / 4
    path.push(label === '(empty root node)' ? '' : label)
    if (methods !== undefined) routes.push(`${methods} ${path.join('')}`)
  }
  return routes
}
