import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { CommonsError } from '../../errors.js'
import type { PrintTask } from './document.js'

/** Of the thread, in MiB: 10,000 rows of eight columns and 120 characters need a fifth of it. */
const memory = 2048

/**
 * Makes a document in a thread of its own, for it takes seconds in which a server would answer nobody.
 *
 * @param signal ends the thread
 * @throws CommonsError `file_limit_exceeded` when the texts are too many for the memory
 */
export async function render (task: PrintTask, signal: AbortSignal): Promise<Uint8Array> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: task, resourceLimits: { maxOldGenerationSizeMb: memory } })
  try {
    const [bytes] = await once(worker, 'message', { signal }) as [Uint8Array]
    return bytes
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw cause
    throw new CommonsError('file_limit_exceeded', {
      params: { limit: memory, unit: 'MiB' }, cause, message: `The document needs more than ${memory} MiB of memory`
    })
  } finally {
    await worker.terminate()
  }
}
