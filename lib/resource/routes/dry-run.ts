import type { ItemOutcome } from '../../store/core/report.js'
import type { ModelStore } from '../../store/model-store.js'
import type { UniqueMeta } from '../../model/meta.js'
import type { Answer } from './answer.js'
import type { Resource } from '../definition/resource.js'

/**
 * Does all that a write does, hooks and the checks at the end of its transaction included, and undoes it. Sequences
 * have moved on, and what hooks did outside of the database is done.
 */
export async function dryRun (store: ModelStore, work: (store: ModelStore) => Promise<Answer>): Promise<Answer> {
  const answer = await store.isolated(
    async inner => {
      const answer = await work(inner)
      await inner.checkDeferred()
      return answer
    },
    { rollback: true }
  )
  // No row has the version that the answer would tell of.
  const { etag, ...headers } = answer.headers ?? {}
  return { ...answer, headers, meta: { ...answer.meta, dry_run: true } }
}

/** How rows are shown in an answer. */
export interface ShownRows {
  readonly dryRun: boolean
  /** The unique constraint of an upsert, which clients name. */
  readonly on?: UniqueMeta | undefined
}

/**
 * A row as an answer shows it. One that a dry run created will have another id once it is created for good: it shows
 * none.
 */
export function shownAs (
  { model }: Resource,
  row: Readonly<Record<string, unknown>>,
  outcome: ItemOutcome | undefined,
  { dryRun, on }: ShownRows
): Readonly<Record<string, unknown>> {
  if (!dryRun || outcome !== 'created') return row
  const generated = model.primaryKey.fields.filter(name => {
    const given = model.ownField(name).default
    return given !== null && given.kind !== 'value' && on?.fields.includes(name) !== true
  })
  return generated.length === 0
    ? row
    : Object.fromEntries(Object.entries(row).filter(([name]) => !generated.includes(name)))
}
