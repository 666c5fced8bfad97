import t, { type Test } from 'tap'
import type { FieldMeta, Metadata } from '../../../../lib/model/meta.js'
import { Registry, type Model } from '../../../../lib/model/registry.js'
import { dialectOf } from '../../../../lib/sql/dialects.js'
import type { Fallback, KeyColumn, WriteColumn } from '../../../../lib/sql/port/statement-parts.js'
import type { UpsertWrite } from '../../../../lib/sql/port/write-statements.js'
import type { Statement } from '../../../../lib/sql/port/runner.js'
import { metadata } from '../../../../prisma/generated/metadata.js'

const postgres = dialectOf('postgresql')
const registry = new Registry(metadata as Metadata)
const model = (name: string): Model => registry.model(name)
const field = (name: string, one: string): FieldMeta => model(name).ownField(one)
const keep: Fallback = { kind: 'keep' }

function encode (owner: Model, name: string, values: readonly unknown[]) {
  return postgres.encode(owner, owner.ownField(name), values, (position, code, params) => {
    throw new Error(`${position} ${code} ${JSON.stringify(params)}`)
  })
}

/** A column of the rows' values; undefined is not named. */
function column (owner: Model, name: string, values: readonly unknown[], fallback: Fallback = keep): WriteColumn {
  const given = values.map(value => value !== undefined)
  if (!given.includes(true)) return { field: owner.ownField(name), named: 'none', values: null, given: null, fallback }
  const named = given.includes(false) ? 'some' : 'every'
  return {
    field: owner.ownField(name),
    named,
    values: encode(owner, name, values),
    given: named === 'some' ? postgres.encodeFlags(given) : null,
    fallback
  }
}

function key (owner: Model, name: string, values: readonly unknown[]): KeyColumn {
  return { field: owner.ownField(name), values: encode(owner, name, values) }
}

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

const membership = model('Membership')
const token = model('Token')
const contract = model('Contract')
const pair = contract.unique('contractNumber_year')!
const liveEmail = token.unique('liveEmail')!

await t.test('insert', t => {
  const columns = [
    column(membership, 'org', ['a"\\', "'; --"]),
    column(membership, 'userId', [1, 2]),
    column(membership, 'title', ['x', undefined], { kind: 'bind', value: 'member' }),
    column(membership, 'level', [undefined, undefined], { kind: 'sql', expression: '(1 + 1)' })
  ]
  is(
    t,
    postgres.insert({ model: membership, rows: 2, columns, skipDuplicates: false, returning: null }),
    [
      'with written as (insert into "org memberships" as t ("org", "userId", "title") select r.c0, r.c1, case when ' +
        'r.c3 then r.c2 else $3::text end from unnest($1::text[], $2::integer[], $4::text[], $5::boolean[]) with ' +
        'ordinality as r(c0, c1, c2, c3, ord) returning 1)',
      'select count(*)::integer as "$created" from written'
    ],
    ['{"a\\"\\\\","\'; --"}', '{1,2}', 'member', '{"x",NULL}', '{t,f}'],
    'counts'
  )
  is(
    t,
    postgres.insert({
      model: membership,
      rows: 2,
      columns: columns.slice(0, 2),
      skipDuplicates: true,
      returning: [field('Membership', 'level')]
    }),
    [
      'with input as materialized (select r.ord, r.c0 as x0, r.c1 as x1 from unnest($1::text[], $2::integer[]) ' +
        'with ordinality as r(c0, c1, ord)),',
      'written as (insert into "org memberships" as t ("org", "userId") select r.x0, r.x1 from input r on conflict ' +
        'do nothing',
      'returning t."level" as "level", t."org" as "$k0", t."userId" as "$k1")',
      'select distinct on (w."$k0", w."$k1") w.*, r.ord::integer as "$ord" from written w join input r on w."$k0" ' +
        '= r.x0 and w."$k1" = r.x1',
      'order by w."$k0", w."$k1", r.ord'
    ],
    ['{"a\\"\\\\","\'; --"}', '{1,2}'],
    'rows, without duplicates'
  )
  const tag = model('Tag')
  const rows = [column(tag, 'id', [undefined, 7], { kind: 'sequence' }), column(tag, 'slug', ['a', 'b'])]
  is(
    t,
    postgres.insert({ model: tag, rows: 2, columns: rows, skipDuplicates: false, returning: [field('Tag', 'id')] }),
    [
      'with input as materialized (select r.ord, case when r.c1 then r.c0 else nextval((select ' +
        `coalesce(pg_get_serial_sequence($1::text, $2::text)::regclass, (${ownSequence('$1', '$2')})))) end as x0, ` +
        'r.c2 as x1 from unnest($3::integer[], $4::boolean[], $5::text[]) with ordinality as r(c0, c1, c2, ord)),',
      'written as (insert into "tags" as t ("id", "slug") select r.x0, r.x1 from input r',
      'returning t."id" as "id", t."id" as "$k0")',
      'select w.*, r.ord::integer as "$ord" from written w join input r on w."$k0" = r.x0'
    ],
    ['"tags"', 'id', '{NULL,7}', '{f,t}', '{"a","b"}'],
    'rows, some with a value of the sequence'
  )
  is(
    t,
    postgres.insert({
      model: tag,
      rows: 3,
      columns: [column(tag, 'id', [undefined, undefined, undefined], { kind: 'sequence' })],
      skipDuplicates: false,
      returning: null
    }),
    [
      'with written as (insert into "tags" as t ("id") overriding system value select nextval((select ' +
        `coalesce(pg_get_serial_sequence($1::text, $2::text)::regclass, (${ownSequence('$1', '$2')})))) from ` +
        'generate_series(1, $3::integer) as r(ord) returning 1)',
      'select count(*)::integer as "$created" from written'
    ],
    ['"tags"', 'id', '3'],
    'rows that name nothing'
  )
  t.throws(
    () =>
      postgres.insert({
        model: token,
        rows: 1,
        columns: [column(token, 'email', ['a'])],
        skipDuplicates: false,
        returning: []
      }),
    { message: 'New rows of Token cannot be given back: only the database knows the default of id' }
  )
  t.end()
})

