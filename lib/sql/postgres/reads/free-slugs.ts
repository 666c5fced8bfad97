import { answer } from '../../port/answer.js'
import type { SlugQuery } from '../../port/read-statements.js'
import type { Statement } from '../../port/runner.js'
import { encodeNumbers, encodeTexts } from '../values/encode.js'
import { Source } from '../clauses/source.js'
import { columnType, identifier, tableOf } from '../values/types.js'
import { all, predicate } from '../clauses/assignments.js'

/** Up to here each number is looked at; thousands of rows named alike are not walked through. */
const walked = 100

/**
 * Looks for free numbers of all bases side by side, each round of the recursion one look into the unique index for
 * every base that still wants numbers. Only equality is asked: a range of texts depends on the collation.
 * The first numbers are walked through. Behind them the steps double as long as numbers are taken, and once one is free
 * the place where the taken ones end is found by halving: `below` is the highest number known to be passed, `above` one
 * known to be free, and what is free right behind `below` is an answer.
 */
export function freeSlugs ({ model, field, uniques, bases, wanted, scope, limit }: SlugQuery): Statement {
  const source = new Source(model)
  const base = source.array(encodeTexts(bases), 'text')
  const count = source.array(encodeNumbers(wanted), 'bigint')
  const values = scope.map(({ field, values }) => source.field(field, values))
  const kept = ['ord', 'base', ...values.map((_, i) => `v${i}`)]
  // The planner expects a recursion to go on for long, and would compile the statement before it runs.
  const from = source.from(true)
  const size = source.bind(String(limit), 'integer')
  const isTaken = (alias: string): string =>
    uniques
      .map(unique => {
        const match = unique.fields.map(name => {
          const value =
            name === field.name
              ? `${candidate(alias, size)}::${columnType(model, field)}`
              : `${alias}.v${scope.findIndex(one => one.field.name === name)}`
          return `t.${identifier(model.ownField(name).column)} = ${value}`
        })
        // With a limit the planner has to use the index: it cannot turn the look-ups into one reading of the whole
        // table.
        return (
          `(select true from ${tableOf(model)} t where ${all(...match, predicate(model, unique.where, 't.'))} ` +
          'limit 1) is not null'
        )
      })
      .join(' or ')

  return source.statement(
    [
      `with recursive input as (select r.ord, ${base} as base, ${count} as ` +
        `wanted${values.map((value, i) => `, ${value} as v${i}`).join('')}, 0::bigint as number from ${from}),`,
      'probe as (',
      `select ${kept.map(column => `i.${column}`).join(', ')}, i.wanted, i.number, -1::bigint as below, ` +
        `null::bigint as above, 1::bigint as step, (${isTaken('i')}) as taken from input i`,
      'union all',
      `select ${kept.map(column => `n.${column}`).join(', ')}, n.wanted, n.number, n.below, n.above, n.step, ` +
        `(${isTaken('n')}) from (`,
      `select ${kept.map(column => `s.${column}`).join(', ')}, s.wanted, s.below, s.step,`,
      'case when s.above is null then s.number + s.step when s.above - s.below > 1 then (s.below + s.above) / 2 ' +
        'else s.above end as number,',
      'case when s.above - s.below > 1 then s.above end as above from (',
      `select ${kept.map(column => `p.${column}`).join(', ')}, p.number, p.wanted - (${isFound})::integer as wanted,`,
      `case when p.taken or ${isFound} then p.number else p.below end as below,`,
      `case when p.taken then p.above when not (${isFound}) then p.number end as above,`,
      `case when p.taken and p.above is null and p.number >= ${walked} then p.step * 2 else 1 end as step`,
      // Each step is worked out once, and not again wherever the next one names it.
      'from probe p offset 0) s where s.wanted > 0 offset 0) n',
      `where length(n.number::text) + 2 <= ${size})`,
      `select p.ord::integer as ${identifier(answer.ord)}, string_agg(p.number::text, ',' order by p.number) as ` +
        `${identifier(answer.numbers)}`,
      // Most bases are free as they are: those are not even grouped.
      `from probe p where ${isFound} and not (p.number = 0 and p.wanted = 1) group by p.ord having max(p.number) ` +
        '>= count(*)'
    ].join('\n')
  )
}

/** A number that is free, with nothing between it and the numbers passed. */
const isFound = 'not p.taken and p.number = p.below + 1'

/** The slug of a base and a number, as the engine makes it. */
function candidate (alias: string, size: string): string {
  const room = `${size} - 1 - length(${alias}.number::text)`
  return (
    `(case when ${alias}.number = 0 then ${alias}.base else rtrim(left(${alias}.base, ${room}), '-') || '-' ` +
    `|| ${alias}.number end)`
  )
}
