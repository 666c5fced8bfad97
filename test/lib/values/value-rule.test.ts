import { Type } from '@sinclair/typebox'
import t from 'tap'
import { Registry } from '../../../lib/model/registry.js'
import type { ValueSchema } from '../../../lib/model/value-schema.js'
import { jsonReader } from '../../../lib/values/json-reader.js'
import { resolveRules } from '../../../lib/values/model-rules.js'
import { ruledSchema } from '../../../lib/values/rule-schema.js'
import { inputSchema } from '../../../lib/values/field-schema.js'
import { InvalidValue } from '../../../lib/values/value-reader.js'
import { metadataOf } from '../../helpers/schema-app.js'

const registry = new Registry(
  metadataOf(`
enum Color {
  RED
  GREEN
  BLUE
}
model Thing {
  id      Int       @id
  text    String?   @db.VarChar(20)
  int     Int
  float   Float
  decimal Decimal   @db.Decimal(40, 10)
  big     BigInt
  color   Color
  day     DateTime  @db.Date
  json    Json
  list    Int[]
}`)
)
const model = registry.model('Thing')

/** What a field with a rule stores for a value: the keyword for one that breaks it. */
function outcome (name: string, schema: ValueSchema, value: unknown): unknown {
  const valueRules = resolveRules('test', model, { [name]: schema })
  const read = jsonReader({ model, valueRules, roundsDecimals: false }, model.ownField(name))(value)
  return read instanceof InvalidValue ? (read.params['keyword'] ?? read.code) : read
}

await t.test('a value is stored or refused by the keyword that it breaks', async t => {
  const cases: readonly (readonly [string, ValueSchema, unknown, unknown])[] = [
    ['text', { trim: true, minLength: 2 }, ' ab\u00a0', 'ab'],
    ['text', { trim: true, minLength: 2 }, ' a ', 'minLength'],
    ['text', { trim: true }, ` ${'a'.repeat(20)} `, 'a'.repeat(20)],
    ['text', { minLength: 2 }, null, null],
    ['text', { minLength: 2 }, 1, 'invalid_type'],
    ['text', { maxLength: 1 }, '😀', '😀'],
    ['text', { const: 'a' }, 'b', 'const'],
    ['text', { anyOf: [{ minLength: 3 }, { pattern: '^x' }] }, 'xy', 'xy'],
    ['text', { not: { enum: ['admin'] } }, 'admin', 'not'],
    ['int', { exclusiveMinimum: 1 }, 1, 'exclusiveMinimum'],
    ['int', { type: ['integer', 'null'], multipleOf: 5 }, 7, 'multipleOf'],
    ['float', { minimum: 0 }, 'NaN', 'type'],
    ['float', { maximum: 0 }, 'Infinity', 'type'],
    ['color', { enum: ['RED', 'BLUE'] }, 'GREEN', 'enum'],
    ['day', { pattern: '-01$' }, '2026-02-02', 'pattern'],
    ['json', { type: 'object', required: ['a'] }, {}, 'required'],
    ['json', { properties: { a: { maximum: 1 } } }, { a: 2 }, 'maximum'],
    ['list', { items: { maximum: 3 } }, [1, 4], 'maximum'],
    ['list', { uniqueItems: true }, [1, 2, 1], 'uniqueItems'],
    ['int', Type.Integer({ minimum: 2 }), 1, 'minimum']
  ]
  for (const [name, schema, value, expected] of cases) {
    t.strictSame(outcome(name, schema, value), expected, `${name} ${JSON.stringify(schema)} ${JSON.stringify(value)}`)
  }
})

