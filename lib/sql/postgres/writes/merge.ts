import { answer, type MergeOutcome } from '../../port/answer.js'
import type { UpsertWrite } from '../../port/write-statements.js'
import type { Statement } from '../../port/runner.js'
import { heldRows, isHeld } from './held.js'
import { Source } from '../clauses/source.js'
import { identifier, tableOf } from '../values/types.js'
import { conflictTarget } from './upsert.js'
import { all, changes, predicate, setSomething } from '../clauses/assignments.js'

/**
 * One statement that inserts the rows that are new and updates the others, for items that do not all name the same
 * fields: ON CONFLICT cannot see which fields an item named, UPDATE … FROM can.
 * The insert goes first: in the order of the items, each either makes its row or locks the one that exists, so that
 * two such statements cannot wait for each other, and what is compared and updated afterwards holds still.
 * A row that another transaction has made since this statement began is locked but not seen: its item is `raced`, and
 * the statement, run again for it, finds the row.
 */
export function merge (write: UpsertWrite): Statement {
  const { model, on } = write
  const source = new Source(model)
  const table = tableOf(model)
  const flags = write.columns.map(column => (column.named === 'some' ? source.array(column.given, 'boolean') : null))
  const inserts = write.columns
    .map((column, i) => ({ column, i }))
    .filter(({ column }) => column.named !== 'none' || column.fallback.kind === 'bind')
  const updating = write.columns.map((column, i) => {
    if (column.updating !== undefined) return source.array(column.updating, 'boolean')
    return flags[i] ?? null
  })
  const input = [
    'r.ord',
    ...updating.flatMap((flag, i) => (flag === null ? [] : [`${flag} as g${i}`])),
    ...inserts.map(({ column, i }) => `${source.column(column, 'null', flags[i])} as x${i}`),
    `${write.complete === null ? 'true' : source.array(write.complete, 'boolean')} as complete`,
    ...(write.forced === undefined ? [] : [`${source.array(write.forced, 'boolean')} as forced`]),
    `${write.expected === null ? 'null::integer' : source.field(write.expected.field, write.expected.values)} as ` +
      'version'
  ]
  const assignments = write.columns.flatMap((column, i) => {
    if (!write.update.has(column.field.name) || column.named === 'none') return []
    return [
      {
        field: column.field,
        value: `r.x${i}`,
        given: updating[i] === null ? null : `r.g${i}`,
        rest: `t.${identifier(column.field.column)}`
      }
    ]
  })
  const keys = on.fields.map(name => ({
    column: identifier(model.ownField(name).column),
    alias: `x${write.columns.findIndex(column => column.field.name === name)}`
  }))
  const match = all(...keys.map(({ column, alias }) => `t.${column} = r.${alias}`), predicate(model, on.where, 't.'))
  const fits =
    write.expected === null
      ? 'true'
      : `(r.version is null or t.${identifier(write.expected.field.column)} = r.version)`
  const gone = write.live === null ? null : `not (${predicate(model, write.live, 't.')})`
  const forced = write.forced === undefined ? null : 'r.forced'
  const [locked] = assignments.map(({ field }) => identifier(field.column))

  return source.statement(
    [
      `with input as materialized (select ${input.join(', ')} from ${source.from()}),`,
      ...(write.lock === undefined ? [] : [`${heldRows(model, match, write.lock)},`]),
      `added as (insert into ${table} as t ` +
        `(${inserts.map(({ column }) => identifier(column.field.column)).join(', ')})`,
      `select ${inserts.map(({ i }) => `r.x${i}`).join(', ')} from input r where ` +
        `${all(write.lock === undefined ? '' : isHeld, 'r.complete and r.version is null')} order by r.ord`,
      `${conflictTarget(write)} do ` +
        `${locked === undefined ? 'nothing' : `update set ${locked} = t.${locked} where false`}`,
      `returning ${keys.map(({ column, alias }) => `t.${column} as ${alias}`).join(', ')}),`,
      // Counting what was added makes the insert end before the first of these rows is looked at.
      // It has all of the item, so that the update joins the table alone: of a join of parts the planner knows no
      // sizes.
      `known as materialized (select r.*, ${fits} as fits${gone === null ? '' : `, ${gone} as gone`} from input r ` +
        `join ${table} t on ${match}`,
      'where (select count(*) from added) >= 0 order by r.ord for update of t),',
      locked === undefined && forced === null
        ? 'changed as (select ord from input where false)'
        : `changed as (update ${table} as t set ${setSomething(source, model, assignments, write.touch)} from ` +
          'known r where ' +
          `${all(match, 'r.fits', gone === null ? '' : 'not r.gone', changes(model, assignments, forced))} ` +
          'returning r.ord)',
      partsOf(
        keys.map(({ alias }) => alias),
        gone !== null
      ).join('\nunion all ')
    ].join('\n')
  )
}

/**
 * What the parts of the statement did, side by side: an item may be in several, and the first of `mergeOutcomes`
 * counts. They are not joined here: the planner cannot know how many rows a part gives, and may look through all of
 * them for each item.
 */
function partsOf (keys: readonly string[], mayBeGone: boolean): string[] {
  const part = (outcome: MergeOutcome, from: string): string =>
    `select r.ord::integer as ${identifier(answer.ord)}, '${outcome}' as ${identifier(answer.outcome)} from ${from}`
  const insertable = 'complete and version is null'
  const count = (from: string): string => `(select count(*) from ${from})`
  // Unless a writer came in between, all that could be inserted and was not known has been: nothing is looked up by
  // key.
  const isComplete = `${count('added')} = ${count(`input where ${insertable}`)} - ${count(`known where ${insertable}`)}`
  return [
    ...(mayBeGone ? [part('deleted', 'known r where gone')] : []),
    part('updated', 'changed r'),
    part('conflict', 'known r where not fits'),
    part('unchanged', 'known r'),
    part(
      'created',
      `input r where ${insertable} and (${isComplete} or (${keys.map(key => `r.${key}`).join(', ')}) in (select ` +
        `${keys.join(', ')} from added))`
    ),
    part('absent', 'input r where not complete or version is not null')
  ]
}
