/** Frames of Node, of installed packages, and of native calls. */
const foreign = /node:|[\\/]node_modules[\\/]|\(<anonymous>\)|^\s*at (?:async )?Promise\./

/**
 * The first line of a stack that is in the user's code, e.g. `list (/app/routes/contracts.js:12:30)`; null when there
 * is none.
 */
export function userFrame (stack: string | null): string | null {
  if (stack === null) return null
  const frames = stack.split('\n').filter(line => /^\s*at /.test(line))
  const line = frames.find(line => !foreign.test(line) && !isOwn(line))
  return line === undefined ? null : line.trim().slice('at '.length).replace('file://', '')
}

function isOwn (line: string): boolean {
  return ownFolders.some(folder => line.includes(folder))
}

/**
 * The folders of this package, compiled and, for source maps, as they were written: they are not in `node_modules` when
 * the package is linked.
 */
const ownFolders = ['../../', '../../../'].flatMap(root =>
  ['lib/', 'plugins/', 'prisma/binding/', 'prisma/extension/', 'prisma/observe/'].flatMap(folder => {
    const { pathname } = new URL(root + folder, import.meta.url)
    return [pathname, decodeURIComponent(pathname)]
  })
)
