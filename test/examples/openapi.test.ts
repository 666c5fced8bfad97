import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Validator } from '@seriousme/openapi-schema-validator'
import openapiTypes, { astToString } from 'openapi-typescript'
import t from 'tap'
import ts from 'typescript'
import { buildApp } from '../../examples/app.js'
import { createDatabase } from '../helpers/database.js'

const database = await createDatabase(t)
const app = await buildApp({ database })
t.after(() => app.close())
const document = (await app.inject('/docs/json')).json<Record<string, unknown>>()

await t.test('the document is OpenAPI 3.1', async t => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  t.strictSame([valid, errors], [true, undefined])
  t.equal(document['openapi'], '3.1.0')
})

/** What the compiler has to say about a program that uses the client which is generated from the document. */
async function complaintsOf (program: string): Promise<string[]> {
  const folder = await mkdtemp(join(fileURLToPath(new URL('../../', import.meta.url)), 'typed-client-'))
  try {
    await writeFile(join(folder, 'paths.d.ts'), astToString(await openapiTypes(JSON.stringify(document))))
    await writeFile(join(folder, 'program.ts'), program)
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext
    }
    const compiled = ts.createProgram([join(folder, 'program.ts'), join(folder, 'paths.d.ts')], options)
    return ts.getPreEmitDiagnostics(compiled).map(({ messageText, file, start }) => {
      const line =
        file === undefined || start === undefined ? '' : `${file.getLineAndCharacterOfPosition(start).line + 1}: `
      return line + ts.flattenDiagnosticMessageText(messageText, '\n').split('\n')[0]!
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

await t.test('a typed client made from the document compiles, and knows what requests may hold', async t => {
  const program = (year: string, shown: string): string =>
    [
      "import createClient from 'openapi-fetch'",
      "import type { paths } from './paths.d.ts'",
      "const client = createClient<paths>({ baseUrl: 'http://127.0.0.1:3000' })",
      "const listed = await client.GET('/api/contracts', { params: { query: { page: 1, page_size: 10 } } })",
      "const made = await client.POST('/api/contracts', {",
      `  body: { contractNumber: 'N-1', ${year}, amount: '1.00' },`,
      "  params: { header: { prefer: 'return=representation' } }",
      '})',
      "if (made.data !== undefined && 'id' in made.data.data) {",
      '  const id: number = made.data.data.id',
      "  const one = await client.GET('/api/contracts/{id}', { params: { path: { id } } })",
      `  const text: string | undefined = one.data?.data.${shown}`,
      '  console.log(text, listed.error?.code)',
      '}'
    ].join('\n')
  t.strictSame(await complaintsOf(program('year: 2026', 'contractNumber')), [])
  t.match(
    (await complaintsOf(program("year: '2026'", 'contractNumber'))).join('\n'),
    /^\d+: Type 'string' is not assignable to type 'number'/
  )
  t.match((await complaintsOf(program('year: 2026', 'nothing'))).join('\n'), /^12: Property 'nothing' does not exist/)
})