const upsertOf = (values: Partial<UpsertWrite>): UpsertWrite => ({
  model: token,
  columns: [
    column(token, 'email', ['a', 'b']),
    column(token, 'label', ['x', 'y']),
    column(token, 'color', ['BLUE', 'RED'])
  ],
  on: liveEmail,
  update: new Set(['label', 'color']),
  touch: [],
  partitioned: false,
  complete: null,
  live: null,
  expected: null,
  returning: null,
  ...values
})

/** The sequence of a default that no column owns. */
function ownSequence (table: string, column: string): string {
  return (
    "select replace(substring(pg_get_expr(e.adbin, e.adrelid) from 'nextval\\(''(.*)''::regclass\\)'), '''''', " +
    "'''')::regclass " +
    `from pg_attrdef e where e.adrelid = ${table}::text::regclass ` +
    `and e.adnum = (select a.attnum from pg_attribute a where a.attrelid = ${table}::text::regclass and a.attname ` +
    `= ${column}::text)`
  )
}

await t.test('upsert', t => {
  is(
    t,
    postgres.upsert(upsertOf({})),
    [
      'with written as (insert into "tokens" as t ("email", "label", "color") select r.c0, r.c1, r.c2 from ' +
        'unnest($1::text[], $2::text[], $3::"Shade"[]) with ordinality as r(c0, c1, c2, ord)',
      'on conflict ("email") where "deletedAt" is null do update set "label" = excluded."label", "color" = ' +
        'excluded."color" where (t."label", t."color") is distinct from (excluded."label", excluded."color")',
      'returning t.xmax = 0 as "$inserted") select count(*) filter (where "$inserted")::integer as "$created", ' +
        'count(*) filter (where not "$inserted")::integer as "$updated" from written'
    ],
    ['{"a","b"}', '{"x","y"}', '{"deep blue","red"}'],
    'counts, on a partial unique index'
  )
  const columns = [
    column(contract, 'contractNumber', ['a']),
    column(contract, 'year', [1]),
    column(contract, 'amount', ['1.5']),
    column(contract, 'createdById', [undefined], { kind: 'bind', value: '4' })
  ]
  const touch = [
    { field: field('Contract', 'updatedAt'), kind: 'bind', value: '2026-01-01T00:00:00.000Z' },
    { field: field('Contract', 'version'), kind: 'increment' }
  ] as const
  is(
    t,
    postgres.upsert({
      ...upsertOf({}),
      model: contract,
      columns,
      on: pair,
      update: new Set(['amount']),
      touch,
      returning: [field('Contract', 'amount'), field('Contract', 'status')]
    }),
    [
      'insert into "contracts" as t ("contract_number", "year", "amount", "created_by_id") select r.c0, r.c1, ' +
        'r.c2::numeric(12,2), $4::integer from unnest($1::text[], $2::integer[], $3::numeric[]) with ordinality as ' +
        'r(c0, c1, c2, ord)',
      'on conflict ("contract_number", "year") do update set "amount" = excluded."amount", "updated_at" = ' +
        '$5::timestamptz(3), "version" = t."version" + 1 where (t."amount") is distinct from (excluded."amount")',
      'returning t."amount"::text as "amount", t."status"::text as "status", t.xmax = 0 as "$inserted"'
    ],
    ['{"a"}', '{1}', '{1.5}', '4', '2026-01-01T00:00:00.000Z'],
    'rows, stamped'
  )
  is(
    t,
    postgres.upsert(upsertOf({ update: new Set() })),
    [
      'with written as (insert into "tokens" as t ("email", "label", "color") select r.c0, r.c1, r.c2 from ' +
        'unnest($1::text[], $2::text[], $3::"Shade"[]) with ordinality as r(c0, c1, c2, ord)',
      'on conflict ("email") where "deletedAt" is null do nothing',
      'returning t.xmax = 0 as "$inserted") select count(*) filter (where "$inserted")::integer as "$created", ' +
        'count(*) filter (where not "$inserted")::integer as "$updated" from written'
    ],
    ['{"a","b"}', '{"x","y"}', '{"deep blue","red"}'],
    'nothing to update'
  )
  const known = 'not exists (select from "tokens" s where s."email" = t."email" and s."deletedAt" is null)'
  const isPartitioned = (bind: number): string =>
    `(select relkind = 'p' from pg_class where oid = $${bind}::text::regclass)`
  is(
    t,
    postgres.upsert(upsertOf({ update: new Set(), partitioned: true })),
    [
      'with written as (insert into "tokens" as t ("email", "label", "color") select r.c0, r.c1, r.c2 from ' +
        'unnest($1::text[], $2::text[], $3::"Shade"[]) with ordinality as r(c0, c1, c2, ord)',
      'on conflict ("email") where "deletedAt" is null do nothing',
      `returning ${known} as "$inserted") select count(*) filter (where "$inserted")::integer as "$created", ` +
        'count(*) filter (where not "$inserted")::integer as "$updated" from written'
    ],
    ['{"a","b"}', '{"x","y"}', '{"deep blue","red"}'],
    'into a partitioned table'
  )
  is(
    t,
    postgres.upsert(upsertOf({ update: new Set(), partitioned: undefined })),
    [
      'with written as (insert into "tokens" as t ("email", "label", "color") select r.c0, r.c1, r.c2 from ' +
        'unnest($1::text[], $2::text[], $3::"Shade"[]) with ordinality as r(c0, c1, c2, ord)',
      'on conflict ("email") where "deletedAt" is null do nothing',
      `returning case when ${isPartitioned(4)} then ${known} else t.xmax = 0 end as "$inserted", ` +
        `${isPartitioned(5)} as "$partitioned") select count(*) filter (where "$inserted")::integer as "$created", ` +
        'count(*) filter (where not "$inserted")::integer as "$updated", bool_or("$partitioned") as "$partitioned" ' +
        'from written'
    ],
    ['{"a","b"}', '{"x","y"}', '{"deep blue","red"}', '"tokens"', '"tokens"'],
    'into a table that is not known yet'
  )
  t.end()
})

