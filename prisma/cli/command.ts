/** A command of the command line. */
export interface Command {
  /** What `<command> --help` prints. */
  readonly help: string
  /**
   * Runs it with the arguments behind its name, and gives the exit code.
   *
   * @throws UsageError, CommandError
   */
  run: (args: readonly string[]) => Promise<number>
}

/** The command was called wrongly: the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command cannot do what it was called for; the message says why, and needs no stack. The exit code is 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** Prints to stdout, which holds results only. */
export function print (text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** Prints to stderr, which holds what went wrong. */
export function printProblem (text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
}
