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
    `select r.ord::integer as ${identifier(answer.ord)}, ${outcomeOf(gone !== null)} as ${identifier(answer.outcome)} from input r`,
    'left join known k on k.ord = r.ord left join changed c on c.ord = r.ord',
    `left join added a on ${keys.map(({ alias }) => `a.${alias} = r.${alias}`).join(' and ')}`
  ].join('\n'))
}

const outcomes: readonly (readonly [condition: string, outcome: MergeOutcome])[] = [
  ['c.ord is not null', 'updated'],
  ['a is not null', 'created'],
  ['not k.fits', 'conflict'],
  ['k.ord is not null', 'unchanged'],
  ['not r.complete or r.version is not null', 'absent']
]

const goneOutcome = ['k.gone', 'deleted'] as const satisfies (typeof outcomes)[number]

function outcomeOf (mayBeGone: boolean): string {
  const cases = mayBeGone ? [goneOutcome, ...outcomes] : outcomes
  return `case ${cases.map(([condition, name]) => `when ${condition} then '${name}'`).join(' ')} else 'raced' end`
}