/** The answers of a merge by key columns: one part an outcome. */
function outcomes (...keys: readonly string[]): string[] {
  const part = (outcome: string, from: string): string =>
    `select r.ord::integer as "$ord", '${outcome}' as "$outcome" from ${from}`
  const isComplete =
    '(select count(*) from added) = (select count(*) from input where complete and version is null) - (select ' +
    'count(*) from known where complete and version is null)'
  return [
    part('updated', 'changed r'),
    `union all ${part('conflict', 'known r where not fits')}`,
    `union all ${part('unchanged', 'known r')}`,
    'union all ' +
      `${part('created', `input r where complete and version is null and (${isComplete} or (${keys.map(key => `r.${key}`).join(', ')}) in (select ${keys.join(', ')} from added))`)}`,
    `union all ${part('absent', 'input r where not complete or version is not null')}`
  ]
}

await t.test('merge', t => {
  const columns = [
    column(contract, 'contractNumber', ['a', 'b']),
    column(contract, 'year', [1, 2]),
    column(contract, 'amount', ['1.5', undefined]),
    column(contract, 'note', [undefined, null]),
    column(contract, 'updatedAt', [new Date(0), undefined], { kind: 'bind', value: '2026-01-01T00:00:00.000Z' }),
    column(contract, 'version', [undefined, undefined], { kind: 'bind', value: '1' })
  ]
  const touch = [
    { field: field('Contract', 'updatedAt'), kind: 'bind', value: '2026-01-01T00:00:00.000Z' },
    { field: field('Contract', 'version'), kind: 'increment' }
  ] as const
  const expected = { field: field('Contract', 'version'), values: encode(contract, 'version', [undefined, 3]) }
  is(
    t,
    postgres.merge({
      ...upsertOf({}),
      model: contract,
      columns,
      on: pair,
      update: new Set(['amount', 'note', 'updatedAt']),
      touch,
      complete: '{t,f}',
      expected
    }),
    [
      'with input as materialized (select r.ord, r.c0 as g2, r.c1 as g3, r.c2 as g4, r.c3 as x0, r.c4 as x1, case when r.c0 then r.c5::numeric(12,2) else null end as x2, case when r.c1 then r.c6 else null end as x3, case when r.c2 then r.c7::timestamptz(3) else $8::timestamptz(3) end as x4, $10::integer as x5, r.c8 as complete, r.c9 as version from unnest($1::boolean[], $2::boolean[], $3::boolean[], $4::text[], $5::integer[], $6::numeric[], $7::text[], $9::timestamptz[], $11::boolean[], $12::integer[]) with ordinality as r(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ord)),',
      'added as (insert into "contracts" as t ("contract_number", "year", "amount", "note", "updated_at", "version")',
      'select r.x0, r.x1, r.x2, r.x3, r.x4, r.x5 from input r where r.complete and r.version is null order by r.ord',
      'on conflict ("contract_number", "year") do update set "amount" = t."amount" where false',
      'returning t."contract_number" as x0, t."year" as x1),',
      'known as materialized (select r.*, (r.version is null or t."version" = r.version) as fits from input r join "contracts" t on t."contract_number" = r.x0 and t."year" = r.x1',
      'where (select count(*) from added) >= 0 order by r.ord for update of t),',
      'changed as (update "contracts" as t set "amount" = case when r.g2 then r.x2 else t."amount" end, "note" = case when r.g3 then r.x3 else t."note" end, "updated_at" = case when r.g4 then r.x4 else $13::timestamptz(3) end, "version" = t."version" + 1 from known r where t."contract_number" = r.x0 and t."year" = r.x1 and r.fits and (t."amount", t."note", t."updated_at") is distinct from (case when r.g2 then r.x2 else t."amount" end, case when r.g3 then r.x3 else t."note" end, case when r.g4 then r.x4 else t."updated_at" end) returning r.ord)',
      ...outcomes('x0', 'x1')
    ],
    [
      '{t,f}',
      '{f,t}',
      '{t,f}',
      '{"a","b"}',
      '{1,2}',
      '{1.5,NULL}',
      '{NULL,NULL}',
      '2026-01-01T00:00:00.000Z',
      '{"1970-01-01T00:00:00.000Z",NULL}',
      '1',
      '{t,f}',
      '{NULL,3}',
      '2026-01-01T00:00:00.000Z'
    ],
    'items of all kinds'
  )
  is(
    t,
    postgres.merge({ ...upsertOf({}), columns: upsertOf({}).columns.slice(0, 1), update: new Set() }),
    [
      'with input as materialized (select r.ord, r.c0 as x0, true as complete, null::integer as version from unnest($1::text[]) with ordinality as r(c0, ord)),',
      'added as (insert into "tokens" as t ("email")',
      'select r.x0 from input r where r.complete and r.version is null order by r.ord',
      'on conflict ("email") where "deletedAt" is null do nothing',
      'returning t."email" as x0),',
      'known as materialized (select r.*, true as fits from input r join "tokens" t on t."email" = r.x0 and t."deletedAt" is null',
      'where (select count(*) from added) >= 0 order by r.ord for update of t),',
      'changed as (select ord from input where false)',
      ...outcomes('x0')
    ],
    ['{"a","b"}'],
    'merge with nothing to update'
  )
  t.end()
})

