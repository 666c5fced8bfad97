import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runCommand } from '../helpers/command-line.js'

const head = 'datasource db {\n  provider = "postgresql"\n}\n'
const model = (name: string, map: string): string => `
model ${name} {
  id        Int      @id
  parkId    Int      ${map}
  length    Int

  @@map("${name}s")
}
`

await t.test('new columns have names in snake case, where all fields of several words have', async t => {
  const folder = t.testdir({ 'schema.prisma': `${head}${model('Hike', '@map("park_id")')}${model('Walk', '')}` })
  for (const name of ['Hike', 'Walk']) {
    t.match(await runCommand(folder, ['mixin', 'audit', 'version', '--model', name]), { code: 0 })
  }
  const written = await readFile(join(folder, 'schema.prisma'), 'utf8')
  t.equal(
    written,
    `${head}${model('Hike', '@map("park_id")')}${model('Walk', '')}`
      .replace('model Hike', '/// @commons.audit\n/// @commons.version\nmodel Hike')
      .replace('model Walk', '/// @commons.audit\n/// @commons.version\nmodel Walk')
      .replace(
        'length    Int\n',
        `length    Int

  createdAt   DateTime @default(now()) @map("created_at")
  updatedAt   DateTime @default(now()) @updatedAt @map("updated_at")
  createdById Int?     @map("created_by_id")
  updatedById Int?     @map("updated_by_id")
  version     Int      @default(1)
`
      )
      .replace(
        'length    Int\n\n  @@',
        `length    Int

  createdAt   DateTime @default(now())
  updatedAt   DateTime @default(now()) @updatedAt
  createdById Int?
  updatedById Int?
  version     Int      @default(1)

  @@`
      )
  )
})
