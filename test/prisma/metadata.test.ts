import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { getDMMF } from '@prisma/get-dmmf'
import { PrismaPg } from '@prisma/adapter-pg'
import { resolveMetadata } from 'fastify-prisma-commons/extension'
import type { Metadata } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { PrismaClient } from '../../prisma/generated/client/client.js'
import { metadata } from '../../prisma/generated/metadata.js'
import type * as Sources from '../../prisma/metadata/sources.js'

const root = new URL('../../../', import.meta.url)
const schemaText = await readFile(new URL('prisma/schema.prisma', root), 'utf8')

/** Never connects: only what it says of its schema is read. */
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: 'postgres://127.0.0.1:1/none' }) })

/** Prisma's own parser; the example's datasource is put before the text. */
function parse (models: string) {
  const document = getDMMF({ datamodel: `datasource db {\n  provider = "postgresql"\n}\n${models}` })
  if ('error' in document) throw document.error
  return document
}

const models: Metadata['models'] = metadata.models
const fieldsOf = (model: string) => models[model]!.fields
const defaultsOf = (model: string) => Object.fromEntries(fieldsOf(model).map(field => [field.name, field.default]))

await t.test(
  'the generated module, a DMMF datamodel, its document and the client itself give the same metadata',
  async t => {
    const document = parse(schemaText.replace(/datasource db \{[^}]*\}/, ''))
    t.equal(resolveMetadata(metadata, prisma), metadata)
    t.strictSame(resolveMetadata(document.datamodel, prisma), metadata)
    t.strictSame(resolveMetadata(document), metadata)
    t.strictSame(resolveMetadata(undefined, prisma), metadata)
    t.strictSame(resolveMetadata(undefined, prisma.$extends({ name: 'other' }).$extends({ model: {} })), metadata)
  }
)

await t.test('a source that describes no models is refused with what to do', async t => {
  const neither = {
    message: '`metadata` is neither the module that the fastify-prisma-commons generator writes nor a DMMF datamodel'
  }
  t.throws(() => resolveMetadata({} as Metadata), neither)
  t.throws(() => resolveMetadata({ models: {} } as Metadata), neither)
  t.throws(() => resolveMetadata({ datamodel: undefined } as never), neither)
  const silent =
    /^No `metadata` was given, and this Prisma client does not tell its schema\. Add the generator to schema\.prisma/
  t.throws(() => resolveMetadata(undefined), { message: silent })
  t.throws(() => resolveMetadata(undefined, { _activeProvider: 'postgresql', _engineConfig: {} }), { message: silent })
  t.throws(
    () => resolveMetadata(undefined, { _activeProvider: 'postgresql', _engineConfig: { inlineSchema: 'model X {' } }),
    {
      message: /^@prisma\/get-dmmf cannot read the schema of this Prisma client/,
      cause: Error
    }
  )
  t.throws(() => resolveMetadata(parse('/// @commons.verson\nmodel A {\n  id Int @id\n}')), {
    name: 'SchemaError',
    message: /model A {2}@commons\.verson\n {2}Unknown annotation "verson"\n {2}Did you mean "version"\?$/
  })
})

