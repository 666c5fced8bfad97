import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import type { CaseResult } from './harness.js'
import type { Quartiles } from './statistics.js'

const packages = ['fastify', '@prisma/client', '@prisma/adapter-pg', 'pg', 'drizzle-orm', 'kysely', 'knex']

const widths = [-13, 7, -38, 4, 22, 18, 8, 18, 8, 8]
const heads = ['suite', 'rows', 'contender', 'runs', 'wall ms', '× wall', 'CPU ms', '× CPU', 'DB CPU', '+RSS MB']

/** Where the numbers come from: they mean nothing without it. */
export function machineLines (serverVersion: string): string[] {
  const load = loadavg()
    .map(value => value.toFixed(1))
    .join(' ')
  return [
    `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, load ${load}; Node ` +
      `${process.versions.node}, PostgreSQL ${serverVersion}`,
    packages.map(name => `${name} ${packageVersion(name)}`).join(', '),
    'Medians (first to third quartile); × is the median of the ratios to the first contender of a case, each taken ' +
      'inside one round.',
    'CPU is that of the Node process that does the work. On a bare route the rows are requests: CPU ms for 5,000 ' +
      'are 5 × µs for one.'
  ]
}

export function headLines (): string[] {
  return [line(heads), widths.map(width => '-'.repeat(Math.abs(width))).join('  ')]
}

export function resultLines ({ suite, rows, summaries }: CaseResult): string[] {
  return summaries.map(summary =>
    line([
      suite,
      rows.toLocaleString('en'),
      summary.name,
      String(summary.runs),
      spread(summary.wall, duration),
      spread(summary.wallRatio, ratio),
      duration(summary.cpu.median),
      spread(summary.cpuRatio, ratio),
      summary.databaseCpu === undefined ? '-' : duration(summary.databaseCpu.median),
      summary.memory === undefined ? '-' : Math.max(0, summary.memory / 2 ** 20).toFixed(0)
    ])
  )
}

/** A negative width aligns to the left. */
function line (cells: readonly string[]): string {
  return cells
    .map((cell, index) => {
      const width = widths[index]!
      return width < 0 ? cell.padEnd(-width) : cell.padStart(width)
    })
    .join('  ')
}

function spread (values: Quartiles | undefined, format: (value: number) => string): string {
  if (values === undefined) return '-'
  return `${format(values.median)} (${format(values.q1)}–${format(values.q3)})`
}

function duration (milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0)
}

function ratio (value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
}

function packageVersion (name: string): string {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
