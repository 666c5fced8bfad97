import { processProbe, type Probe, type Usage } from './probe.js'
import { summarize, type Summary } from './statistics.js'

/** Something measured against others of the same case. */
export interface Entry {
  readonly name: string
  /** Sets everything back to the state before a run; not measured. */
  prepare?: () => Promise<void>
  run: () => Promise<unknown>
  /** Throws when a run did not do all of its work; not measured. Takes what `run` gave. */
  verify?: (result: unknown) => Promise<void>
  /** Where time, CPU and memory are read; the probe given to `measure` when absent. */
  readonly probe?: Probe
}

/** Entries that do the same work. */
export interface Case {
  readonly suite: string
  readonly rows: number
  /** Name of the entry that ratios are against. */
  readonly baseline: string
  readonly entries: readonly Entry[]
}

export interface Effort {
  /** Rounds end after so many seconds, but not before `minRounds` nor after `maxRounds`. */
  readonly seconds: number
  readonly minRounds: number
  readonly maxRounds: number
  /** False: the first run of an entry counts too. */
  readonly warmUp: boolean
}

export interface CaseResult {
  readonly suite: string
  readonly rows: number
  readonly summaries: readonly (Summary & { readonly name: string })[]
  readonly failures: readonly { readonly name: string; readonly error: unknown }[]
}

type Round = ReadonlyMap<Entry, Usage>

/** An entry this slow (milliseconds) is not run again: what it did in the warm-up round counts. */
const slow = 10_000

/**
 * Measures the entries of a case in turns, each round starting with another entry: A B C, C A B, B C A. Machines get
 * faster and slower while a benchmark runs, so a ratio is taken between two runs of the same round, and its median
 * reported.
 */
export async function measure (work: Case, effort: Effort, probe: Probe = processProbe): Promise<CaseResult> {
  const failures: { name: string; error: unknown }[] = []
  const failed = new Set<string>()

  async function turn (entries: readonly Entry[], number: number): Promise<Round> {
    const usages = new Map<Entry, Usage>()
    const first = entries.length - (number % entries.length)
    for (const entry of [...entries.slice(first), ...entries.slice(0, first)]) {
      if (failed.has(entry.name)) continue
      try {
        usages.set(entry, await runOnce(entry, entry.probe ?? probe))
      } catch (error) {
        failed.add(entry.name)
        failures.push({ name: entry.name, error })
      }
    }
    return usages
  }

  const warmUp = await turn(work.entries, 0)
  const isSlow = (entry: Entry) => (warmUp.get(entry)?.wall ?? 0) > slow
  const quick = work.entries.filter(entry => !isSlow(entry))
  const rounds = effort.warmUp ? [] : [warmUp]
  const end = performance.now() + effort.seconds * 1000
  while (
    quick.length > 0 &&
    rounds.length < effort.maxRounds &&
    (rounds.length < effort.minRounds || performance.now() < end)
  ) {
    rounds.push(await turn(quick, rounds.length + 1))
  }

  const baseline = work.entries.find(entry => entry.name === work.baseline)
  const summaries = work.entries
    .filter(entry => !failed.has(entry.name))
    .map(entry => {
      const counted = isSlow(entry) ? [warmUp] : rounds
      return {
        name: entry.name,
        ...summarize(counted.map(round => ({ usage: round.get(entry)!, baseline: baseline && round.get(baseline) })))
      }
    })
  return { suite: work.suite, rows: work.rows, summaries, failures }
}

async function runOnce (entry: Entry, probe: Probe): Promise<Usage> {
  // Before and not after preparing: sweeping goes on in threads for a while, and is counted as CPU time of this
  // process.
  globalThis.gc?.()
  await entry.prepare?.()
  const stop = await probe()
  const result = await entry.run()
  const usage = await stop()
  await entry.verify?.(result)
  return usage
}
