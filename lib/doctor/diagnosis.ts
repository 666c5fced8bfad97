/** Something about the database that the schema says otherwise, or that its author should know. */
export interface Finding {
  readonly code: FindingCode
  /** The model it is about; null when it is about the database as a whole. */
  readonly model: string | null
  readonly message: string
  /** What to do about it. */
  readonly hint: string
  /** SQL for a migration that puts it right; none where SQL is not the way. */
  readonly statements: readonly string[]
}

export type FindingCode =
  | 'table_missing'
  | 'column_missing'
  | 'index_missing'
  | 'index_invalid'
  | 'index_not_unique'
  | 'index_columns'
  | 'index_predicate'
  | 'index_name'
  | 'index_unknown'
  | 'constraint_deferrable'
  | 'column_generated'
  | 'column_not_generated'
  | 'deleted_rows_keep_values'
  | 'time_zone'

/** What the doctor found. */
export interface Diagnosis {
  /** What does not work as the schema says. */
  readonly problems: readonly Finding[]
  /** What works, but perhaps not as it is meant. */
  readonly notes: readonly Finding[]
}

/** The diagnosis as text for a terminal or a log. */
export function formatDiagnosis ({ problems, notes }: Diagnosis): string {
  const blocks = [
    ...problems.map(finding => formatFinding('problem', finding)),
    ...notes.map(finding => formatFinding('note', finding))
  ]
  const counts = [count(problems.length, 'problem'), count(notes.length, 'note')].join(', ')
  return [...blocks, counts].join('\n\n')
}

function formatFinding (level: string, { model, message, hint, statements }: Finding): string {
  const head = `${level}  ${model === null ? 'the database' : `model ${model}`}`
  return [head, `  ${message}`, `  ${hint}`, ...statements.map(statement => `    ${statement}`)].join('\n')
}

function count (number: number, what: string): string {
  return `${number === 0 ? 'no' : number} ${what}${number === 1 ? '' : 's'}`
}