await t.test('without the parser a client alone is not enough', async t => {
  // The compiled files, where no node_modules can be found.
  const folder = await mkdtemp(join(tmpdir(), 'commons-'))
  t.after(() => rm(folder, { recursive: true }))
  for (const part of ['lib', 'prisma/metadata']) {
    await cp(new URL(`build/${part}`, root), join(folder, part), { recursive: true })
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const alone = (await import(pathToFileURL(join(folder, 'prisma/metadata/sources.js')).href)) as typeof Sources
  t.throws(() => alone.resolveMetadata(undefined, prisma), {
    message:
      /^No `metadata` was given, and @prisma\/get-dmmf, which could read it from the client, is not installed\. Add the generator .*npm install @prisma\/get-dmmf$/s,
    cause: { code: 'MODULE_NOT_FOUND' }
  })
})

await t.test('a field has its column, type, native type and place', async t => {
  t.strictSame(
    fieldsOf('Specimen').find(({ name }) => name === 'code'),
    {
      name: 'code',
      column: 'specimen_code',
      kind: 'scalar',
      type: 'String',
      list: false,
      required: true,
      native: null,
      default: null,
      updatedAt: false
    }
  )
  t.strictSame(
    fieldsOf('Specimen').find(({ name }) => name === 'decimal'),
    {
      name: 'decimal',
      column: 'decimal',
      kind: 'scalar',
      type: 'Decimal',
      list: false,
      required: false,
      native: ['Decimal', '38', '10'],
      default: null,
      updatedAt: false
    }
  )
  t.strictSame(
    fieldsOf('Specimen').find(({ name }) => name === 'colors'),
    {
      name: 'colors',
      column: 'colors',
      kind: 'enum',
      type: 'Color',
      list: true,
      required: true,
      native: null,
      default: null,
      updatedAt: false
    }
  )
  t.strictSame(
    fieldsOf('Specimen')
      .filter(({ updatedAt }) => updatedAt)
      .map(({ name }) => name),
    ['touchedAt']
  )
  t.notOk(
    fieldsOf('Specimen').some(({ name }) => name === 'legacy'),
    'an ignored field is not there'
  )
  t.strictSame(
    fieldsOf('Membership').map(({ name }) => name),
    ['org', 'userId', 'title', 'level'],
    'relations are not fields'
  )
  t.strictSame(
    [models.Membership!.table, models.Category!.table, models.Category!.schema],
    ['org memberships', 'Category', null]
  )
  t.strictSame(
    Object.keys(models),
    [...schemaText.matchAll(/^model (\w+)/gm)].map(([, name]) => name)
  )
})

await t.test('a default says who makes it', async t => {
  t.strictSame(defaultsOf('Token'), {
    id: { kind: 'client', name: 'cuid', argument: 1 },
    cuid2: { kind: 'client', name: 'cuid', argument: 2 },
    uuid4: { kind: 'client', name: 'uuid', argument: 4 },
    uuid7: { kind: 'client', name: 'uuid', argument: 7 },
    nano: { kind: 'client', name: 'nanoid', argument: 12 },
    ulid: { kind: 'client', name: 'ulid', argument: null },
    label: { kind: 'value', value: 'it\'s "new"' },
    color: { kind: 'value', value: 'GREEN' },
    scopes: { kind: 'value', value: ['read', 'write'] },
    email: null,
    deletedAt: null,
    madeAt: { kind: 'database', name: 'now', sql: 'CURRENT_TIMESTAMP' }
  })
  t.strictSame(defaultsOf('Membership').level, { kind: 'database', name: 'dbgenerated', sql: '(1 + 1)' })
  t.strictSame(defaultsOf('Specimen').id, { kind: 'database', name: 'dbgenerated', sql: 'gen_random_uuid()' })
  t.strictSame(defaultsOf('Badge').id, { kind: 'database', name: 'autoincrement', sql: null })
  t.strictSame(defaultsOf('Article').published, { kind: 'value', value: false })

  const { A } = resolveMetadata(
    parse(`model A {
    id   BigInt  @id @default(9007199254740993)
    made String  @default(dbgenerated())
    nano String  @default(nanoid())
    json Json    @default("{\\"a\\": 1}")
    rate Float   @default(0.5)
    nums Int[]   @default([])
  }`)
  ).models
  t.strictSame(Object.fromEntries(A!.fields.map(field => [field.name, field.default])), {
    id: { kind: 'value', value: '9007199254740993' },
    made: { kind: 'database', name: 'dbgenerated', sql: null },
    nano: { kind: 'client', name: 'nanoid', argument: null },
    json: { kind: 'value', value: '{"a": 1}' },
    rate: { kind: 'value', value: 0.5 },
    nums: { kind: 'value', value: [] }
  })
})

await t.test('relations know their key, both sides, trees and lists', async t => {
  t.strictSame(models.Badge!.relations, [
    {
      name: 'membership',
      model: 'Membership',
      list: false,
      required: true,
      relation: 'BadgeToMembership',
      fields: ['org', 'userId'],
      references: ['org', 'userId'],
      onDelete: 'Cascade'
    }
  ])
  t.strictSame(models.Category!.relations, [
    {
      name: 'parent',
      model: 'Category',
      list: false,
      required: false,
      relation: 'Tree',
      fields: ['parentId'],
      references: ['id'],
      onDelete: 'Restrict'
    },
    {
      name: 'children',
      model: 'Category',
      list: true,
      required: true,
      relation: 'Tree',
      fields: [],
      references: [],
      onDelete: null
    }
  ])
  t.strictSame(
    models.Contract!.relations.filter(({ name }) => name === 'tags' || name === 'createdBy'),
    [
      {
        name: 'tags',
        model: 'Tag',
        list: true,
        required: true,
        relation: 'ContractToTag',
        fields: [],
        references: [],
        onDelete: null
      },
      {
        name: 'createdBy',
        model: 'User',
        list: false,
        required: false,
        relation: 'ContractCreatedBy',
        fields: ['createdById'],
        references: ['id'],
        onDelete: null
      }
    ]
  )
})

await t.test('unique constraints come primary key first, partial ones last', async t => {
  const { Contract, Membership, Category, Token } = models
  t.strictSame(Contract!.uniques, [
    { name: 'id', fields: ['id'], primary: true, index: 'contracts_pkey', where: null },
    { name: 'externalRef', fields: ['externalRef'], primary: false, index: 'contracts_external_ref_key', where: null },
    {
      name: 'contractNumber_year',
      fields: ['contractNumber', 'year'],
      primary: false,
      index: 'contracts_contract_number_year_key',
      where: null
    }
  ])
  t.strictSame(Membership!.uniques, [
    { name: 'orgUser', fields: ['org', 'userId'], primary: true, index: 'membership_key', where: null }
  ])
  t.strictSame(Category!.uniques[1], {
    name: 'name',
    fields: ['name'],
    primary: false,
    index: 'category name is taken',
    where: null
  })
  t.strictSame(Token!.uniques, [
    { name: 'id', fields: ['id'], primary: true, index: 'tokens_pkey', where: null },
    { name: 'liveEmail', fields: ['email'], primary: false, index: 'liveEmail', where: { deletedAt: null } }
  ])

  const { B } = resolveMetadata(
    parse(`model B {
    a Int
    b Int @unique(map: "b is taken")
    c Int
    d Int
    @@id([a])
    @@unique([c], name: "see", map: "c is taken")
    @@unique([c, d], name: "both", map: "c and d are taken")
    @@unique([d, c])
  }`)
  ).models
  t.strictSame(B!.uniques, [
    { name: 'a', fields: ['a'], primary: true, index: 'B_pkey', where: null },
    { name: 'b', fields: ['b'], primary: false, index: 'b is taken', where: null },
    { name: 'c', fields: ['c'], primary: false, index: 'c is taken', where: null },
    { name: 'both', fields: ['c', 'd'], primary: false, index: 'c and d are taken', where: null },
    { name: 'd_c', fields: ['d', 'c'], primary: false, index: 'B_d_c_key', where: null }
  ])
})

await t.test('index names are those of the migrations', async t => {
  const folders = (await readdir(new URL('prisma/migrations/', root), { withFileTypes: true }))
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
  const sql = (
    await Promise.all(
      folders.map(folder => readFile(new URL(`prisma/migrations/${folder}/migration.sql`, root), 'utf8'))
    )
  ).join('\n')
  const written = [...sql.matchAll(/CONSTRAINT "([^"]+)" PRIMARY KEY|CREATE UNIQUE INDEX "([^"]+)"/g)].map(
    ([, key, index]) => key ?? index!
  )
  const known = Object.values(models).flatMap(model => model.uniques.map(unique => unique.index))
  t.strictSame(known.sort(), [...new Set(written)].filter(name => !name.endsWith('_AB_pkey')).sort())
})

await t.test('names too long for the database are cut as Prisma Migrate cuts them', async t => {
  const text = `
model Long {
  id        Int    @id
  reference String @unique @map("external_reference_of_the_previous_system")
  @@map("articles_with_a_rather_long_table_name_as_legacy_systems_have1")
}
model Sizes {
  id Int    @id
  q  String @unique @map("größe_größe_größe_größe_größe_größe_xyzü")
  w  String @unique @map("größe_größe_größe_größe_größe_größe_xyzzü")
  @@map("maße")
}
model Exact {
  id Int    @id
  q  String @unique @map("c2345678901234567890123456789")
  @@map("t2345678901234567890123456789")
}`
  const indexes = (metadata: Metadata) =>
    Object.values(metadata.models).flatMap(model => model.uniques.map(unique => unique.index))
  // The names that Prisma's schema engine writes for this schema.
  t.strictSame(indexes(resolveMetadata(parse(text))), [
    'articles_with_a_rather_long_table_name_as_legacy_systems_h_pkey',
    'articles_with_a_rather_long_table_name_as_legacy_systems_ha_key',
    'maße_pkey',
    'maße_größe_größe_größe_größe_größe_größe_xyzü_key',
    'maße_größe_größe_größe_größe_größe_größe_xyzz_key',
    't2345678901234567890123456789_pkey',
    't2345678901234567890123456789_c2345678901234567890123456789_key'
  ])
  const mysql = { _activeProvider: 'mysql' }
  t.strictSame(indexes(resolveMetadata(parse(text), mysql)).slice(0, 2), [
    'PRIMARY',
    'articles_with_a_rather_long_table_name_as_legacy_systems_hav_key'
  ])
})

await t.test('enums know their database names and values', async t => {
  t.strictSame(metadata.enums['Color'], {
    name: 'Color',
    dbName: 'Shade',
    values: { RED: 'red', GREEN: 'green', BLUE: 'deep blue' }
  })
  t.strictSame(metadata.enums['Role']!.values, { member: 'member', admin: 'admin' })
  t.strictSame(resolveMetadata(parse('enum Plain {\n  A\n}')).enums, {
    Plain: { name: 'Plain', dbName: 'Plain', values: { A: 'A' } }
  })
})

await t.test('features are those of the schema', async t => {
  t.strictSame(models.Article!.features, {
    audit: {
      createdAt: 'createdAt',
      updatedAt: 'updatedAt',
      createdBy: 'createdById',
      updatedBy: 'updatedById',
      deletedBy: null,
      restoredBy: null
    },
    softDelete: { deletedAt: 'deletedAt', isActive: 'isActive', deletionId: null },
    version: { field: 'version', revisionNotes: null },
    meta: { metadata: 'metadata', tags: 'tags', notes: 'notes' },
    slug: [{ field: 'slug', from: ['title'] }]
  })
  t.strictSame(models.Tag!.features, {})
})