await t.test('update', t => {
  const keys = [key(contract, 'contractNumber', ['a', 'b']), key(contract, 'year', [1, 2])]
  const columns = [
    column(contract, 'amount', ['1.5', '2.5']),
    column(contract, 'note', ['x', undefined]),
    column(contract, 'status', [undefined, undefined], { kind: 'bind', value: 'draft' }),
    column(contract, 'customerId', [3, undefined], { kind: 'bind', value: null })
  ]
  const touch = [{ field: field('Contract', 'version'), kind: 'increment' }] as const
  is(
    t,
    postgres.update({ model: contract, rows: 2, keys, where: null, columns, touch, expected: null, returning: null }),
    [
      'with written as (update "contracts" as t set "amount" = r.c2::numeric(12,2), "note" = case when r.c4 then r.c3 else t."note" end, "status" = $6::"contract_status", "customer_id" = case when r.c6 then r.c5 else $9::integer end, "version" = t."version" + 1 from unnest($1::text[], $2::integer[], $3::numeric[], $4::text[], $5::boolean[], $7::integer[], $8::boolean[]) with ordinality as r(c0, c1, c2, c3, c4, c5, c6, ord) where t."contract_number" = r.c0 and t."year" = r.c1 and (t."amount", t."note", t."status", t."customer_id") is distinct from (r.c2::numeric(12,2), case when r.c4 then r.c3 else t."note" end, $6::"contract_status", case when r.c6 then r.c5 else $9::integer end) returning r.ord)',
      'select r.ord as "$ord" from generate_series(1, $10::integer) as r(ord)',
      'where (select count(*) from written) < $10::integer and not exists (select from written w where w.ord = r.ord)'
    ],
    ['{"a","b"}', '{1,2}', '{1.5,2.5}', '{"x",NULL}', '{t,f}', 'draft', '{3,NULL}', '{t,f}', null, '2'],
    'update, counts'
  )
  const expected = { field: field('Contract', 'version'), values: '{1,NULL}' }
  is(
    t,
    postgres.update({
      model: contract,
      rows: 2,
      keys: keys.slice(1),
      where: null,
      columns: columns.slice(0, 1),
      touch: [],
      expected,
      returning: [field('Contract', 'id')]
    }),
    [
      'update "contracts" as t set "amount" = r.c2::numeric(12,2) from unnest($1::integer[], $2::integer[], $3::numeric[]) with ordinality as r(c0, c1, c2, ord) where t."year" = r.c0 and (r.c1 is null or t."version" = r.c1) and (t."amount") is distinct from (r.c2::numeric(12,2)) returning t."id" as "id", r.ord::integer as "$ord"'
    ],
    ['{1,2}', '{1,NULL}', '{1.5,2.5}'],
    'rows, with versions'
  )
  const specimen = model('Specimen')
  const sizes = [
    column(specimen, 'decimals', [['1']]),
    column(specimen, 'moments', [[new Date(0)]]),
    column(specimen, 'decimal', [1]),
    column(specimen, 'time', ['08:30'])
  ]
  is(
    t,
    postgres.update({
      model: specimen,
      rows: 1,
      keys: [key(specimen, 'code', ['a'])],
      where: null,
      columns: sizes,
      touch: [],
      expected: null,
      returning: []
    }),
    [
      'update "specimens" as t set "decimals" = r.c1::numeric(65,30)[], "moments" = r.c2::timestamp(3)[], "decimal" = r.c3::numeric(38,10), "time" = r.c4::time(3) from unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::time[]) with ordinality as r(c0, c1, c2, c3, c4, ord) where t."specimen_code" = r.c0 and (coalesce((t."decimals")::numeric[], \'{}\'), coalesce((t."moments")::timestamp[], \'{}\'), t."decimal", t."time") is distinct from (coalesce((r.c1::numeric(65,30)[])::numeric[], \'{}\'), coalesce((r.c2::timestamp(3)[])::timestamp[], \'{}\'), r.c3::numeric(38,10), r.c4::time(3)) returning r.ord::integer as "$ord"'
    ],
    ['{"a"}', '{"{1}"}', '{"{\\"1970-01-01T00:00:00.000Z\\"}"}', '{1}', '{"08:30:00.000"}'],
    "sizes of columns, Prisma's own among them"
  )
  const lists = [column(specimen, 'colors', [['BLUE', 'RED'], []]), column(specimen, 'jsonText', [[1], null])]
  is(
    t,
    postgres.update({
      model: specimen,
      rows: 2,
      keys: [key(specimen, 'code', ['a', 'b'])],
      where: null,
      columns: lists,
      touch: [],
      expected: null,
      returning: []
    }),
    [
      'update "specimens" as t set "colors" = r.c1::"Shade"[], "jsonText" = r.c2 from unnest($1::text[], $2::text[], $3::json[]) with ordinality as r(c0, c1, c2, ord) where t."specimen_code" = r.c0 and (coalesce((t."colors")::"Shade"[], \'{}\'), (t."jsonText")::text) is distinct from (coalesce((r.c1::"Shade"[])::"Shade"[], \'{}\'), (r.c2)::text) returning r.ord::integer as "$ord"'
    ],
    ['{"a","b"}', '{"{\\"deep blue\\",\\"red\\"}","{}"}', '{"[1]",NULL}'],
    'lists, and a type without equality'
  )
  t.end()
})

