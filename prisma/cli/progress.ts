import type { ImportProgress } from '../../lib/import/plan/options.js'

const barLength = 24
/** Milliseconds between two signs of life: on a terminal, and in a log. */
const redrawEvery = 100
const lineEvery = 5000

/** What progress is shown on; process.stderr is such. */
export interface Screen {
  readonly isTTY?: boolean
  write: (text: string) => unknown
}

/** Shows how far an import is: a bar on a terminal, else a line every five seconds. */
export class ProgressDisplay {
  readonly #screen: Screen
  readonly #now: () => number
  readonly #start: number
  #shown: number

  constructor (screen: Screen, now: () => number = Date.now) {
    this.#screen = screen
    this.#now = now
    this.#start = now()
    this.#shown = screen.isTTY === true ? -Infinity : this.#start
  }

  /** Seconds since the start. */
  get seconds (): number {
    return (this.#now() - this.#start) / 1000
  }

  readonly tell = (progress: ImportProgress): void => {
    const isTerminal = this.#screen.isTTY === true
    if (this.#now() - this.#shown < (isTerminal ? redrawEvery : lineEvery)) return
    this.#shown = this.#now()
    const text = progressText(progress, this.seconds)
    this.#screen.write(
      isTerminal ? `\r\x1b[2K${progress.fraction === null ? '' : `${bar(progress.fraction)} `}${text}` : `${text}\n`
    )
  }

  /** Takes the bar away. */
  end (): void {
    if (this.#screen.isTTY === true) this.#screen.write('\r\x1b[2K')
  }
}

/**
 * How far it is, how fast, and how long it will take where that is known.
 *
 * @example
 * progressText({ rows: 5000, fraction: 0.5 }, 2) // '50 %, 5,000 rows, 2,500 rows/s, 2 s left'
 */
export function progressText ({ rows, fraction }: ImportProgress, seconds: number): string {
  const left = fraction === null || fraction === 0 ? null : (seconds * (1 - fraction)) / fraction
  return [
    ...(fraction === null ? [] : [`${Math.floor(fraction * 100)} %`]),
    `${counted(rows)} rows`,
    `${rate(rows, seconds)} rows/s`,
    ...(left === null ? [] : [`${duration(left)} left`])
  ].join(', ')
}

export function rate (rows: number, seconds: number): string {
  return counted(Math.round(rows / Math.max(seconds, 0.001)))
}

export function counted (number: number): string {
  return number.toLocaleString('en')
}

/** `8 s`, `2 min 5 s`. */
export function duration (seconds: number): string {
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

function bar (fraction: number): string {
  const full = Math.round(fraction * barLength)
  return `[${'#'.repeat(full)}${'-'.repeat(barLength - full)}]`
}
