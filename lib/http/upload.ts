import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { temporaryPath } from './temporary-folder.js'

/** An upload in a file of its own, until it is removed. */
export interface Upload {
  readonly path: string
  remove: () => Promise<void>
}

/**
 * Stores an upload: nothing of it is imported before it is there as a whole, so that one which breaks off changes
 * nothing. It is read to its end whatever becomes of it, unless the signal is aborted.
 */
export async function storeUpload (stream: NodeJS.ReadableStream, signal: AbortSignal): Promise<Upload> {
  let path: string | undefined
  const remove = async (): Promise<void> => {
    if (path !== undefined) await rm(path, { force: true })
  }
  try {
    path = await temporaryPath()
    await pipeline(stream, createWriteStream(path, { mode: 0o600, flags: 'wx' }), { signal })
    return { path, remove }
  } catch (error) {
    stream.resume()
    await remove()
    throw error
  }
}
