import type { FieldMeta } from '../../model/meta.js'
import type { Model } from '../../model/registry.js'
import type { Filter } from '../../sql/port/filter.js'
import { answer } from '../../sql/port/answer.js'
import type { LinkTable } from '../../sql/port/statement-parts.js'
import type { LinkPairs } from '../../sql/port/write-statements.js'
import type { WriteContext } from '../core/write-context.js'
import type { Row } from './find.js'
import { notDeleted } from '../core/soft-delete-filter.js'
import type { RowRequest } from '../core/report.js'

/** A pair of keys in a join table. */
export type Link = readonly [own: unknown, other: unknown]

export interface RelatedOptions {
  readonly rows: RowRequest
  /** The rows that may be found. Default: all. */
  readonly filter?: Filter | null
}

/**
 * Reads the live rows that belong to each of some keys: those that hold the key in a field, or that a join table names.
 * By their primary keys within each; one query.
 */
export async function relatedRows (
  context: WriteContext,
  by: FieldMeta | LinkTable,
  keys: readonly unknown[],
  { rows: { fields, form }, filter = null }: RelatedOptions
): Promise<readonly (readonly Row[])[]> {
  const { dialect, model, runner, chunkRows } = context
  const decode = dialect.decoder(model, fields, form, context.factories)
  const found = keys.map((): Row[] => [])
  const [owner, field] = 'table' in by ? [by.own.model, by.own.field] : [model, by]
  for (let start = 0; start < keys.length; start += chunkRows) {
    const values = dialect.encode(owner, { ...field, required: false }, keys.slice(start, start + chunkRows), () => {})
    for (const row of await runner.query(
      dialect.findRelated({ model, by, values, where: notDeleted(model), filter, returning: fields })
    )) {
      found[start + Number(row[answer.ord]) - 1]!.push(decode(row))
    }
  }
  return found
}

/** Takes links away and makes others, in one statement. */
export async function writeLinks (
  { dialect, runner }: Pick<WriteContext, 'dialect' | 'runner'>,
  table: LinkTable,
  removed: readonly Link[],
  added: readonly Link[]
): Promise<void> {
  if (removed.length === 0 && added.length === 0) return
  const encode = (
    { model, field }: { readonly model: Model; readonly field: FieldMeta },
    values: readonly unknown[]
  ): string | null =>
    dialect.encode(model, field, values, (_, code) => {
      throw new Error(`A key of ${model.name} does not fit its own field: ${code}`)
    })
  const pairs = (links: readonly Link[]): LinkPairs => ({
    own: encode(
      table.own,
      links.map(([own]) => own)
    ),
    other: encode(
      table.other,
      links.map(([, other]) => other)
    )
  })
  await runner.query(dialect.link({ table, removed: pairs(removed), added: pairs(added) }))
}
