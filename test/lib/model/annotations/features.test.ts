import t from 'tap'
import type { Test } from 'tap'
import type { ModelShape } from '../../../../lib/model/annotations/column-rule.js'
import { readFeatures } from '../../../../lib/model/annotations/features.js'
import type { ModelDocumentation } from '../../../../lib/model/annotations/feature-definition.js'
import type { DefaultMeta, FieldMeta } from '../../../../lib/model/meta.js'
import { formatProblems, SchemaError } from '../../../../lib/model/schema-problems.js'

/** Fields in Prisma's own words: `version Int @default(1)`, `email String? @map(e_mail)`. */
function model (...lines: string[]): ModelShape {
  return {
    name: 'Article',
    table: 'articles',
    schema: null,
    fields: lines.map(field),
    relations: [
      {
        name: 'author',
        model: 'User',
        list: false,
        required: false,
        relation: 'ArticleToUser',
        fields: ['authorId'],
        references: ['id'],
        onDelete: null
      }
    ],
    uniques: [{ name: 'id', fields: ['id'], primary: true, index: 'articles_pkey', where: null }]
  }
}

function field (line: string): FieldMeta {
  const [, name, type, modifier, attributes] = /^(\w+) (\w+)(\?|\[\])?(.*)$/.exec(line)!
  const given = /@default\((.+?)\)/.exec(attributes!)?.[1]
  const call: DefaultMeta = { kind: 'database', name: 'autoincrement', sql: null }
  return {
    name: name!,
    column: /@map\((\w+)\)/.exec(attributes!)?.[1] ?? name!,
    kind: type === 'Status' ? 'enum' : 'scalar',
    type: type!,
    list: modifier === '[]',
    required: modifier !== '?',
    native: null,
    default: given === undefined ? null : given === 'autoincrement' ? call : { kind: 'value', value: given },
    updatedAt: false
  }
}

const context = {
  provider: 'postgresql',
  enums: { Status: { name: 'Status', dbName: 'status', values: { draft: 'draft', live: 'LIVE' } } }
}

const read = (shape: ModelShape, text: string, fields: ModelDocumentation['fields'] = {}) =>
  readFeatures(shape, { model: text, fields }, context)

/** The problems as `message | hint`. */
const complaints = (t: Test, shape: ModelShape, text: string, fields: ModelDocumentation['fields'] = {}) => {
  const { features, uniques, problems } = read(shape, text, fields)
  t.strictSame([features, uniques], [{}, []], `nothing is taken from ${text}`)
  return problems.map(({ message, hint }) => (hint === '' ? message : `${message} | ${hint}`))
}

const full = model(
  'id Int @default(autoincrement)',
  'title String',
  'slug String',
  'status Status',
  'email String? @map(e_mail)',
  'rank Int?',
  'score Decimal',
  'live Boolean',
  'extra Json?',
  'createdAt DateTime',
  'updatedAt DateTime',
  'createdById Int?',
  'updatedById String?',
  'deletedById Int?',
  'restoredById Int?',
  'deletedAt DateTime?',
  'isActive Boolean',
  'deletionId String?',
  'version Int @default(1)'
)

await t.test('each feature finds its columns by their usual names', async t => {
  const text = 'A text.\n@commons.audit\n@commons.softDelete\n@commons.version'
  t.strictSame(read(full, text, { title: 'plain words', slug: '@commons.slug(from: "title")' }), {
    features: {
      audit: {
        createdAt: 'createdAt',
        updatedAt: 'updatedAt',
        createdBy: 'createdById',
        updatedBy: 'updatedById',
        deletedBy: 'deletedById',
        restoredBy: 'restoredById'
      },
      softDelete: { deletedAt: 'deletedAt', isActive: 'isActive', deletionId: 'deletionId' },
      version: { field: 'version', revisionNotes: null },
      slug: [{ field: 'slug', from: ['title'] }]
    },
    uniques: [],
    problems: []
  })
})

