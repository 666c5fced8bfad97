import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { getDMMF } from '@prisma/get-dmmf'
import { resolveMetadata } from 'fastify-prisma-commons/extension'
import t from 'tap'
import { renderModule } from '../../prisma/generator/render.js'
import { createUserProject } from '../helpers/installed-package.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const { directory } = await createUserProject(t.testdir())

const fields = Array.from({ length: 22 }, (_, i) => `  someField${i} String?\n`).join('')
const models = Array.from(
  { length: 300 },
  (_, i) => `/// @commons.version\nmodel Thing${i} {\n  id Int @id\n  version Int @default(1)\n${fields}}\n`
)
const document = getDMMF({ datamodel: models.join('\n') })
if ('error' in document) throw document.error
await writeFile(join(directory, 'metadata.ts'), renderModule(resolveMetadata(document)))
await writeFile(
  join(directory, 'tsconfig.json'),
  JSON.stringify({
    compilerOptions: {
      strict: true,
      target: 'es2023',
      module: 'nodenext',
      skipLibCheck: true,
      types: ['node'],
      declaration: true,
      emitDeclarationOnly: true,
      outDir: 'out'
    },
    files: ['metadata.ts']
  })
)

for (const compiler of ['typescript', 'typescript-7']) {
  await t.test(
    `the module of 300 models compiles with declaration: true, and its declaration is small (${compiler})`,
    async t => {
      const output = await run(process.execPath, [join(root, 'node_modules', compiler, 'bin/tsc'), '-p', '.'], {
        cwd: directory
      }).then(
        ({ stdout }) => stdout,
        (error: { readonly stdout: string }) => error.stdout
      )
      t.equal(output, '')
      const file = join(directory, 'out/metadata.d.ts')
      t.equal((await stat(file)).size < 80_000, true)
      t.match(await readFile(file, 'utf8'), 'readonly Thing299: ModelFacts<{\n')
    }
  )
}
