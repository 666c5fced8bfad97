import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { access, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

const prefix = 'fastify-prisma-commons'

/** Host and process of a folder: containers with a process of the same id may share the folder above. */
const nameParts = /^fastify-prisma-commons-([^/]*)-(\d+)-[^-]*$/

let current: Promise<string> | null = null

/**
 * A path for a new file in the temporary folder of this process. The folder is removed when the process ends, made anew
 * when something else has removed it, and those of processes that were killed are removed when the first one is made.
 */
export async function temporaryPath (): Promise<string> {
  return join(await openFolder(), randomBytes(16).toString('hex'))
}

async function openFolder (): Promise<string> {
  const last = current
  const folder = (await last?.catch(() => null)) ?? null
  if (folder !== null && (await isThere(folder))) return folder
  // Of several that find it gone, one makes it.
  if (current === last) current = makeFolder(last === null)
  return await current!
}

async function makeFolder (isFirst: boolean): Promise<string> {
  if (isFirst) await removeAbandoned(tmpdir())
  const folder = await mkdtemp(join(tmpdir(), `${prefix}-${hostname()}-${process.pid}-`))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

async function isThere (path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false
  )
}

/** Removes the folders of processes of this host that have ended without removing them. */
async function removeAbandoned (root: string): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    const [, host, id] = nameParts.exec(name) ?? []
    if (host !== hostname()) continue
    const path = join(root, name)
    // What cannot be removed belongs to another user.
    if (!(await isAlive(Number(id), path))) await rm(path, { recursive: true, force: true }).catch(() => {})
  }
}

async function isAlive (id: number, path: string): Promise<boolean> {
  // In containers every process may have the same id; a thread of this one has a folder of its own.
  if (id === process.pid) {
    const made = (await stat(path).catch(() => null))?.birthtimeMs ?? 0
    return made > Date.now() - process.uptime() * 1000
  }
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
