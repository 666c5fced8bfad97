import { readFileSync } from 'node:fs'
import { getDMMF } from '@prisma/get-dmmf'
import { resolveMetadata } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { docsPages, readPage, root, type Block } from '../helpers/docs-pages.js'
import { schemaOf } from '../helpers/docs-project.js'

const datasource = 'datasource db {\n  provider = "postgresql"\n}\n'

/** Model → names of its features, as the generator reads them. Throws for a schema that it refuses. */
function featuresOf (schema: string): Record<string, string[]> {
  const document = getDMMF({ datamodel: schema })
  if (!('datamodel' in document)) throw document.error
  const { models } = resolveMetadata(document.datamodel)
  return Object.fromEntries(Object.entries(models).map(([name, { features }]) => [name, Object.keys(features)]))
}

const isPart = ({ text }: Block): boolean => !text.includes('datasource ')

await t.test('every schema, and every part of one, is what the generator takes', t => {
  for (const { path, blocks } of docsPages()) {
    for (const block of blocks.filter(({ language }) => language === 'prisma')) {
      const schema = isPart(block) ? datasource + block.text : block.text
      t.doesNotThrow(() => featuresOf(schema), `${path}:${block.line}`)
    }
  }
  t.end()
})

await t.test('a schema that the generator refuses is found', t => {
  t.throws(() => featuresOf(`${datasource}/// @commons.nope\nmodel A {\n  id Int @id\n}\n`))
  t.end()
})

await t.test('the models of the quick start and of the annotations have the features that the pages name', t => {
  t.strictSame(featuresOf(schemaOf(readPage('docs/quick-start.md'))!), {
    Customer: [],
    Contract: ['audit', 'version']
  })
  const author = readPage('docs/schema-annotations.md').blocks.find(({ text }) => text.includes('model Author'))!
  t.strictSame(featuresOf(datasource + author.text), { Author: ['audit', 'softDelete', 'version', 'slug'] })
  t.end()
})

await t.test('README has the schema and the files of the quick start', t => {
  const quickStart = readPage('docs/quick-start.md').blocks.map(({ text }) => text)
  const own = readPage('README.md').blocks.filter(
    ({ language, text }) => language === 'prisma' || text.startsWith('// ')
  )
  t.equal(own.length, 4)
  t.strictSame(
    own.filter(({ text }) => !quickStart.includes(text)),
    []
  )
  t.end()
})

await t.test('the models of the sample schema are those of the example', t => {
  const source = readFileSync(`${root}prisma/schema.prisma`, 'utf8')
  const models = schemaOf(readPage('docs/sample-schema.md'))!
    .split(/^(?=(?:\/\/\/.*\n)*(?:model|enum) )/m)
    .slice(1)
  t.ok(models.length > 10, 'models were found')
  t.strictSame(
    models.filter(model => !source.includes(model.trimEnd())),
    []
  )
  t.end()
})