await t.test('a value annotation gives its arguments as a schema, on fields of other features too', async t => {
  const slug = '@commons.slug(from: "title")\n@commons.value(maxLength: 9)'
  t.strictSame(read(full, '', { slug, rank: 'From 0.\n@commons.value(minimum: 0, enum: [0, 1])' }), {
    features: {
      slug: [{ field: 'slug', from: ['title'] }],
      values: [
        { field: 'slug', schema: { maxLength: 9 } },
        { field: 'rank', schema: { minimum: 0, enum: [0, 1] } }
      ]
    },
    uniques: [],
    problems: []
  })
})

await t.test('optional columns that a model does not have are null, and so are those left out by null', async t => {
  const small = model('id Int', 'createdAt DateTime', 'updatedAt DateTime', 'createdById Int?', 'deletedAt DateTime?')
  t.strictSame(read(small, '@commons.audit(createdBy: null)\n@commons.softDelete'), {
    features: {
      audit: {
        createdAt: 'createdAt',
        updatedAt: 'updatedAt',
        createdBy: null,
        updatedBy: null,
        deletedBy: null,
        restoredBy: null
      },
      softDelete: { deletedAt: 'deletedAt', isActive: null, deletionId: null }
    },
    uniques: [],
    problems: []
  })
})

await t.test('every column can have another name', async t => {
  const renamed = model(
    'id Int',
    'made DateTime',
    'changed DateTime',
    'authorId Int?',
    'editor String?',
    'remover Int?',
    'rescuer Int?',
    'gone DateTime?',
    'live Boolean @default(true)',
    'batch String?',
    'rev Int @default(1)',
    'path String',
    'name String',
    'town String?'
  )
  const text = `@commons.audit(createdAt: "made", updatedAt: "changed", createdBy: "authorId", updatedBy: "editor", deletedBy: "remover", restoredBy: "rescuer")
@commons.softDelete(deletedAt: "gone", isActive: "live", deletionId: "batch")
@commons.version(field: "rev")`
  t.strictSame(read(renamed, text, { path: '@commons.slug(from: ["name", "town"])' }), {
    features: {
      audit: {
        createdAt: 'made',
        updatedAt: 'changed',
        createdBy: 'authorId',
        updatedBy: 'editor',
        deletedBy: 'remover',
        restoredBy: 'rescuer'
      },
      softDelete: { deletedAt: 'gone', isActive: 'live', deletionId: 'batch' },
      version: { field: 'rev', revisionNotes: null },
      slug: [{ field: 'path', from: ['name', 'town'] }]
    },
    uniques: [],
    problems: []
  })
})

await t.test('two fields can each have a slug', async t => {
  const { features } = read(full, '', {
    slug: '@commons.slug(from: "title")',
    email: '@commons.slug(from: ["title", "slug"])'
  })
  t.strictSame(features, {
    slug: [
      { field: 'slug', from: ['title'] },
      { field: 'email', from: ['title', 'slug'] }
    ]
  })
})

await t.test('unique constraints for some rows carry their condition', async t => {
  t.strictSame(
    read(
      full,
      `@commons.unique(name: "liveEmail", fields: ["email"], where: { deletedAt: null })
@commons.unique(fields: ["email", "title"], where: { status: "live", live: true, rank: 1, title: "x", score: "1.50", extra: null })
@commons.unique(fields: "title", where: { score: 2 })`
    ),
    {
      features: {},
      uniques: [
        { name: 'liveEmail', fields: ['email'], primary: false, index: 'liveEmail', where: { deletedAt: null } },
        {
          name: 'email_title',
          fields: ['email', 'title'],
          primary: false,
          index: 'articles_e_mail_title_key',
          where: { status: 'live', live: true, rank: 1, title: 'x', score: '1.50', extra: null }
        },
        { name: 'title', fields: ['title'], primary: false, index: 'articles_title_key', where: { score: 2 } }
      ],
      problems: []
    }
  )
})

