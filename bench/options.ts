import { parseArgs } from 'node:util'
import type { Effort } from './harness.js'

export const suiteNames = [
  'upsert',
  'create',
  'update',
  'delete',
  'http',
  'resources',
  'export',
  'import',
  'features',
  'plugins'
] as const

export type SuiteName = (typeof suiteNames)[number]

export interface BenchOptions {
  readonly suites: readonly SuiteName[]
  /** Sizes given with `--rows`; every suite has its own when absent. */
  readonly rows: readonly number[] | undefined
  readonly full: boolean
  readonly smoke: boolean
  readonly effort: Effort
}

/** `smoke` runs everything once on few rows; names of suites choose; `--seconds` is the time for one case. */
export function readOptions (args: readonly string[]): BenchOptions {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rows: { type: 'string' },
      seconds: { type: 'string', default: '15' },
      full: { type: 'boolean', default: false }
    }
  })
  const smoke = positionals.includes('smoke')
  const chosen = positionals
    .filter(name => name !== 'smoke')
    .map(name => {
      const suite = suiteNames.find(known => known === name)
      if (suite === undefined) throw new Error(`Unknown suite "${name}". Suites: smoke, ${suiteNames.join(', ')}`)
      return suite
    })
  return {
    suites: chosen.length > 0 ? chosen : suiteNames,
    rows: values.rows?.split(',').map(text => positive('rows', text)) ?? (smoke ? [20, 1_500] : undefined),
    full: values.full,
    smoke,
    effort: smoke
      ? { seconds: 0, minRounds: 1, maxRounds: 1, warmUp: false }
      : { seconds: positive('seconds', values.seconds), minRounds: 3, maxRounds: 25, warmUp: true }
  }
}

function positive (option: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) {
    throw new Error(`--${option} takes whole numbers above 0, not ` + `"${text}"`)
  }
  return number
}
