import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { CommonsError } from '../../errors.js'
import { Semaphore } from '../../stream/semaphore.js'
import type { PrintTask } from './document.js'

/** Of the thread, in MiB: 10,000 rows of eight columns and 120 characters need a fifth of it. */
const memory = 2048

/** Documents of this process that are made at once: each takes a core and up to half a gigabyte. */
const renderings = new Semaphore(2)

/**
 * Makes a document in a thread of its own, for it takes seconds in which a server would answer nobody. No more than two
 * are made at once.
 *
 * @param seconds that it may take, the wait for its turn left out
 * @param signal ends the thread
 * @throws CommonsError `file_limit_exceeded` when the texts are too many for the memory or the time
 */
export async function render (task: PrintTask, seconds: number, signal: AbortSignal): Promise<Uint8Array> {
  return await renderings.run(async () => await renderNow(task, seconds, signal), signal)
}

async function renderNow (task: PrintTask, seconds: number, signal: AbortSignal): Promise<Uint8Array> {
  const deadline = AbortSignal.timeout(seconds * 1000)
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: memory }
  })
  try {
    const [bytes] = (await once(worker, 'message', { signal: AbortSignal.any([signal, deadline]) })) as [Uint8Array]
    return bytes
  } catch (cause) {
    if (deadline.aborted && !signal.aborted) {
      throw new CommonsError('file_limit_exceeded', {
        params: { limit: seconds, unit: 'seconds of layout in it' },
        cause
      })
    }
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw cause
    throw new CommonsError('file_limit_exceeded', {
      params: { limit: memory, unit: 'MiB' },
      cause,
      message: `The document needs more than ${memory} MiB of memory`
    })
  } finally {
    await worker.terminate()
  }
}