await t.test('a missing column names what to write', async t => {
  const bare = model('id Int', 'titel String', 'slug String')
  t.strictSame(complaints(t, bare, '@commons.version'), [
    'Model Article has no field "version" | Add `version Int @default(1)` to model Article, or name another field: ' +
      '@commons.version(field: "…")'
  ])
  t.strictSame(complaints(t, bare, '@commons.audit'), [
    'Model Article has no field "createdAt" | Add `createdAt DateTime @default(now())` to model Article, or name ' +
      'another field: @commons.audit(createdAt: "…")',
    'Model Article has no field "updatedAt" | Add `updatedAt DateTime @updatedAt` to model Article, or name ' +
      'another field: @commons.audit(updatedAt: "…")'
  ])
  t.strictSame(complaints(t, bare, '@commons.softDelete(deletedAt: "removedAt", isActive: "titl")'), [
    'Model Article has no field "removedAt" | Add `removedAt DateTime?` to model Article. Known: id, titel, slug',
    'Model Article has no field "titl" | Add `titl Boolean @default(true)` to model Article. Did you mean "titel"?'
  ])
  t.strictSame(complaints(t, bare, '', { slug: '@commons.slug(from: ["title"])' }), [
    'Model Article has no field "title" | Add `title String` to model Article. Did you mean "titel"?'
  ])
  t.strictSame(complaints(t, bare, '@commons.unique(fields: ["slugg"], where: { deletedAt: null })'), [
    'Model Article has no field "slugg" | Add it to the model, or name another. Did you mean "slug"?',
    'Model Article has no field "deletedAt" | Add it to the model, or name another. Known: id, titel, slug'
  ])
})

await t.test('a column of the wrong kind names what it must be', async t => {
  const wrong = model(
    'id Int',
    'createdAt DateTime?',
    'updatedAt String',
    'createdById Int',
    'updatedById Int[]',
    'deletedAt DateTime',
    'isActive Int',
    'deletionId String',
    'version Int',
    'rank Int @default(1)',
    'slugs String[]',
    'counter Int @default(autoincrement)'
  )
  t.strictSame(complaints(t, wrong, '@commons.audit'), [
    'The field "updatedAt" is String, but must be a single DateTime | Write `updatedAt DateTime @updatedAt` in ' +
      'model Article',
    'The field "updatedById" is Int[], but must be a single value | Write `updatedById Int?` in model Article'
  ])
  t.strictSame(complaints(t, wrong, '@commons.softDelete'), [
    'The field "deletedAt" is DateTime, but must be an optional DateTime | Write `deletedAt DateTime?` in model ' +
      'Article',
    'The field "isActive" is Int, but must be a single Boolean | Write `isActive Boolean @default(true)` in model ' +
      'Article',
    'The field "deletionId" is String, but must be an optional String | Write `deletionId String?` in model Article'
  ])
  t.strictSame(complaints(t, wrong, '@commons.version'), [
    'The field "version" is Int without a default, but must be a required Int with a literal default | Write ' +
      '`version Int @default(1)` in model Article'
  ])
  t.strictSame(complaints(t, wrong, '@commons.version(field: "counter")'), [
    'The field "counter" is Int, but must be a required Int with a literal default | Write `counter Int ' +
      '@default(1)` in model Article'
  ])
  t.strictSame(complaints(t, wrong, '@commons.audit(createdAt: "author", updatedAt: "author")').slice(0, 1), [
    '"author" is a relation of model Article, not a column | Its key is "authorId"'
  ])
  t.strictSame(
    complaints(t, wrong, '', { rank: '@commons.slug(from: "slugs")', slugs: '@commons.slug(from: "rank")' }),
    [
      'The field "rank" is Int, but must be a single String | Write `rank String` in model Article',
      'The field "slugs" is String[], but must be a single String | Write `slugs String` in model Article'
    ]
  )
})

const person = model(
  'id Int',
  'firstName String',
  'lastName String',
  'middleName String?',
  'email String',
  'phone String?',
  'dateOfBirth DateTime?',
  'birthPlace String?',
  'gender Status?',
  'nationality String?',
  'addressLine1 String?',
  'addressLine2 String?',
  'city String',
  'stateProvince String?',
  'postalCode String?',
  'country String?',
  'latitude Decimal?',
  'longitude Float?',
  'metadata Json?',
  'tags String[]',
  'notes String?',
  'ownerId Int?',
  'editorId Int'
)