await t.test('delete and look-ups', t => {
  const emails = [key(token, 'email', ['a', "'; DELETE FROM tokens; --"])]
  is(
    t,
    postgres.delete({ model: token, rows: 2, keys: emails, where: liveEmail.where, expected: null, returning: null }),
    [
      'with input as materialized (select * from unnest($1::text[]) with ordinality as r(c0, ord)),',
      'gone as (delete from "tokens" as t using input r where t."email" = r.c0 and t."deletedAt" is null returning r.ord)',
      'select r.ord::integer as "$ord" from input r where (select count(*) from gone) < $2::bigint',
      'and not exists (select from gone g where g.ord = r.ord)'
    ],
    ['{"a","\'; DELETE FROM tokens; --"}', '2'],
    'delete, counts'
  )
  const members = [key(membership, 'org', ['a']), key(membership, 'userId', [1])]
  is(
    t,
    postgres.delete({
      model: membership,
      rows: 1,
      keys: members,
      where: null,
      expected: null,
      returning: [field('Membership', 'title')]
    }),
    [
      'with input as materialized (select * from unnest($1::text[], $2::integer[]) with ordinality as r(c0, c1, ord))',
      'delete from "org memberships" as t using input r where t."org" = r.c0 and t."userId" = r.c1 returning t."title" as "title", r.ord::integer as "$ord"'
    ],
    ['{"a"}', '{1}'],
    'delete, rows'
  )
  is(
    t,
    postgres.find({ model: token, keys: emails, where: liveEmail.where, returning: [field('Token', 'madeAt')] }),
    [
      'select date_part(\'epoch\', date_trunc(\'milliseconds\', t."madeAt")) * 1000 as "madeAt", r.ord::integer as "$ord" from "tokens" t join unnest($1::text[]) with ordinality as r(c0, ord) on t."email" = r.c0 and t."deletedAt" is null'
    ],
    ['{"a","\'; DELETE FROM tokens; --"}'],
    'find'
  )
  is(
    t,
    postgres.findTaken({ model: token, unique: liveEmail, values: emails, own: null, live: null }),
    [
      'select r.ord::integer as "$ord" from unnest($1::text[]) with ordinality as r(c0, ord) where exists (select from "tokens" t where t."email" = r.c0 and t."deletedAt" is null)'
    ],
    ['{"a","\'; DELETE FROM tokens; --"}'],
    'findTaken, of new rows'
  )
  is(
    t,
    postgres.findTaken({
      model: token,
      unique: liveEmail,
      values: emails,
      own: { keys: [key(token, 'id', ['x', 'y'])], where: null },
      live: null
    }),
    [
      'select r.ord::integer as "$ord" from unnest($1::text[], $2::text[]) with ordinality as r(c0, c1, ord) left join "tokens" o on o."id" = r.c1',
      'where exists (select from "tokens" t where t."email" = coalesce(r.c0, o."email") and t."deletedAt" is null and (t."id") is distinct from (o."id"))'
    ],
    ['{"a","\'; DELETE FROM tokens; --"}', '{"x","y"}'],
    'findTaken, of rows that exist'
  )
  is(
    t,
    postgres.findMissing({ model: membership, keys: members, where: null }),
    [
      'select r.ord::integer as "$ord" from unnest($1::text[], $2::integer[]) with ordinality as r(c0, c1, ord) where r.c0 is not null and r.c1 is not null and not exists (select from "org memberships" t where t."org" = r.c0 and t."userId" = r.c1)'
    ],
    ['{"a"}', '{1}'],
    'findMissing'
  )
  t.end()
})

