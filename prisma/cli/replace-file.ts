import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'

/** Writes a file at once: whoever reads it sees the old text or the new one, also when the writing fails half-way. */
export async function replaceFile (path: string, text: string): Promise<void> {
  // A link stays a link: what it leads to is replaced.
  const target = await realpath(path)
  const draft = `${target}.${process.pid}.tmp`
  try {
    await writeFile(draft, text, { flag: 'wx' })
    await chmod(draft, (await stat(target)).mode)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
