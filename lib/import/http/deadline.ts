import { CommonsError } from '../../errors.js'

/** Ends when an import may go on no longer. */
export function deadline (seconds: number): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort(
      new CommonsError('file_limit_exceeded', { params: { limit: seconds, unit: 'seconds of work in it' } })
    )
  }, seconds * 1000)
  timer.unref()
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer)
    }
  }
}
