export type LogLine = Readonly<Record<string, unknown>> & { readonly level: number; readonly msg: string }

export interface LogCapture {
  /** The option `logger` of Fastify. */
  readonly logger: { readonly level: 'trace'; readonly stream: { readonly write: (text: string) => void } }
  /** The lines until now, parsed. */
  readonly lines: LogLine[]
  /** The lines as they were written. */
  readonly text: () => string
}

/** Keeps the lines that a server logs. */
export function captureLog (): LogCapture {
  const lines: LogLine[] = []
  const texts: string[] = []
  const write = (text: string): void => {
    texts.push(text)
    lines.push(JSON.parse(text) as LogLine)
  }
  return { logger: { level: 'trace', stream: { write } }, lines, text: () => texts.join('') }
}