await t.test('names are quoted, with the schema where the metadata tells one', t => {
  const odd: Metadata = {
    provider: 'postgresql',
    enums: { Mood: { name: 'Mood', dbName: 'mo"od', values: { GOOD: "it's" } } },
    models: {
      Odd: {
        name: 'Odd',
        table: 'ta"ble',
        schema: 'sche ma',
        relations: [],
        features: {},
        uniques: [
          { name: 'ord', fields: ['ord'], primary: true, index: 'x', where: null },
          { name: 'good', fields: ['ord'], primary: false, index: 'y', where: { mood: 'GOOD', text: "it's" } }
        ],
        fields: [
          { ...field('Tag', 'id'), name: 'ord', column: 'ord' },
          { ...field('Token', 'color'), name: 'mood', column: 'MoO"d', type: 'Mood', default: null },
          { ...field('Tag', 'name'), name: 'text', column: 'drop table' }
        ]
      }
    }
  }
  const model = new Registry(odd).model('Odd')
  const columns = [column(model, 'ord', [undefined], { kind: 'sequence' }), column(model, 'mood', ['GOOD'])]
  is(
    t,
    postgres.insert({ model, rows: 1, columns, skipDuplicates: false, returning: model.meta.fields }),
    [
      `with input as materialized (select r.ord, nextval((select coalesce(pg_get_serial_sequence($1::text, $2::text)::regclass, (${ownSequence('$1', '$2')})))) as x0, r.c0 as x1 from unnest($3::"sche ma"."mo""od"[]) with ordinality as r(c0, ord)),`,
      'written as (insert into "sche ma"."ta""ble" as t ("ord", "MoO""d") overriding system value select r.x0, r.x1 from input r',
      'returning t."ord" as "ord", t."MoO""d"::text as "mood", t."drop table" as "text", t."ord" as "$k0")',
      'select w.*, r.ord::integer as "$ord" from written w join input r on w."$k0" = r.x0'
    ],
    ['"sche ma"."ta""ble"', 'ord', '{"it\'s"}'],
    'insert'
  )
  is(
    t,
    postgres.find({ model, keys: [key(model, 'ord', [1])], where: model.unique('good')!.where, returning: null }),
    [
      'select r.ord::integer as "$ord" from "sche ma"."ta""ble" t join unnest($1::integer[]) with ordinality as r(c0, ord) on t."ord" = r.c0 and t."MoO""d" = \'it\'\'s\'::"sche ma"."mo""od" and t."drop table" = \'it\'\'s\'::text'
    ],
    ['{1}'],
    'a predicate is written out, quoted: an index is only inferred from constants'
  )
  t.end()
})

await t.test('a database without a dialect is refused with those that have one', t => {
  t.throws(() => dialectOf('postgres'), {
    message: 'No SQL dialect for the provider "postgres". Did you mean "postgresql"?'
  })
  t.throws(() => dialectOf('mongodb'), { message: 'No SQL dialect for the provider "mongodb". Known: postgresql' })
  t.end()
})
