/** One mistake in the annotations of a schema. */
export interface SchemaProblem {
  readonly model: string
  /** The field whose documentation holds the annotation; null when it stands above the model. */
  readonly field: string | null
  /** The line the annotation begins on, as written, without the slashes. */
  readonly source: string
  /** What is wrong. */
  readonly message: string
  /** What to write instead; empty when the message says it. */
  readonly hint: string
}

/** All mistakes of a schema in one error. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
  readonly problems: readonly SchemaProblem[]

  constructor (problems: readonly SchemaProblem[]) {
    super(formatProblems(problems))
    this.problems = problems
  }
}

/**
 * The problems as text for a terminal or a log.
 *
 * @param locate gives the place of a problem, such as `prisma/schema.prisma:14`, when the schema's files are at hand
 */
export function formatProblems (
  problems: readonly SchemaProblem[],
  locate?: (problem: SchemaProblem) => string | null
): string {
  const blocks = problems.map(problem => {
    const owner = problem.field === null ? `model ${problem.model}` : `${problem.model}.${problem.field}`
    const place = locate?.(problem) ?? null
    const head = `${place === null ? '' : `${place}  `}${owner}  ${problem.source}`
    return [head, `  ${problem.message}`, ...(problem.hint === '' ? [] : [`  ${problem.hint}`])].join('\n')
  })
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return `${count} in the @commons annotations of the Prisma schema\n\n${blocks.join('\n\n')}`
}