await t.test('what describes a row is found by its usual names', async t => {
  t.strictSame(
    read(person, '@commons.meta\n@commons.identity\n@commons.address', {
      ownerId: '@commons.currentUser',
      editorId: '@commons.currentUser(on: "update")'
    }),
    {
      features: {
        meta: { metadata: 'metadata', tags: 'tags', notes: 'notes' },
        identity: {
          firstName: 'firstName',
          lastName: 'lastName',
          middleName: 'middleName',
          email: 'email',
          phone: 'phone',
          dateOfBirth: 'dateOfBirth',
          birthPlace: 'birthPlace',
          gender: 'gender',
          nationality: 'nationality'
        },
        address: {
          addressLine1: 'addressLine1',
          addressLine2: 'addressLine2',
          city: 'city',
          stateProvince: 'stateProvince',
          postalCode: 'postalCode',
          country: 'country',
          latitude: 'latitude',
          longitude: 'longitude'
        },
        currentUser: [
          { field: 'ownerId', on: 'create' },
          { field: 'editorId', on: 'update' }
        ]
      },
      uniques: [],
      problems: []
    }
  )
})

await t.test('of what describes a row a model has what it needs, under any names', async t => {
  const renamed = model(
    'id Int',
    'givenName String',
    'sex String',
    'lat Float',
    'labels String',
    'email String',
    'notes String?'
  )
  t.strictSame(
    read(
      renamed,
      '@commons.meta(tags: "labels", notes: null)\n@commons.identity(firstName: "givenName", gender: "sex", email: ' +
        'null)\n@commons.address(latitude: "lat")'
    ),
    {
      features: {
        meta: { metadata: null, tags: 'labels', notes: null },
        identity: {
          firstName: 'givenName',
          lastName: null,
          middleName: null,
          email: null,
          phone: null,
          dateOfBirth: null,
          birthPlace: null,
          gender: 'sex',
          nationality: null
        },
        address: {
          addressLine1: null,
          addressLine2: null,
          city: null,
          stateProvince: null,
          postalCode: null,
          country: null,
          latitude: 'lat',
          longitude: null
        }
      },
      uniques: [],
      problems: []
    }
  )
})

await t.test('what describes a row has its columns, of the right kinds', async t => {
  const bare = model(
    'id Int',
    'name String',
    'zip Int',
    'labels Int[]',
    'spot String',
    'born String?',
    'firstName String?',
    'texts String[]'
  )
  t.strictSame(complaints(t, bare, '@commons.meta\n@commons.address'), [
    'Model Article has none of the columns of @commons.meta: metadata, tags, notes | Add one of them, such as ' +
      '`metadata Json?`, or name another field: @commons.meta(metadata: "…")',
    'Model Article has none of the columns of @commons.address: addressLine1, addressLine2, city, stateProvince, ' +
      'postalCode, country, latitude, longitude | Add one of them, such as `addressLine1 String?`, or name another ' +
      'field: @commons.address(addressLine1: "…")'
  ])
  t.strictSame(complaints(t, bare, '@commons.meta(metadata: "name", tags: "labels", notes: "texts")'), [
    'The field "name" is String, but must be a single Json | Write `name Json?` in model Article',
    'The field "labels" is Int[], but must be a single String or a list of them | Write `labels String[]` in model ' +
      'Article',
    'The field "texts" is String[], but must be a single String | Write `texts String?` in model Article'
  ])
  t.strictSame(complaints(t, bare, '@commons.identity(dateOfBirth: "born", gender: "zip", phone: "phon")'), [
    'The field "firstName" is String?, but must be a required String | Write `firstName String` in model Article',
    'Model Article has no field "phon" | Add `phon String?` to model Article. Known: id, name, zip, labels, spot, ' +
      'born, firstName, texts',
    'The field "born" is String?, but must be a single DateTime | Write `born DateTime? @db.Date` in model Article',
    'The field "zip" is Int, but must be a single String or enum | Write `zip String?` in model Article'
  ])
  t.strictSame(complaints(t, bare, '@commons.address(postalCode: "zip", latitude: "spot")'), [
    'The field "zip" is Int, but must be a single String | Write `zip String?` in model Article',
    'The field "spot" is String, but must be a single Decimal or Float | Write `spot Decimal?` in model Article'
  ])
})

