import { answer, type MergeOutcome, type UpsertWrite } from '../dialect.js'
import type { Statement } from '../runner.js'
import { Source } from './source.js'
import { identifier, tableOf } from './types.js'
import { conflictTarget } from './upsert.js'
import { all, differs, predicate, setList } from './write.js'

/**
 * One statement that updates the rows that exist and inserts the others, for items that do not all name the same
 * fields: ON CONFLICT cannot see which fields an item named, UPDATE … FROM can.
 * The rows that exist are locked first, in the order of the items: their versions then hold until the end, and two such
 * statements cannot wait for each other. Items are told apart by outcome; the engine runs the statement again for items that another transaction raced.
 */
export function merge (write: UpsertWrite): Statement {
  const { model, on } = write
  const source = new Source(model)
  const aliases = write.columns.map((_, i) => `x${i}`)
  const inserts = write.columns.map((column, i) => ({ column, alias: aliases[i]! }))
    .filter(({ column }) => column.named !== 'none' || column.fallback.kind === 'bind')
  const flags = write.columns.map(column => column.named === 'some' ? source.array(column.given, 'boolean') : null)
  const given = flags.flatMap((flag, i) => flag === null ? [] : [`${flag} as g${i}`])
  const values = inserts.map(({ column, alias }) => `${source.column(column, 'null', flags[write.columns.indexOf(column)])} as ${alias}`)
  const complete = write.complete === null ? 'true' : source.array(write.complete, 'boolean')
  const version = write.expected === null ? 'null::integer' : source.field(write.expected.field, write.expected.values)

  const assignments = write.columns.flatMap((column, i) => {
    if (!write.update.has(column.field.name) || column.named === 'none') return []
    const given = column.named === 'some' ? `r.g${i}` : null
    const value = given === null ? `r.x${i}` : `case when ${given} then r.x${i} else t.${identifier(column.field.column)} end`
    return [{ field: column.field, value, given }]
  })
  const keyed = on.fields.map(name => {
    const i = write.columns.findIndex(column => column.field.name === name)
    return `t.${identifier(model.ownField(name).column)} = r.x${i}`
  }).join(' and ')
  const match = all(keyed, predicate(model, on.where, 't.'))
  const expects = write.expected === null ? '' : `(r.version is null or t.${identifier(write.expected.field.column)} = r.version)`
  const table = tableOf(model)
  const keys = on.fields.map(name => identifier(model.ownField(name).column))
  const set = assignments.length === 0 ? '' : setList(source, model, assignments, write.touch)

  return source.statement([
    `with input as materialized (select r.ord, ${[...values, ...given, `${complete} as complete`, `${version} as version`].join(', ')} from ${source.from()}),`,
    `known as materialized (select r.ord, ${expects === '' ? 'true' : expects} as fits from input r join ${table} t on ${match}`,
    'order by r.ord for update of t),',
    set === ''
      ? 'changed as (select ord from input where false),'
      : `changed as (update ${table} as t set ${set} from input r join known k on k.ord = r.ord where ${all(match, 'k.fits', differs(model, assignments))} returning r.ord),`,
    `added as (insert into ${table} as t (${inserts.map(({ column }) => identifier(column.field.column)).join(', ')})`,
    `select ${inserts.map(({ alias }) => `r.${alias}`).join(', ')} from input r`,
    'where r.complete and r.version is null and not exists (select from known k where k.ord = r.ord)',
    `${conflictTarget(write)} do nothing returning ${keys.map((key, i) => `t.${key} as k${i}`).join(', ')})`,
    `select r.ord::integer as ${identifier(answer.ord)}, ${outcome} as ${identifier(answer.outcome)} from input r`,
    'left join known k on k.ord = r.ord left join changed c on c.ord = r.ord',
    `left join added a on ${on.fields.map((name, i) => `a.k${i} = r.x${write.columns.findIndex(column => column.field.name === name)}`).join(' and ')}`
  ].join('\n'))
}

const outcomes: readonly (readonly [condition: string, outcome: MergeOutcome])[] = [
  ['c.ord is not null', 'updated'],
  ['a.k0 is not null', 'created'],
  ['not k.fits', 'conflict'],
  ['k.ord is not null', 'unchanged'],
  ['not r.complete or r.version is not null', 'absent']
]

const outcome = `case ${outcomes.map(([condition, name]) => `when ${condition} then '${name}'`).join(' ')} else 'raced' end`
