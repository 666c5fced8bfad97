import t, { type Test } from 'tap'
import { relationPathOf } from '../../../../lib/store/read/relation-path.js'
import type { FieldMeta, Metadata } from '../../../../lib/model/meta.js'
import { Registry, type Model } from '../../../../lib/model/registry.js'
import { dialectOf } from '../../../../lib/sql/dialects.js'
import { filterKey, type Filter, type Link, type Operator } from '../../../../lib/sql/port/filter.js'
import { completeOrder, type OrderTerm } from '../../../../lib/sql/port/ordering.js'
import type { Statement } from '../../../../lib/sql/port/runner.js'
import { metadata } from '../../../../prisma/generated/metadata.js'

const postgres = dialectOf('postgresql')
const registry = new Registry(metadata as Metadata)
const model = (name: string): Model => registry.model(name)
const field = (name: string, one: string): FieldMeta => model(name).ownField(one)
const link = (name: string, relation: string): Link =>
  relationPathOf(registry, model(name), model(name).relation(relation)!)
const compare = (of: FieldMeta, operator: Operator, value: unknown): Filter => ({
  kind: 'compare',
  field: of,
  operator,
  value
})
const by = (of: FieldMeta, descending = false, links: readonly Link[] = []): OrderTerm => ({
  name: of.name,
  value: { kind: 'field', links, field: of },
  nullable: !of.required || links.length > 0,
  descending
})

function is (
  t: Test,
  { text, values }: Statement,
  lines: readonly string[],
  binds: readonly (string | null)[],
  name: string
): void {
  t.strictSame(text.split('\n'), lines, name)
  t.strictSame(values, binds, name)
}

const tag = model('Tag')
const contract = model('Contract')
const returning = [field('Tag', 'id')]

await t.test('a page in the order of the keys needs no more than it did', t => {
  is(
    t,
    postgres.page({
      model: tag,
      where: null,
      filter: null,
      order: completeOrder(tag, []),
      skip: 20,
      take: 10,
      returning
    }),
    [
      'select c.*, p.* from (select count(*)::double precision as "$count" from "tags" t) c',
      'left join (select t."id" as "id", t."id" as "$k0", true as "$present" from "tags" t order by t."id"',
      'limit $1::bigint offset $2::bigint) p on true order by p."$k0"'
    ],
    ['10', '20'],
    'keys'
  )
  t.end()
})

await t.test('filters are conditions on rows and on the rows that they lead to', t => {
  const filter: Filter = {
    kind: 'and',
    filters: [
      compare(field('Contract', 'amount'), 'gte', '1.5'),
      {
        kind: 'or',
        filters: [
          compare(field('Contract', 'note'), 'ne', 'x'),
          { kind: 'not', filter: compare(field('Contract', 'status'), 'nin', ['draft', 'closed']) }
        ]
      },
      {
        kind: 'related',
        link: link('Contract', 'customer'),
        filter: compare(field('Customer', 'code'), 'contains', '50%_\\')
      },
      { kind: 'related', link: link('Contract', 'tags'), filter: compare(field('Tag', 'slug'), 'equals', 'red') }
    ]
  }
  is(
    t,
    postgres.page({
      model: contract,
      where: null,
      filter,
      order: [by(field('Contract', 'year'), true), by(field('Contract', 'id'), true)],
      skip: 0,
      take: 1,
      returning: []
    }),
    [
      'select c.*, p.* from (select count(*)::double precision as "$count" from "contracts" t where (t."amount" >= ' +
        '$1::numeric and (t."note" is distinct from $2::text or (t."status" <> all($3::"contract_status"[])) is not ' +
        'true) and exists (select from "customers" x0 where x0."id" = t."customer_id" and x0."code" ilike $4::text) ' +
        'and exists (select from "_ContractToTag" x0j join "tags" x0 on x0."id" = x0j."B" where x0j."A" = t."id" and ' +
        'x0."slug" = $5::text))) c',
      'left join (select t."year" as "$k0", t."id" as "$k1", true as "$present" from "contracts" t where ' +
        '(t."amount" >= $1::numeric and (t."note" is distinct from $2::text or (t."status" <> ' +
        'all($3::"contract_status"[])) is not true) and exists (select from "customers" x0 where x0."id" = ' +
        't."customer_id" and x0."code" ilike $4::text) and exists (select from "_ContractToTag" x0j join "tags" x0 ' +
        'on x0."id" = x0j."B" where x0j."A" = t."id" and x0."slug" = $5::text)) order by t."year" desc, t."id" desc',
      'limit $6::bigint offset $7::bigint) p on true order by p."$k0" desc, p."$k1" desc'
    ],
    ['1.5', 'x', '{"draft","closed"}', '%50\\%\\_\\\\%', 'red', '1', '0'],
    'filters'
  )
  t.end()
})

