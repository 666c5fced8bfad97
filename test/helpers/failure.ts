import { CommonsError, type ErrorDetail } from 'fastify-prisma-commons/errors'

export interface Failure {
  readonly code: string
  readonly status: number
  readonly message: string
  readonly params: Readonly<Record<string, unknown>>
  readonly details: readonly ErrorDetail[]
}

/** The error of the suite that `work` fails with; anything else is thrown on, and success is a failure of the test. */
export async function failureOf (work: PromiseLike<unknown>): Promise<Failure> {
  const outcome = await Promise.resolve(work).then(
    result => ({ result }),
    (error: unknown) => error
  )
  if (!(outcome instanceof CommonsError)) {
    throw outcome instanceof Error ? outcome : new Error(`No failure but ${JSON.stringify(outcome)}`)
  }
  const { code, status, message, params, details } = outcome
  return { code, status, message, params, details }
}

/** What is told of each item: `index field code message`. */
export function itemsOf ({ details }: Pick<Failure, 'details'>): string[] {
  return details.map(({ index, field, code, message }) => [index, field ?? '-', `${code}:`, message].join(' '))
}
