import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Milliseconds that the event loop stood still at most while some work was done: the least of up to three runs, as
 * other programs of a busy machine make it stand still too.
 */
export async function loopDelay (work: () => Promise<unknown>, enough: number): Promise<number> {
  let least = Infinity
  for (let run = 0; run < 3 && least >= enough; run++) {
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    await sleep(30)
    delay.reset()
    await work()
    await sleep(30)
    delay.disable()
    least = Math.min(least, delay.max / 1e6)
  }
  return least
}
