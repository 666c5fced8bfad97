import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { createUserProject } from '../helpers/installed-package.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const { directory } = await createUserProject(t.testdir())

await writeFile(
  join(directory, 'client.ts'),
  `
import { commons } from 'fastify-prisma-commons/extension'
import { PrismaClient } from './generated/client/client.js'
import { metadata } from './generated/metadata.js'

export const extend = (plain: PrismaClient) => plain.$extends(commons({ metadata }))
export const untold = (plain: PrismaClient) => plain.$extends(commons())
`
)
await writeFile(
  join(directory, 'user.ts'),
  `
import type { PrismaClient } from './out/generated/client/client.js'
import { extend } from './out/client.js'

export const rename = async (plain: PrismaClient) => {
  const prisma = extend(plain)
  await prisma.contract.updateVersioned({ where: { id: 1 }, data: { note: 'n' }, expectedVersion: 1 })
  await prisma.token.bulkUpsert({ data: [{ email: 'a@b.c' }], on: 'liveEmail' })
  // @ts-expect-error no unique constraint of the model
  await prisma.contract.bulkUpsert({ data: [], on: 'note' })
  return (await prisma.employee.findFirstOrThrow({ select: { fullName: true } })).fullName.length
}
`
)

const compilerOptions = { strict: true, target: 'es2023', module: 'nodenext', skipLibCheck: true, types: ['node'] }
await writeFile(
  join(directory, 'declarations.json'),
  JSON.stringify({
    compilerOptions: { ...compilerOptions, declaration: true, emitDeclarationOnly: true, rootDir: '.', outDir: 'out' },
    files: ['client.ts']
  })
)
await writeFile(
  join(directory, 'user.json'),
  JSON.stringify({ compilerOptions: { ...compilerOptions, noEmit: true }, files: ['user.ts'] })
)

for (const compiler of ['typescript', 'typescript-7']) {
  await t.test(`a module that exports an extended client compiles with declaration: true (${compiler})`, async t => {
    const compile = async (config: string): Promise<string> =>
      await run(process.execPath, [join(root, 'node_modules', compiler, 'bin/tsc'), '-p', config], {
        cwd: directory
      }).then(
        ({ stdout }) => stdout,
        (error: { readonly stdout: string }) => error.stdout
      )

    t.equal(await compile('declarations.json'), '')
    const declaration = await readFile(join(directory, 'out/client.d.ts'), 'utf8')
    t.match(
      declaration,
      /BulkUpsert<import\("fastify-prisma-commons\/extension"\)\.Facts<import\("\.\/generated\/metadata\.js"\)\.CommonsMetadata>>/,
      'facts stand there by name'
    )
    t.equal(await compile('user.json'), '', 'and the declaration keeps all types')
  })
}