await t.test('rows behind a position are one comparison where an index can serve it', t => {
  const seek = (order: readonly OrderTerm[], position: readonly (string | null)[]): Statement =>
    postgres.seek({ model: contract, where: null, filter: null, order, position, take: 2, returning: [] })
  const whereOf = ({ text }: Statement): string => / where ([^\n]*)/.exec(text)![1]!
  const year = field('Contract', 'year')
  const note = field('Contract', 'note')
  const id = by(field('Contract', 'id'))
  is(
    t,
    seek([by(year), id], ['2026', '7']),
    [
      'select to_json(t."year") #>> \'{}\' as "$p0", to_json(t."id") #>> \'{}\' as "$p1" from "contracts" t where ' +
        '(t."year", t."id") > ($1::integer, $2::integer)',
      'order by t."year", t."id" limit $3::bigint'
    ],
    ['2026', '7', '2'],
    'one direction'
  )
  t.equal(
    whereOf(seek([by(year, true), id], ['2026', '7'])),
    't."year" <= $1::integer and (t."year" < $2::integer or (t."year" = $3::integer and t."id" > $4::integer))'
  )
  t.equal(
    whereOf(seek([by(note), id], ['a', '7'])),
    '((t."note" > $1::text or t."note" is null) or (t."note" = $2::text and t."id" > $3::integer))'
  )
  t.equal(whereOf(seek([by(note), id], [null, '7'])), '(false or (t."note" is null and t."id" > $1::integer))')
  t.equal(
    whereOf(seek([by(note, true), id], [null, '7'])),
    '(t."note" is not null or (t."note" is null and t."id" > $1::integer))'
  )
  t.end()
})

await t.test('an order is complete with a unique constraint, or the key in the direction of the last term', t => {
  const names = (terms: readonly OrderTerm[], of = contract): string =>
    completeOrder(of, terms)
      .map(({ name, descending }) => `${descending ? '-' : ''}${name}`)
      .join()
  const [number, year, ref] = ['contractNumber', 'year', 'externalRef'].map(name => field('Contract', name))
  t.strictSame(
    [
      names([]),
      names([by(year!, true)]),
      names([by(year!), by(number!, true)]),
      names([by(ref!)]),
      names([by(field('Customer', 'code'), false, [link('Contract', 'customer')])])
    ],
    ['id', '-year,-id', 'year,-contractNumber', 'externalRef,id', 'code,id']
  )
  const membership = model('Membership')
  t.equal(names([by(membership.ownField('userId'), true)], membership), '-userId,-org')
  t.end()
})

await t.test('filters that say the same have one key, others have others', t => {
  const slug = compare(field('Tag', 'slug'), 'equals', 'a')
  const name = compare(field('Tag', 'name'), 'equals', 'a')
  const and = (...filters: Filter[]): Filter => ({ kind: 'and', filters })
  t.equal(filterKey(and(slug, name)), filterKey(and(name, slug)))
  const keys = [
    null,
    slug,
    name,
    { ...slug, operator: 'ne' as const },
    compare(field('Tag', 'slug'), 'equals', 1),
    compare(field('Tag', 'slug'), 'in', ['a']),
    compare(field('Tag', 'slug'), 'in', ['a,b']),
    compare(field('Tag', 'slug'), 'in', ['a', 'b']),
    compare(field('Tag', 'id'), 'equals', '1'),
    compare(field('Tag', 'id'), 'equals', 1),
    compare(field('Tag', 'id'), 'equals', 1n),
    and(slug, name),
    { kind: 'or', filters: [slug, name] } as const,
    { kind: 'not', filter: slug } as const,
    { kind: 'related', link: link('Contract', 'tags'), filter: slug } as const,
    { kind: 'related', link: link('Contract', 'customer'), filter: slug } as const
  ].map(filterKey)
  t.equal(new Set(keys).size, keys.length)
  t.end()
})
