/** A line of the tree: indent, piece of a path, methods when a route ends here, constraints. */
const line = /^(?<indent>(?:│? {3,4})*)[├└]── (?<label>.*?)(?: \((?<methods>[A-Z, -]+)\))?(?: \{.*\})?$/

/**
 * Reads the routes back from the tree that Fastify's `printRoutes()` prints: the one public view of routes that were
 * added before a plugin could hear of them. Each comes as `GET, HEAD /path`.
 */
export function routesOfTree (tree: string): string[] {
  const path: string[] = []
  const routes: string[] = []
  for (const text of tree.split('\n')) {
    const { indent, label, methods } = line.exec(text)?.groups ?? {}
    if (indent === undefined || label === undefined) continue
    path.length = indent.length / 4
    path.push(label === '(empty root node)' ? '' : label)
    if (methods !== undefined) routes.push(`${methods} ${path.join('')}`)
  }
  return routes
}
