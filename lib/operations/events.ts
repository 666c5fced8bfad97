import { isFinal, type Operation } from './operation.js'

export interface EventOptions {
  /** What a client has seen last, from its header `Last-Event-ID`. */
  readonly lastId: string | undefined
  /** After this time a quiet stream sends a comment, so that proxies keep it open. */
  readonly heartbeatSeconds: number
  /** The data of an event. */
  readonly show: (operation: Operation) => object
}

/**
 * Server-Sent Events of an operation: each `status` is the whole state, with its sequence as the id, so that one that
 * comes twice or late does no harm. The last one is named `done`.
 */
export async function * operationEvents (
  states: AsyncIterator<Operation>,
  { lastId, heartbeatSeconds, show }: EventOptions
): AsyncGenerator<string> {
  const known = /^\d{1,10}$/.test(lastId ?? '') ? Number(lastId) : -1
  // A browser that is cut off comes back after this time.
  yield 'retry: 2000\n\n'
  let next = states.next()
  try {
    while (true) {
      const result = await withTimeout(next, heartbeatSeconds * 1000)
      if (result === null) {
        yield ': still here\n\n'
        continue
      }
      if (result.done === true) return
      const operation = result.value
      const isDone = isFinal(operation.state)
      if (isDone || operation.sequence > known) yield eventOf(operation, isDone ? 'done' : 'status', show(operation))
      next = states.next()
    }
  } finally {
    await states.return?.()
  }
}

function eventOf ({ sequence }: Operation, name: string, data: object): string {
  return `id: ${sequence}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

async function withTimeout<T> (work: Promise<T>, milliseconds: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const ending = new Promise<null>(resolve => {
    timer = setTimeout(resolve, milliseconds, null)
  })
  try {
    return await Promise.race([work, ending])
  } finally {
    clearTimeout(timer)
  }
}