await t.test('no field has the name of one that is computed', async t => {
  const aged = model('id Int', 'firstName String', 'age Int', 'city String')
  t.strictSame(complaints(t, aged, '@commons.identity'), [
    'Model Article has a field "age", which @commons.identity computes | Give the field another name; ' +
      '`@map("age")` keeps its column'
  ])
  const related = { ...aged, relations: aged.relations.map(relation => ({ ...relation, name: 'coordinates' })) }
  t.strictSame(complaints(t, related, '@commons.address'), [
    'Model Article has a field "coordinates", which @commons.address computes | Give the field another name; ' +
      '`@map("coordinates")` keeps its column'
  ])
})

await t.test('a column has one owner', async t => {
  const { features, problems } = read(
    full,
    '@commons.audit\n@commons.version(revisionNotes: "email")\n@commons.identity(firstName: "title", email: "email")',
    {
      updatedById: '@commons.currentUser(on: "update")',
      slug: '@commons.slug(from: "title")'
    }
  )
  t.strictSame(Object.keys(features), ['audit', 'version', 'slug'])
  t.strictSame(
    problems.map(({ field, message, hint }) => [field, message, hint]),
    [
      [null, 'The field "email" belongs to @commons.version already', 'Give each purpose a field of its own'],
      [
        'updatedById',
        'The field "updatedById" belongs to @commons.audit already',
        'Give each purpose a field of its own'
      ]
    ]
  )
  t.strictSame(complaints(t, person, '@commons.identity(firstName: "lastName")'), [
    'The field "lastName" belongs to @commons.identity twice | Give each purpose a field of its own'
  ])
})

await t.test('unknown names come with a suggestion', async t => {
  t.strictSame(complaints(t, full, '@commons.verson\n@commons.constructor'), [
    'Unknown annotation "verson" | Did you mean "version"?',
    'Unknown annotation "constructor" | Known: audit, softDelete, version, slug, currentUser, generated, value, meta, ' +
      'identity, address, unique'
  ])
  t.strictSame(complaints(t, full, '@commons.version(feild: "version")\n@commons.audit(creator: "createdById")'), [
    '@commons.version has no argument "feild" | Did you mean "field"?',
    '@commons.audit has no argument "creator" | Known: createdAt, updatedAt, createdBy, updatedBy, deletedBy, ' +
      'restoredBy'
  ])
})

await t.test('a value annotation with arguments that do not fit its field says what fits', async t => {
  const said = (annotation: string): readonly string[] => complaints(t, full, '', { title: annotation })
  t.match(said('@commons.value(minimum: 0)'), [/^The keyword "minimum" does not fit a field of type String. Keywords/])
  t.match(said('@commons.value(minLength: -1)'), ['The argument "minLength" must be a whole number'])
  t.match(said('@commons.value(pattern: "(")'), ['The argument "pattern" must be a regular expression'])
  t.match(said('@commons.value(trim: 1)'), ['The argument "trim" must be true or false'])
  t.match(said('@commons.value(enum: [])'), ['The argument "enum" must be a list of values'])
  t.match(said('@commons.value(minLenght: 1)'), [/no argument "minLenght" \| Did you mean "minLength"/])
})

