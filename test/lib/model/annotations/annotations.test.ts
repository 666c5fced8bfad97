import t from 'tap'
import { AnnotationError, parseAnnotations } from '../../../../lib/model/annotations/annotations.js'

const args = (text: string) => {
  const { annotations, errors } = parseAnnotations(`@commons.x(${text})`)
  t.strictSame(errors, [], text)
  return annotations[0]!.args
}

await t.test('an annotation is a line of the documentation, whatever stands around it', async t => {
  const { annotations, errors } = parseAnnotations(
    [
      'An article. See @commons.audit for what it does.',
      '@commons.audit',
      '  @commons.version ( field: "rev" )  ',
      '@commonsense is plain text, @other.audit too',
      '@commons.softDelete()\r',
      'The end.'
    ].join('\n')
  )
  t.strictSame(errors, [])
  t.strictSame(annotations, [
    { name: 'audit', args: {}, source: '@commons.audit' },
    { name: 'version', args: { field: 'rev' }, source: '@commons.version ( field: "rev" )' },
    { name: 'softDelete', args: {}, source: '@commons.softDelete()' }
  ])
  t.strictSame(parseAnnotations(''), { annotations: [], errors: [] })
})

await t.test('the values of arguments are those of JSON', async t => {
  t.strictSame(args('a: "it\'s \\"new\\" \\u00e9 \\\\", b: 12, c: -0.5e3, d: true, e: false, f: null'), {
    a: 'it\'s "new" é \\',
    b: 12,
    c: -500,
    d: true,
    e: false,
    f: null
  })
  t.strictSame(args('a: [], b: ["x", 1, [null]], c: {}, d: { deletedAt: null, "a key": { deep: [true] } }'), {
    a: [],
    b: ['x', 1, [null]],
    c: {},
    d: { deletedAt: null, 'a key': { deep: [true] } }
  })
  t.strictSame(args('a:"),(]}",b :[ 1 , 2 ]'), { a: '),(]}', b: [1, 2] })
})

await t.test('a key named like a part of Object is only a key', async t => {
  const { where } = args('where: { __proto__: 1, constructor: 2 }') as { where: object }
  t.strictSame(Object.entries(where), [
    ['__proto__', 1],
    ['constructor', 2]
  ])
  t.equal(Object.getPrototypeOf(where), Object.prototype)
})

await t.test('an annotation may go on over several lines inside its brackets', async t => {
  const { annotations } = parseAnnotations(
    '@commons.unique(\n  fields: ["email"],\n  where: {\n deletedAt: null }\n)\n@commons.audit'
  )
  t.strictSame(annotations, [
    { name: 'unique', args: { fields: ['email'], where: { deletedAt: null } }, source: '@commons.unique(' },
    { name: 'audit', args: {}, source: '@commons.audit' }
  ])
})

await t.test('a broken annotation says where and what was expected', async t => {
  const values = '"text", a number, true, false, null, [a list] or { key: value }'
  const broken: readonly [text: string, message: string, line: number, column: number][] = [
    ['@commons.', 'Expected the name of an annotation, found the end of the line', 1, 10],
    ['@commons.1st', 'Expected the name of an annotation, found 1st', 1, 10],
    ['@commons.a.b', 'Expected the end of the line, found .b', 1, 11],
    ['@commons.a for rows', 'Expected the end of the line, found for', 1, 12],
    ['@commons.a() b', 'Expected the end of the line, found b', 1, 14],
    ['@commons.a("rev")', 'Expected the name of an argument, as in name: value, found "rev"', 1, 12],
    ['@commons.a(b)', 'Expected ":" after b, found )', 1, 13],
    ['@commons.a(b = 1)', 'Expected ":" after b, found =', 1, 14],
    ['@commons.a(b: )', `Expected a value (${values}), found )`, 1, 15],
    ['@commons.a(b: rev)', `Expected a value (${values}), found rev`, 1, 15],
    ["@commons.a(b: 'rev')", `Expected a value (${values}), found 'rev'`, 1, 15],
    ['@commons.a(b: "rev)', `Expected a value (${values}), found "rev)`, 1, 15],
    ['@commons.a(b: 1.2.3)', `Expected a value (${values}), found 1.2.3`, 1, 15],
    ['@commons.a(b: "\\x")', 'Expected text with the escapes of JSON, found "\\x"', 1, 15],
    ['@commons.a(b: 1 c: 2)', 'Expected "," or ")", found c', 1, 17],
    ['@commons.a(b: 1,)', 'Expected the name of an argument, as in name: value, found )', 1, 17],
    ['@commons.a(b: [1, 2)', 'Expected "," or "]", found )', 1, 20],
    ['@commons.a(b: { c: 1, 2 })', 'Expected a key, as in { key: value }, found 2', 1, 23],
    ['@commons.a(b: 1, b: 2)', 'Expected each name once; "b" is given twice', 1, 18],
    ['Text\n@commons.a(b: 1', 'Expected "," or ")", found the end of the line', 2, 16],
    ['@commons.a(\n  b: [\n    💥]\n)', `Expected a value (${values}), found 💥`, 3, 5]
  ]
  for (const [text, message, line, column] of broken) {
    const { annotations, errors } = parseAnnotations(text)
    t.strictSame(annotations, [], text)
    t.strictSame(
      errors.map(error => ({ message: error.message, line: error.line, column: error.column })),
      [{ message, line, column }],
      text
    )
    t.ok(errors[0] instanceof AnnotationError)
  }
})

await t.test('what stands before and after a broken annotation is still read', async t => {
  const { annotations, errors } = parseAnnotations(
    '@commons.audit\n@commons.version(\n@commons.softDelete\n@commons.slug(from: x)'
  )
  t.strictSame(
    annotations.map(({ name }) => name),
    ['audit', 'softDelete']
  )
  t.strictSame(
    errors.map(({ source, line }) => ({ source, line })),
    [
      { source: '@commons.version(', line: 3 },
      { source: '@commons.slug(from: x)', line: 4 }
    ]
  )
})
