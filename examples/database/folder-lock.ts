import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * Locks that this process holds: a lock file with our own pid that is not in here was left by a predecessor (pid 1 in a
 * container).
 */
const held = new Set<string>()

/**
 * Makes this process the only user of a folder (created when absent) and gives the function that ends that. The lock
 * is a file `lock` with the pid in it; one whose process is dead is taken over.
 *
 * @throws Error naming the pid and the folder when a living process holds the lock.
 * @example
 * const unlock = lockFolder('.data')
 */
export function lockFolder (folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const file = join(resolve(folder), 'lock')
  const own = `${file}.${process.pid}`
  // Linking a finished file into place is exclusive, and nobody ever reads a lock without a pid.
  writeFileSync(own, String(process.pid))
  try {
    while (!attempt(() => linkSync(own, file), 'EEXIST')) {
      const pid = readPid(file)
      if (pid !== null && (pid === process.pid ? held.has(file) : isAlive(pid))) {
        throw new Error(
          `${resolve(folder)} is in use by process ${pid}. Stop it or choose another folder; if ${pid} is no such ` +
            `server, delete ${file}`
        )
      }
      takeAway(file, pid)
    }
  } finally {
    rmSync(own)
  }
  held.add(file)
  return () => {
    if (held.delete(file)) rmSync(file, { force: true })
  }
}

/** Removes the lock of a dead process. When another process took it over in between, that one keeps it. */
function takeAway (file: string, pid: number | null): void {
  const aside = `${file}.${process.pid}.stale`
  if (!attempt(() => renameSync(file, aside), 'ENOENT')) return
  if (readPid(aside) !== pid) attempt(() => linkSync(aside, file), 'EEXIST')
  rmSync(aside)
}

function readPid (file: string): number | null {
  let text = ''
  attempt(() => {
    text = readFileSync(file, 'utf8')
  }, 'ENOENT')
  return /^[1-9]\d*$/.test(text) ? Number(text) : null
}

function isAlive (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether the action worked; false when it failed with the one expected code. */
function attempt (action: () => void, expected: string): boolean {
  try {
    action()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === expected) return false
    throw error
  }
}
