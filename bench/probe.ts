import { readFileSync, writeFileSync } from 'node:fs'

/** What one run took. */
export interface Usage {
  /** Milliseconds. */
  readonly wall: number
  /** Milliseconds of user and system time of the Node process that does the work. */
  readonly cpu: number
  /** Milliseconds of the database's processes, where they can be read. */
  readonly databaseCpu?: number
  /** Bytes of resident memory at the peak above those at the start, where the system tells. */
  readonly memory?: number
}

/** Starts watching; the function it gives ends that. */
export type Probe = () => Promise<() => Promise<Usage>>

export interface ProcessFigures {
  readonly cpu: number
  readonly memory?: number
}

/** Watches this process. */
export const processProbe: Probe = async () => {
  const stop = watchProcess()
  const start = performance.now()
  return async () => {
    const wall = performance.now() - start
    return { wall, ...stop() }
  }
}

/** Adds the CPU time of the database's backends, read before and after the run. */
export function withDatabase (probe: Probe, backendCpu: () => Promise<Map<number, number> | undefined>): Probe {
  return async () => {
    const before = await backendCpu()
    const stop = await probe()
    return async () => {
      const usage = await stop()
      const after = await backendCpu()
      if (before === undefined || after === undefined) return usage
      let databaseCpu = 0
      for (const [pid, cpu] of after) databaseCpu += cpu - (before.get(pid) ?? 0)
      return { ...usage, databaseCpu }
    }
  }
}

/** CPU time and memory of this process from now to the call of the function it gives. */
export function watchProcess (): () => ProcessFigures {
  const start = residentPeak(true)
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    const end = residentPeak(false)
    return {
      cpu: (user + system) / 1000,
      ...(start === undefined || end === undefined ? {} : { memory: end - start })
    }
  }
}

/**
 * The peak of the resident memory in bytes, after setting it back to the present size if wanted. Linux keeps it
 * exactly, which a timer cannot: the event loop stands still while rows are encoded.
 */
function residentPeak (reset: boolean): number | undefined {
  if (process.platform !== 'linux') return undefined
  if (reset) writeFileSync('/proc/self/clear_refs', '5')
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024
}
