import { answer, type MergeOutcome, type UpsertWrite } from '../dialect.js'
import type { Statement } from '../runner.js'
import { Source } from './source.js'
import { identifier, tableOf } from './types.js'
import { conflictTarget } from './upsert.js'
import { all, changes, predicate, setSomething } from './write.js'

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
  const flags = write.columns.map(column => column.named === 'some' ? source.array(column.given, 'boolean') : null)
  const inserts = write.columns.map((column, i) => ({ column, i })).filter(({ column }) => column.named !== 'none' || column.fallback.kind === 'bind')
  const updating = write.columns.map((column, i) => {
    if (column.updating !== undefined) return source.array(column.updating, 'boolean')
    return flags[i] ?? null
  })
  const input = [
    'r.ord',
    ...updating.flatMap((flag, i) => flag === null ? [] : [`${flag} as g${i}`]),
    ...inserts.map(({ column, i }) => `${source.column(column, 'null', flags[i])} as x${i}`),
    `${write.complete === null ? 'true' : source.array(write.complete, 'boolean')} as complete`,
    ...write.forced === undefined ? [] : [`${source.array(write.forced, 'boolean')} as forced`],
    `${write.expected === null ? 'null::integer' : source.field(write.expected.field, write.expected.values)} as version`
  ]
  const assignments = write.columns.flatMap((column, i) => {
    if (!write.update.has(column.field.name) || column.named === 'none') return []
    return [{ field: column.field, value: `r.x${i}`, given: updating[i] === null ? null : `r.g${i}`, rest: `t.${identifier(column.field.column)}` }]
  })
  const keys = on.fields.map(name => ({ column: identifier(model.ownField(name).column), alias: `x${write.columns.findIndex(column => column.field.name === name)}` }))
  const match = all(...keys.map(({ column, alias }) => `t.${column} = r.${alias}`), predicate(model, on.where, 't.'))
  const fits = write.expected === null ? 'true' : `(r.version is null or t.${identifier(write.expected.field.column)} = r.version)`
  const gone = write.live === null ? null : `not (${predicate(model, write.live, 't.')})`
  const forced = write.forced === undefined ? null : 'r.forced'
  const [locked] = assignments.map(({ field }) => identifier(field.column))

  return source.statement([
    `with input as materialized (select ${input.join(', ')} from ${source.from()}),`,
    `added as (insert into ${table} as t (${inserts.map(({ column }) => identifier(column.field.column)).join(', ')})`,
    `select ${inserts.map(({ i }) => `r.x${i}`).join(', ')} from input r where r.complete and r.version is null order by r.ord`,
    `${conflictTarget(write)} do ${locked === undefined ? 'nothing' : `update set ${locked} = t.${locked} where false`}`,
    `returning ${keys.map(({ column, alias }) => `t.${column} as ${alias}`).join(', ')}),`,
    // Counting what was added makes the insert end before the first of these rows is looked at.
    `known as materialized (select r.ord, ${fits} as fits${gone === null ? '' : `, ${gone} as gone`} from input r join ${table} t on ${match}`,
    'where (select count(*) from added) >= 0 order by r.ord for update of t),',
    locked === undefined && forced === null
      ? 'changed as (select ord from input where false)'
      : `changed as (update ${table} as t set ${setSomething(source, model, assignments, write.touch)} from input r join known k on k.ord = r.ord where ${all(match, 'k.fits', gone === null ? '' : 'not k.gone', changes(model, assignments, forced))} returning r.ord)`,
    `select r.ord::integer as ${identifier(answer.ord)}, ${outcomeOf(keys.map(({ alias }) => alias), gone !== null)} as ${identifier(answer.outcome)} from input r`
  ].join('\n'))
}

/**
 * What became of each item. The parts are looked into one by one: of a join of them all the planner would expect millions of
 * rows, and compile the statement for longer than it takes to run.
 */
function outcomeOf (keys: readonly string[], mayBeGone: boolean): string {
  const known = (which: string): string => `r.ord in (select ord from known${which})`
  const outcomes: readonly (readonly [condition: string, outcome: MergeOutcome])[] = [
    ...mayBeGone ? [[known(' where gone'), 'deleted'] as const] : [],
    ['r.ord in (select ord from changed)', 'updated'],
    [`(${keys.map(key => `r.${key}`).join(', ')}) in (select ${keys.join(', ')} from added)`, 'created'],
    [known(' where not fits'), 'conflict'],
    [known(''), 'unchanged'],
    ['not r.complete or r.version is not null', 'absent']
  ]
  return `case ${outcomes.map(([condition, name]) => `when ${condition} then '${name}'`).join(' ')} else 'raced' end`
}
