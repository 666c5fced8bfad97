import type { Usage } from './probe.js'

export interface Quartiles {
  readonly q1: number
  readonly median: number
  readonly q3: number
}

export interface Summary {
  readonly runs: number
  /** Milliseconds. */
  readonly wall: Quartiles
  readonly cpu: Quartiles
  readonly databaseCpu: Quartiles | undefined
  /**
   * The largest growth of the resident memory in any run, bytes: later runs reuse what earlier ones left in the heap.
   */
  readonly memory: number | undefined
  /** Against the baseline's run of the same round; absent when the baseline has none. */
  readonly wallRatio: Quartiles | undefined
  readonly cpuRatio: Quartiles | undefined
}

/** One run of an entry with the run of the baseline in the same round. */
export interface Pair {
  readonly usage: Usage
  readonly baseline: Usage | undefined
}

export function summarize (pairs: readonly Pair[]): Summary {
  const ratio = (figure: 'wall' | 'cpu') =>
    quartiles(pairs.map(({ usage, baseline }) => baseline && usage[figure] / baseline[figure]))
  return {
    runs: pairs.length,
    wall: quartiles(pairs.map(pair => pair.usage.wall))!,
    cpu: quartiles(pairs.map(pair => pair.usage.cpu))!,
    databaseCpu: quartiles(pairs.map(pair => pair.usage.databaseCpu)),
    memory: maximum(pairs.map(pair => pair.usage.memory)),
    wallRatio: ratio('wall'),
    cpuRatio: ratio('cpu')
  }
}

/** Of the known values, interpolated between neighbours; undefined when none is known. */
function quartiles (values: readonly (number | undefined)[]): Quartiles | undefined {
  const sorted = known(values).sort((a, b) => a - b)
  if (sorted.length === 0) return undefined
  const at = (share: number) => {
    const position = share * (sorted.length - 1)
    const below = sorted[Math.floor(position)]!
    return below + (sorted[Math.ceil(position)]! - below) * (position % 1)
  }
  return { q1: at(0.25), median: at(0.5), q3: at(0.75) }
}

function maximum (values: readonly (number | undefined)[]): number | undefined {
  const all = known(values)
  return all.length === 0 ? undefined : Math.max(...all)
}

function known (values: readonly (number | undefined)[]): number[] {
  return values.filter(value => value !== undefined)
}