await t.test('arguments of the wrong type say what to write', async t => {
  t.strictSame(complaints(t, full, '@commons.version(field: 3)\n@commons.softDelete(isActive: true)'), [
    'The argument "field" must be the name of a field | Write `field: "version"`',
    'The argument "isActive" must be the name of a field | Write `isActive: "isActive"`'
  ])
  const names = 'The argument "from" must name at least one field | Write `from: "…"` or `from: ["…", "…"]`'
  for (const from of ['', 'from: null', 'from: []', 'from: ["title", 1]']) {
    t.strictSame(complaints(t, full, '', { slug: `@commons.slug(${from})` }), [names], from)
  }
  t.strictSame(complaints(t, full, '', { slug: '@commons.slug(from: ["title", "email", "title"])' }), [
    'The argument "from" names the field "title" twice'
  ])
  t.strictSame(complaints(t, full, '@commons.unique(name: "", fields: "title", where: { live: true })'), [
    'The argument "name" must be text | Write `name: "…"`'
  ])
  for (const where of ['', ', where: {}', ', where: ["live"]', ', where: null', ', where: "live"']) {
    t.strictSame(complaints(t, full, `@commons.unique(fields: "title"${where})`), [
      'The argument "where" must say for which rows it holds | Write `where: { deletedAt: null }`, or use @@unique ' +
        'when it holds for all rows'
    ])
  }
  for (const on of ['on: "save"', 'on: null']) {
    t.strictSame(complaints(t, full, '', { title: `@commons.currentUser(${on})` }), [
      'The argument "on" must be "create" or "update" | Write `@commons.currentUser(on: "create")`'
    ])
  }
  t.strictSame(
    complaints(
      t,
      full,
      '@commons.unique(fields: "title", where: { title: null, rank: "1", status: "LIVE", extra: "{}", score: true })'
    ),
    [
      'The condition on "title" can never hold: null cannot be in a required field',
      'The condition on "rank" can never hold: Int takes null or number',
      'The condition on "status" can never hold: Status has the values draft, live',
      'The condition on "extra" can never hold: Json takes null',
      'The condition on "score" can never hold: Decimal takes null or number or string'
    ]
  )
})

await t.test('an annotation has one place', async t => {
  t.strictSame(
    complaints(t, full, '@commons.slug(from: "title")', {
      title: '@commons.audit',
      author: '@commons.slug(from: "title")\n@commons.currentUser(on: "create")'
    }),
    [
      '@commons.slug belongs to a field of type String, not to a model | Write it above that field',
      '@commons.audit belongs to a model, not to a field | Write it above `model Article {`',
      '@commons.slug belongs to a field of type String, not to the relation "author" | Write it above that field',
      '@commons.currentUser belongs to a field, not to the relation "author" | Write it above that field'
    ]
  )
  t.strictSame(
    read(full, '@commons.version\n@commons.version').problems.map(({ message }) => message),
    ['@commons.version stands here twice']
  )
  t.strictSame(
    read(full, '@commons.unique(name: "id", fields: "title", where: { live: true })').problems.map(
      ({ message, hint }) => ({ message, hint })
    ),
    [
      {
        message: 'Model Article has another unique constraint of the name "id"',
        hint: 'Give this one a name of its own: `name: "…"`'
      }
    ]
  )
})

await t.test('all problems of a model come at once, each with its place', async t => {
  const { features, problems } = read(
    model('id Int', 'version Int @default(1)', 'slug String'),
    '@commons.audt\n@commons.version\n@commons.softDelete(',
    {
      slug: '@commons.slug(from: "title")'
    }
  )
  t.strictSame(features, { version: { field: 'version', revisionNotes: null } })
  t.strictSame(
    problems.map(({ model, field, source }) => ({ model, field, source })),
    [
      { model: 'Article', field: null, source: '@commons.softDelete(' },
      { model: 'Article', field: null, source: '@commons.audt' },
      { model: 'Article', field: 'slug', source: '@commons.slug(from: "title")' }
    ]
  )
  const error = new SchemaError(problems)
  t.equal(error.problems, problems)
  t.equal(
    error.message,
    `3 problems in the @commons annotations of the Prisma schema

model Article  @commons.softDelete(
  Expected the name of an argument, as in name: value, found the end of the line (column 21)

model Article  @commons.audt
  Unknown annotation "audt"
  Did you mean "audit"?

Article.slug  @commons.slug(from: "title")
  Model Article has no field "title"
  Add \`title String\` to model Article. Known: id, version, slug`
  )
  t.match(
    formatProblems(problems.slice(0, 1), () => 'schema.prisma:3'),
    /^1 problem in .*\n\nschema\.prisma:3 {2}model Article {2}@commons\.softDelete\(\n/
  )
})