await t.test('limits of decimals and big integers hold to the last digit', async t => {
  const cases: readonly (readonly [string, ValueSchema, unknown, boolean])[] = [
    ['decimal', { minimum: 0.1 }, '0.1', true],
    ['decimal', { minimum: 0.1 }, '0.0999999999', false],
    ['decimal', { maximum: 9007199254740991 }, '9007199254740991.0000000001', false],
    ['decimal', { maximum: 9007199254740991 }, '9007199254740991.0000000000', true],
    ['decimal', { exclusiveMinimum: 0 }, '-0.0', false],
    ['decimal', { exclusiveMinimum: 0 }, '1e-10', true],
    ['decimal', { maximum: 1e21 }, '1000000000000000000001', false],
    ['decimal', { minimum: -5 }, '-5.0000000001', false],
    ['decimal', { minimum: -5 }, -5, true],
    ['decimal', { multipleOf: 0.1 }, '12345678901234567890123456789.3', true],
    ['decimal', { multipleOf: 0.1 }, '12345678901234567890123456789.35', false],
    ['decimal', { enum: [0.5, 1] }, '1.00', true],
    ['decimal', { enum: [0.5, 1] }, '1.01', false],
    ['big', { maximum: 9007199254740990 }, '9007199254740991', false],
    ['big', { multipleOf: 3 }, '9223372036854775806', true],
    ['big', { multipleOf: 3 }, '9223372036854775807', false],
    ['big', { const: 7 }, '+7', true]
  ]
  for (const [name, schema, value, isTaken] of cases) {
    const read = outcome(name, schema, value)
    t.equal(read === value, isTaken, `${JSON.stringify(schema)} ${String(value)}: ${String(read)}`)
  }
})

await t.test('the schema of a field has the stricter limits, and null where the field takes it', async t => {
  const described = (name: string, schema: ValueSchema): unknown =>
    ruledSchema(resolveRules('test', model, { [name]: schema }).get(name), inputSchema(model, model.ownField(name)))
  t.match(described('text', { maxLength: 200, trim: true }), { type: ['string', 'null'], maxLength: 20 })
  t.notMatch(described('text', { trim: true }), { trim: true })
  t.match(described('text', { maxLength: 2 }), { maxLength: 2 })
  t.match(described('text', { enum: ['a'] }), { enum: ['a', null] })
  t.match(described('text', { anyOf: [{ minLength: 3 }] }), {
    anyOf: [{ type: 'string', anyOf: [{ minLength: 3 }] }, { type: 'null' }]
  })
  t.match(described('list', { items: { maximum: 3 } }), { type: 'array', items: { type: 'integer', maximum: 3 } })
})

await t.test('a rule that cannot hold for its field stops the start, and says why', t => {
  const circular: Record<string, unknown> = {}
  circular['properties'] = circular
  for (const [name, schema, problem] of [
    ['text', [], 'The rule must be a JSON Schema object'],
    ['json', circular, 'The rule is not plain JSON'],
    ['text', { trim: 'yes' }, 'The keyword "trim" must be true or false'],
    ['text', { minimum: 1 }, 'The keyword "minimum" does not fit a field of type String'],
    ['text', { minLenght: 1 }, 'Unknown keyword "minLenght". Did you mean "minLength"?'],
    ['text', { type: 'number' }, 'The type "number" does not fit a field of type String: write "string"'],
    ['int', { type: 'string' }, 'write "integer" or "number"'],
    ['float', { type: 'integer' }, 'write "number"'],
    ['big', { type: 'boolean' }, 'write "integer" or "number" or "string"'],
    ['decimal', { type: 'boolean' }, 'write "number" or "string" or "integer"'],
    ['color', { type: 'integer' }, 'write "string"'],
    ['list', { type: 'integer' }, 'The type "integer" does not fit a field of type Int[]: write "array"'],
    ['color', { enum: ['RED', 'PINK'] }, '"PINK" is not a value of the field'],
    ['int', { const: 'one' }, '"one" is not a value of the field'],
    ['int', { enum: [] }, 'The keyword "enum" must be a list of values'],
    ['decimal', { minimum: '1' }, 'The keyword "minimum" must be a number'],
    ['decimal', { multipleOf: '1' }, 'The keyword "multipleOf" must be a number'],
    ['decimal', { multipleOf: 0 }, 'The keyword "multipleOf" must be more than 0'],
    ['big', { maximum: 2 ** 60 }, 'The keyword "maximum" is beyond 2^53, where numbers are not exact'],
    ['json', { properties: { a: { $ref: '#' } } }, 'The keyword "$ref" is not taken: write the schema out'],
    ['text', { pattern: '(' }, 'regular expression'],
    ['txt', { minLength: 1 }, 'option "values" names the unknown field "txt". Did you mean "text"?']
  ] as const) {
    t.match(problemOf(name, schema), problem)
  }
  t.end()
})

function problemOf (name: string, schema: unknown): unknown {
  try {
    resolveRules('test', model, { [name]: schema as ValueSchema })
    return null
  } catch (error) {
    return error instanceof TypeError ? error.message : error
  }
}
